"""The options of a client: interfaces that it may use as well, and agents for nexuses on them."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.netagent import ANY_NEXUS, AgentFlag
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.objects.client import InterfaceOption
from necp_replay.kernel.objects.interface import Interface


class ClientOptions:
    """Collects the options of a client, in releases in which agents for nexuses are among them.

    ``found`` are those so far. There are ``most`` of them at most.

    Source: necp_client_add_interface_option_if_needed, xnu-8019.80.24.
    """

    def __init__(self, parameter_flags: int, *, most: int) -> None:
        self.found: list[InterfaceOption] = []
        self._parameter_flags = parameter_flags
        self._most = most

    def copy(self) -> ClientOptions:
        """Options to which more can be added."""
        other = ClientOptions(self._parameter_flags, most=self._most)
        other.found = list(self.found)
        return other

    def add(
        self, ifp: Interface | None, agent: bytes = ZERO_UUID, *, provides_network: bool = False
    ) -> None:
        """Add an interface, with an agent or without.

        An agent that provides a network needs no interface. An interface that is an option already
        takes the agent if it has none, else it becomes one more option.
        """
        index = 0 if ifp is None else ifp.index
        if (not index and not provides_network) or len(self.found) >= self._most:
            return
        for place, option in enumerate(self.found):
            if option.interface != index:
                continue
            if agent in (ZERO_UUID, option.agent):
                return
            if option.agent == ZERO_UUID:
                self.found[place] = option._replace(agent=agent)
                return
        generation = 0 if ifp is None else ifp.generation
        self.found.append(InterfaceOption(index, generation, agent))

    def add_agent(self, flags: int, agent: bytes, ifp: Interface | None) -> None:
        """Add an agent with these flags that applies to the client, if it is one for nexuses.

        A client that browses gets none, and a listener only agents for listeners.

        Source: necp_netagent_applies_to_client, xnu-8019.80.24.
        """
        if not flags & _ANY_NEXUS or self._parameter_flags & _BROWSE:
            return
        if flags & _NEXUS_LISTENER or not self._parameter_flags & _LISTENER:
            self.add(ifp, agent, provides_network=bool(flags & _NETWORK_PROVIDER))


_ANY_NEXUS: Final = int(ANY_NEXUS)
_NEXUS_LISTENER: Final = int(AgentFlag.NEXUS_LISTENER)
_NETWORK_PROVIDER: Final = int(AgentFlag.NETWORK_PROVIDER)
_BROWSE: Final = int(ClientParameterFlag.BROWSE)
_LISTENER: Final = int(ClientParameterFlag.LISTENER)
