"""Network agents: the registry, their control sockets and kernel agents, messages to them."""
