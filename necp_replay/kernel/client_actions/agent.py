"""AGENT: triggers agents for a client, asserts them, and tells them errors and members."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from necp_replay.abi.client import AgentReport, ClientAction, ClientParameter
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.netagent import AgentMessageType, ReportMessageType
from necp_replay.abi.tlv import TLV_HEADER, TLV_HEADER_BYTES
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.kernel.agents.client_messages import client_message_with_params
from necp_replay.kernel.agents.client_reports import report_error, report_group_members
from necp_replay.kernel.call import copyin, copyin_given, refuse
from necp_replay.kernel.client_actions.client_call import (
    ID_FAULT,
    NO_ID,
    NOT_ON_FD,
    ClientCall,
    find_client,
)
from necp_replay.kernel.clients.nexus_parameters import agent_request
from necp_replay.kernel.description import Check, Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_LISTS

_FUNCTION: Final = "necp_client_agent_action"
_MESSAGES: Final[dict[int, AgentMessageType]] = {
    ClientParameter.TRIGGER_AGENT: AgentMessageType.CLIENT_TRIGGER,
    ClientParameter.ASSERT_AGENT: AgentMessageType.CLIENT_ASSERT,
    ClientParameter.UNASSERT_AGENT: AgentMessageType.CLIENT_UNASSERT,
}
_REPORTS: Final[dict[int, ReportMessageType]] = {
    AgentReport.ADD_GROUP_MEMBERS: ReportMessageType.ADD_GROUP_MEMBERS,
    AgentReport.REMOVE_GROUP_MEMBERS: ReportMessageType.REMOVE_GROUP_MEMBERS,
    AgentReport.ERROR: ReportMessageType.CLIENT_ERROR,
}
_MOST_VALUE_BYTES: Final = 10_240
"""As long as the whole buffer in releases that read more than the id of an agent."""


def agent(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Go through the TLVs and stop at the first that fails. What earlier TLVs did stays.

    Raises SyscallError: EINVAL without an id or TLVs; EFAULT; ENOENT for an unknown client, for an
    assertion that was not made, or if no TLV is about an agent; otherwise what the message to the
    agent returned. Raises KernelPanic above 64 MiB, since the size is not checked.
    Source: necp_client_agent_action, xnu-4570.51.1, xnu-8019.41.5, xnu-10002.1.13.
    """
    if not call.names_client or call.buffer_bytes == 0 or call.buffer.is_null:
        if kernel.profile.agent_action_logs_bad_arguments:
            refuse(kernel, _NO_ARGUMENTS, _FUNCTION, values=call.values)
        raise SyscallError(_NO_ARGUMENTS, **call.values)
    client_id = copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION, check=ID_FAULT)
    most_bytes = kernel.profile.agent_action_max_bytes
    if most_bytes is not None and call.buffer_bytes > most_bytes:
        refuse(
            kernel, _LONG_BUFFER, _FUNCTION, values=call.buffer_values | {"most_bytes": most_bytes}
        )
    given = copyin_given(kernel, call.buffer, call.buffer_bytes, _FUNCTION, check=_TLVS_FAULT)
    client = find_client(kernel, necp_fd, client_id)

    acted = False
    reports = kernel.profile.clients_report_to_agents
    for type_, value in _tlvs(kernel, given, call.buffer_bytes):
        if len(value) < UUID_BYTES:
            continue
        if type_ in _MESSAGES:
            _act(kernel, necp_fd, client, type_, value[:UUID_BYTES])
            acted = True
        elif reports and type_ in _REPORTS:
            _report(kernel, necp_fd, client, type_, value)
            acted = True
    if not acted:
        raise SyscallError(_NO_AGENT, tlvs_about_agents=0)
    return 0


def _tlvs(kernel: KernelState, given: bytes, total_bytes: int) -> Iterator[tuple[int, bytes]]:
    """The type and the first bytes of the value of each TLV, up to one that passes the end.

    ``given`` is the buffer without zero bytes at its end. TLVs that begin beyond it have neither
    type nor value: there can be 13 million of them, and none of them does anything.
    """
    offset = 0
    while offset < len(given) and offset + TLV_HEADER_BYTES <= total_bytes:
        start = offset + TLV_HEADER_BYTES
        type_, length = TLV_HEADER.unpack(given[offset:start].ljust(TLV_HEADER_BYTES, b"\0"))
        if length > total_bytes - start:
            kernel.log(LOG_ERR, _FUNCTION)
            return
        size = min(length, _MOST_VALUE_BYTES)
        yield type_, given[start : start + size].ljust(size, b"\0")
        offset = start + length


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
        agent_request(kernel, client),
    )
    if error:
        raise _refused_message(error, _MESSAGES[parameter].name, agent_uuid)
    if parameter == ClientParameter.ASSERT_AGENT:
        client.add_assertion(agent_uuid)


def _report(
    kernel: KernelState, necp_fd: NecpFd, client: Client, parameter: int, value: bytes
) -> None:
    agent_uuid, content = value[:UUID_BYTES], value[UUID_BYTES:]
    message_type = _REPORTS[parameter]
    if message_type == ReportMessageType.CLIENT_ERROR:
        code = content[:_ERROR_BYTES] if len(content) >= _ERROR_BYTES else b""
        is_forced = kernel.profile.first_agent_errors_are_forced and necp_fd.remember_report(
            agent_uuid
        )
        error = report_error(
            kernel,
            agent_uuid,
            client.client_id,
            int.from_bytes(code, "little", signed=True),
            is_forced=is_forced,
        )
    else:
        error = report_group_members(kernel, agent_uuid, client.client_id, message_type, content)
    if error:
        raise _refused_message(error, message_type.name, agent_uuid)


def _refused_message(error: int, message: str, agent_uuid: bytes) -> SyscallError:
    """The failure of a message to an agent. Its errno says which check of the action failed."""
    failed = _MESSAGE_CHECKS.get(error, error)
    return SyscallError(failed, message=message, agent=agent_uuid)


def _remove_assertion(kernel: KernelState, client: Client, agent_uuid: bytes) -> None:
    """Forget the newest assertion of the agent. It stays forgotten if the message fails.

    Raises SyscallError(ENOENT). Source: necp_client_remove_assertion, xnu-4570.51.1.
    """
    if not client.remove_assertion(agent_uuid):
        refuse(kernel, _NOT_ASSERTED, "necp_client_remove_assertion", values={"agent": agent_uuid})


_ERROR_BYTES: Final = 4

_NO_ARGUMENTS: Final = silent(
    Errno.EINVAL,
    NO_ID + ", or the buffer is NULL or of length 0; some releases log it",
    fact="agent_action_logs_bad_arguments",
)
_TLVS_FAULT: Final = logged(Errno.EFAULT, "the TLVs cannot be read; above 64 MiB the kernel panics")
_LONG_BUFFER: Final = logged(
    Errno.EINVAL,
    "the length of the buffer is above 256, or above 10,240 in later releases",
    fact="agent_action_max_bytes",
)
_NOT_ASSERTED: Final = logged(Errno.ENOENT, "a TLV takes back an assertion that was not made")
_NO_AGENT: Final = silent(Errno.ENOENT, "no agent has a TLV's id, or no TLV is about an agent")
_NO_MEMBERS: Final = logged(
    Errno.EINVAL,
    "an agent that is told members of a group has none, is not active, or has no handler",
    fact="clients_report_to_agents",
)

_MESSAGE_CHECKS: Final[dict[int, Check]] = {
    check.errno: check for check in (_NO_AGENT, _NO_MEMBERS)
}

AGENT: Final = Description(
    subject=ClientAction.AGENT,
    handler=agent,
    function="necp_client_agent_action",
    summary="Triggers, asserts or unasserts agents for a client, or tells them what it reports.",
    checks=(
        _NO_ARGUMENTS,
        ID_FAULT,
        _TLVS_FAULT,
        _LONG_BUFFER,
        NOT_ON_FD,
        _NOT_ASSERTED,
        _NO_AGENT,
        silent(Errno.ENOTSUP, "a triggered agent takes no triggers from users"),
        _NO_MEMBERS,
        logged(
            Errno.ENOBUFS,
            "the agent cannot be told (or what else its delivery fails with)",
            is_for_others=True,
        ),
    ),
    answer="returns 0; what came before a failing TLV stays done; a TLV cut short ends the list "
    "with a log record",
    effects="a message to the agent of each TLV; log records of what cannot be told; a panic above "
    "64 MiB",
    overwrites=SESSION_LOSES_LISTS,
    other_facts=(
        "agent_trigger_logs_notice",
        "agent_logs_go_to_os_log",
        "kernel_agents_get_handle",
        "first_agent_errors_are_forced",
    ),
)

FAILING_TLV_STOPS_THE_ACTION: Final = Quirk(
    "AGENT stops at the first TLV that fails. What earlier TLVs did stays.",
    "necp_client_agent_action",
    "client_actions/test_agent.py::test_what_came_before_a_tlv_that_fails_stays_done",
)
ASSERTION_IS_FORGOTTEN_FIRST: Final = Quirk(
    "AGENT forgets an assertion before it tells the agent, and also if the agent cannot be told.",
    "necp_client_agent_action",
    "client_actions/test_agent.py::test_an_assertion_is_forgotten_before_its_agent_is_told_so",
)
BUFFER_HAS_NO_BOUND: Final = Quirk(
    "The length of AGENT's buffer is not checked: above 64 MiB the kernel panics.",
    "necp_client_agent_action",
    "client_actions/test_agent.py"
    "::test_a_buffer_of_more_than_64_mib_panics_before_the_client_is_looked_for",
)
