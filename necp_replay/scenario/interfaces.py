"""The handle to a network interface: changes of its fields, addresses and agents."""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

from necp_replay.dataclass import dataclass
from necp_replay.errors import ScenarioError
from necp_replay.events import interfaces
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.keywords import InterfaceKeywords
from necp_replay.scenario.submit import SubmitsInputs


@dataclass(frozen=True, slots=True, repr=False)
class InterfaceHandle:
    """An interface, known by its index."""

    system: SubmitsInputs
    index: int
    name: str

    def __repr__(self) -> str:
        return f"<interface {self.name}, index {self.index}>"

    def update(
        self, change: interfaces.IfaceUpdate | None = None, **fields: Unpack[InterfaceKeywords]
    ) -> CallAnswer:
        """Change fields by keyword, or as ``change`` says; the index in ``change`` is ignored."""
        if change is None:
            change = interfaces.IfaceUpdate(self.index, **fields)
        return self.system.submit(replace(change, index=self.index))

    def add_addresses(self, *addresses: str) -> CallAnswer:
        """Add addresses such as ``192.0.2.10/24``. Raises ScenarioError for a malformed one."""
        return self.update(addrs=tuple(interface_address(text) for text in addresses))

    def delete_addresses(self, *addresses: str) -> CallAnswer:
        """Remove addresses. Raises ScenarioError for a malformed one."""
        return self.update(del_addrs=tuple(interface_address(text) for text in addresses))

    def add_agent(self, agent: bytes) -> CallAnswer:
        """Add an agent to the interface (``if_add_netagent``)."""
        return self.system.submit(interfaces.IfaceAddAgent(self.index, agent))

    def remove_agent(self, agent: bytes) -> CallAnswer:
        """Remove an agent from the interface (``if_delete_netagent``)."""
        return self.system.submit(interfaces.IfaceDelAgent(self.index, agent))

    def detach(self) -> CallAnswer:
        """Detach the interface (``ifnet_detach``)."""
        return self.system.submit(interfaces.IfaceDetach(self.index))


def interface_address(text: str) -> interfaces.InterfaceAddress:
    """Parse an address of an interface; its prefix length is optional. Raises ScenarioError."""
    address, _, prefix = text.partition("/")
    try:
        return interfaces.InterfaceAddress(address, int(prefix) if prefix else None)
    except ValueError:
        raise ScenarioError(
            f"{text!r} is not an address with a prefix",
            hint="Write 192.0.2.10/24 or 2001:db8::1/64.",
        ) from None
