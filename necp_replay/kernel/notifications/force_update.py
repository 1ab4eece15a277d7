"""An agent has a client read its flows again, and may remove itself from the client's result."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientResult
from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.tlv import TLV_HEADER, TLV_HEADER_BYTES
from necp_replay.events.notifications import ForceUpdateClient
from necp_replay.kernel.clients.notify import fd_notify
from necp_replay.kernel.description import Description
from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.objects.client import RESULT_OVERFLOWED, Client, FailedTrigger
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState


def force_update_client(
    kernel: KernelState, client_id: bytes, remove_agent: bytes, generation: int
) -> None:
    """Mark the flows of a client unread, and wake its fd. Unknown clients are ignored.

    Unless ``remove_agent`` is all zero, its TLVs are removed from the client's result. The profile
    says whether the result is marked unread in place of the flows, and the agent remembered with
    its generation. Raises KernelPanic for a result that outgrew its buffer.

    Source: necp_force_update_client, xnu-4570.51.1.
    """
    rules = flow_rules(kernel)
    for necp_fd in kernel.clients.fd_list:
        client = rules.find_on_fd(necp_fd, client_id)
        if client is not None:
            hides = kernel.profile.failed_trigger_hides_agent
            if hides:
                client.failed_trigger = FailedTrigger(generation & U32_MAX, remove_agent)
            if any(remove_agent):
                _remove_agent_from_result(client, remove_agent)
            if hides:
                client.result_read = False
            else:
                client.flow_result_read = False
            fd_notify(kernel, necp_fd)
            return


def _remove_agent_from_result(client: Client, agent: bytes) -> None:
    """Remove every TLV of the agent (``necp_client_remove_agent_from_result``)."""
    if client.result_length == RESULT_OVERFLOWED:
        # Kernel quirk: the length has wrapped, so the walk leaves the buffer.
        raise KernelPanic(
            "necp_client_remove_agent_from_result", "a walk past the end of the result"
        )
    result = client.result
    offset = 0
    while offset + TLV_HEADER_BYTES <= client.result_length:
        type_, length = TLV_HEADER.unpack_from(result, offset)
        end = offset + TLV_HEADER_BYTES + length
        if (
            type_ == ClientResult.NETAGENT
            and length == _NETAGENT_BYTES
            and end <= client.result_length
            and result[end - len(agent) : end] == agent
        ):
            client.result_length -= end - offset
            rest = result[end : end + client.result_length - offset]
            result[offset:] = rest.ljust(len(result) - offset, b"\0")
        else:
            offset = end


_NETAGENT_BYTES: Final = 20
"""``sizeof (struct necp_client_result_netagent)``: generation, then uuid."""

FORCE_UPDATE_CLIENT: Final = Description(
    subject=ForceUpdateClient,
    handler=force_update_client,
    function="necp_force_update_client",
    summary="An agent makes a client look at its flows again, and may leave its result.",
    answer="0, also for a client that is not there; the flows become unread, not the result",
    effects="the fd is woken; a panic where an agent leaves a result that outgrew its buffer",
    other_facts=("failed_trigger_hides_agent",),
)

OUTGROWN_RESULT_PANICS_REMOVAL: Final = Quirk(
    "Removing an agent from a result that outgrew its buffer reads out of bounds.",
    "necp_client_remove_agent_from_result",
    "notifications/test_force_update.py"
    "::test_taking_an_agent_out_of_a_result_that_outgrew_its_buffer_panics",
)
