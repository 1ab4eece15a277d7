"""CLAIM: takes over a client that was added on behalf of the calling process."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.uuid import UUID_BYTES, is_flow_id
from necp_replay.kernel.call import copyin, refuse
from necp_replay.kernel.client_actions.client_call import (
    ID_FAULT,
    NO_ID,
    UNKNOWN_ACTION,
    ClientCall,
)
from necp_replay.kernel.clients.tracing import Tracing, trace
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import NotModelled, SyscallError
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.process import unique_pid
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.results.update import update_client_result
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_NOTHING

_FUNCTION: Final = "necp_client_claim"


def claim(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Take over the client of any fd that acts for the process, and evaluate it again.

    Its flow registrations stay with the fd that it came from. Later releases claim no client that
    has some, and refuse the id of one at once.

    Kernel quirk: releases without Skywalk never store for whom a client was added, whatever
    parameter it has. In them, a client can be claimed only after an input (``set_delegated_upid``)
    has stored that. Measured in x6153_claim.

    Raises SyscallError: EINVAL without an id, or for that of a registration; EFAULT, else ENOENT.
    Source: necp_client_claim, xnu-6153.11.26, xnu-8792.61.2, xnu-8792.81.2.
    """
    if not call.names_client:
        raise SyscallError(_NO_ID, **call.id_values)
    client_id = copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION)
    profile = kernel.profile
    if is_flow_id(client_id) and not profile.flow_ids_can_be_claimed:
        refuse(kernel, _FLOW_ID, _FUNCTION, values={"client_id": client_id})
    upid = unique_pid(necp_fd.proc_pid)
    for old_fd in kernel.clients.fd_list:
        client = flow_rules(kernel).find_on_fd(old_fd, client_id)
        if client is None or client.delegated_upid != upid:
            continue
        if any(client.registrations or ()) and not profile.clients_with_flows_can_be_claimed:
            continue
        _take_out(old_fd, client, necp_fd)
        client.proc_pid = necp_fd.proc_pid
        if profile.claimed_clients_change_binary:
            client.platform_binary = call.process.platform_binary
        trace(kernel, client, Tracing.CLIENT, _FUNCTION)
        if necp_fd.clients.find(client.client_id) is not client:
            necp_fd.clients.insert(client)
        update_client_result(kernel, call.process, necp_fd, client, None)
        return 0
    raise SyscallError(_NOT_FOR_PROCESS, client_id=client_id)


def _take_out(old_fd: NecpFd, client: Client, claimer: NecpFd) -> None:
    """Take a client out of the tree of an fd.

    Kernel quirk: a registration that stayed with an earlier fd leads to a client that is no longer
    in its tree. Taking it out changes nothing if it is a client of the fd that claims it, and alone
    or not the root of its tree. Measured in x8019_claim. Raises NotModelled for others: links of
    other clients may be damaged.
    """
    clients = claimer.clients
    if old_fd.clients.find(client.client_id) is client:
        old_fd.clients.remove(client)
    elif clients.find(client.client_id) is not client or not (
        len(clients) == 1 or clients.is_below_root_of_two(client)
    ):
        raise NotModelled("a client is taken out of a tree that it is not in")


_NO_ID: Final = silent(Errno.EINVAL, NO_ID)
_FLOW_ID: Final = logged(
    Errno.EINVAL, "the id is that of a flow registration", fact="flow_ids_can_be_claimed"
)
_NOT_FOR_PROCESS: Final = silent(
    Errno.ENOENT, "no client of any fd has the id and acts for the process"
)

CLAIM: Final = Description(
    subject=ClientAction.CLAIM,
    handler=claim,
    function="necp_client_claim",
    summary="Takes over a client that was added on behalf of the process.",
    checks=(
        logged(Errno.EINVAL, UNKNOWN_ACTION, fact="client_actions"),
        _NO_ID,
        ID_FAULT,
        _FLOW_ID,
        _NOT_FOR_PROCESS,
    ),
    answer="returns 0; the client is the process's, and evaluated again",
    overwrites=SESSION_LOSES_NOTHING,
    other_facts=("clients_with_flows_can_be_claimed", "claimed_clients_change_binary"),
)

NO_CLIENT_CAN_BE_CLAIMED: Final = Quirk(
    "CLAIM finds no client before Skywalk is published: DELEGATED_UPID is read, and not stored.",
    "necp_client_claim",
    "client_actions/test_claim.py::test_a_client_added_for_the_process_cannot_be_claimed",
)
