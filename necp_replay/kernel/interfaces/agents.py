"""The network agents of an interface: a list of slots, each empty or with the id of one."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.interface import IF_AGENT_INCREMENT, IF_MAXAGENTS
from necp_replay.abi.uuid import UUID_BYTES, ZERO_UUID
from necp_replay.events.interfaces import IfaceAddAgent, IfaceDelAgent
from necp_replay.kernel.agents.events import post_updated_interfaces
from necp_replay.kernel.description import NO_INTERFACE, Description, silent
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.state import KernelState


def add_agent(kernel: KernelState, ifp: Interface, uuid: bytes) -> int:
    """Put an agent's id into the first empty slot. Where none is empty, eight are added.

    Adding an id that is there already changes nothing and succeeds. ENOMEM where all 64 slots are
    full.

    Source: if_add_netagent, xnu-4570.51.1.
    """
    slots, uuid = ifp.agents, agent_slot(uuid)
    if uuid in slots:
        return 0
    if _EMPTY_SLOT not in slots:
        if len(slots) >= IF_MAXAGENTS:
            return Errno.ENOMEM
        grown = min(len(slots) + IF_AGENT_INCREMENT, IF_MAXAGENTS)
        slots.extend([_EMPTY_SLOT] * (grown - len(slots)))
    slots[slots.index(_EMPTY_SLOT)] = uuid
    post_updated_interfaces(kernel, uuid)
    return 0


def delete_agent(kernel: KernelState, ifp: Interface, uuid: bytes) -> None:
    """Empty the slot that has an agent's id. Does nothing where none has it.

    Source: if_delete_netagent, xnu-4570.51.1.
    """
    slots, uuid = ifp.agents, agent_slot(uuid)
    if uuid in slots:
        slots[slots.index(uuid)] = _EMPTY_SLOT
        post_updated_interfaces(kernel, uuid)


def agent_slot(uuid: bytes) -> bytes:
    """An agent's id, cut or filled with zeros to 16 bytes."""
    return uuid[:UUID_BYTES].ljust(UUID_BYTES, b"\0")


_EMPTY_SLOT: Final = ZERO_UUID

IFACE_ADD_AGENT: Final = Description(
    subject=IfaceAddAgent,
    handler=add_agent,
    function="if_add_netagent",
    summary="Adds an agent to an interface.",
    checks=(NO_INTERFACE, silent(Errno.ENOMEM, "the interface has 64 agents")),
    effects="a kernel event, and the update timer is armed; some releases only do so where the"
    " agent is registered",
    other_facts=("interface_events_need_agent",),
)

IFACE_DEL_AGENT: Final = Description(
    subject=IfaceDelAgent,
    handler=delete_agent,
    function="if_delete_netagent",
    summary="Removes an agent from an interface.",
    checks=(NO_INTERFACE,),
    effects="a kernel event, and the update timer is armed; some releases only do so where the"
    " agent is registered",
    other_facts=("interface_events_need_agent",),
)
