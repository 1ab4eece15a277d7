"""NECP fds and their clients: the registry, observers, readiness, and the end of a client."""
