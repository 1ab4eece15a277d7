"""AGENT: triggers agents for a client, asserts them, or takes assertions back."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import UUID_BYTES, ClientParameter
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.abi.tlv import TLV_HEADER, TLV_HEADER_BYTES
from necp_replay.kernel.agents.messages import client_message_with_params
from necp_replay.kernel.client_actions.call import ActionCall, copyin, find_client, refuse
from necp_replay.kernel.clients.nexus_parameters import nexus_parameters
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.refusal import SyscallError
from necp_replay.kernel.state import KernelState

_FUNCTION: Final = "necp_client_agent_action"
_MESSAGES: Final[dict[int, AgentMessageType]] = {
    ClientParameter.TRIGGER_AGENT: AgentMessageType.CLIENT_TRIGGER,
    ClientParameter.ASSERT_AGENT: AgentMessageType.CLIENT_ASSERT,
    ClientParameter.UNASSERT_AGENT: AgentMessageType.CLIENT_UNASSERT,
}


def agent(kernel: KernelState, necp_fd: NecpFd, call: ActionCall) -> int:
    """Go through the TLVs, and stop at the first that fails; what came before stays done.

    Raises SyscallError: EINVAL without an id or TLVs; EFAULT; ENOENT for an unknown client, for an
    assertion that was not made, or when no TLV was about an agent; else what the message to the
    agent returned. Panics above 64 MiB, since the size has no bound.
    Source: necp_client_agent_action, xnu-4570.51.1.
    """
    if not call.names_client or call.buffer_bytes == 0 or call.buffer.is_null:
        if kernel.profile.agent_action_logs_bad_arguments:
            refuse(kernel, Errno.EINVAL, _FUNCTION)
        raise SyscallError(Errno.EINVAL)
    client_id = copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION)
    tlvs = copyin(kernel, call.buffer, call.buffer_bytes, _FUNCTION)
    client = find_client(necp_fd, client_id)

    acted = False
    offset = 0
    while offset + TLV_HEADER_BYTES <= len(tlvs):
        type_, length = TLV_HEADER.unpack_from(tlvs, offset)
        offset += TLV_HEADER_BYTES
        if length > len(tlvs) - offset:
            kernel.log(LOG_ERR, _FUNCTION)
            break
        if length >= UUID_BYTES and type_ in _MESSAGES:
            _act(kernel, necp_fd, client, type_, tlvs[offset : offset + UUID_BYTES])
            acted = True
        offset += length
    if not acted:
        raise SyscallError(Errno.ENOENT)
    return 0


def _act(
    kernel: KernelState, necp_fd: NecpFd, client: Client, parameter: int, agent_uuid: bytes
) -> None:
    if parameter == ClientParameter.UNASSERT_AGENT:
        _remove_assertion(kernel, client, agent_uuid)
    error = client_message_with_params(
        kernel,
        agent_uuid,
        client.client_id,
        necp_fd.proc_pid,
        _MESSAGES[parameter],
        nexus_parameters(kernel, client),
    )
    if error:
        raise SyscallError(error)
    if parameter == ClientParameter.ASSERT_AGENT:
        client.assertion_list.insert(0, agent_uuid)


def _remove_assertion(kernel: KernelState, client: Client, agent_uuid: bytes) -> None:
    """Forget the newest assertion of the agent; it stays forgotten if the message fails.

    Raises SyscallError(ENOENT). Source: necp_client_remove_assertion, xnu-4570.51.1.
    """
    if agent_uuid not in client.assertion_list:
        refuse(kernel, Errno.ENOENT, "necp_client_remove_assertion")
    client.assertion_list.remove(agent_uuid)
