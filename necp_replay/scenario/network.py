"""A handle to an interface of a scenario."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Unpack

from necp_replay.errors import ScenarioError
from necp_replay.events import interfaces
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.keywords import InterfaceFields
from necp_replay.scenario.submit import SubmitsInputs


@dataclass(frozen=True, slots=True)
class InterfaceHandle:
    """An interface by its kernel index."""

    system: SubmitsInputs
    index: int
    name: str

    def update(
        self, change: interfaces.IfaceUpdate | None = None, **fields: Unpack[InterfaceFields]
    ) -> CallAnswer:
        """Change fields by name, or those of ``change``, whose index does not matter."""
        if change is None:
            change = interfaces.IfaceUpdate(self.index, **fields)
        return self.system.submit(replace(change, index=self.index))

    def add_addresses(self, *addresses: str) -> CallAnswer:
        """The interface gets more addresses, ``192.0.2.10/24``. Raises ScenarioError."""
        return self.update(addrs=tuple(interface_address(text) for text in addresses))

    def delete_addresses(self, *addresses: str) -> CallAnswer:
        """The interface loses addresses. Raises ScenarioError."""
        return self.update(del_addrs=tuple(interface_address(text) for text in addresses))

    def add_agent(self, agent: bytes) -> CallAnswer:
        """``if_add_netagent``."""
        return self.system.submit(interfaces.IfaceAddAgent(self.index, agent))

    def remove_agent(self, agent: bytes) -> CallAnswer:
        """``if_delete_netagent``."""
        return self.system.submit(interfaces.IfaceDelAgent(self.index, agent))

    def detach(self) -> CallAnswer:
        """``ifnet_detach``."""
        return self.system.submit(interfaces.IfaceDetach(self.index))


def interface_address(text: str) -> interfaces.InterfaceAddress:
    """An address of an interface, with its prefix where one is given. Raises ScenarioError."""
    address, _, prefix = text.partition("/")
    try:
        return interfaces.InterfaceAddress(address, int(prefix) if prefix else None)
    except ValueError:
        raise ScenarioError(
            f"{text!r} is no address with a prefix", hint="Write 192.0.2.10/24 or 2001:db8::1/64."
        ) from None
