"""ADD_DOMAIN_TRIE: adds a trie of domains, for conditions of policies to name."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.domain_filter import MAX_DOMAIN_TRIE_BYTES, TRIE_HEADER
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR, LOG_INFO
from necp_replay.abi.policy import DOMAIN_SET_ID, SessionAction
from necp_replay.kernel.call import copyin, copyout, refuse
from necp_replay.kernel.description import Description, logged
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.trie_search import sizes_fit
from necp_replay.kernel.session_actions.session_call import (
    IN_BUFFER_FAULT,
    NO_ACTION,
    SET_ID_FAULT,
    SET_ID_ROOM,
    SessionCall,
)
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_QUEUE

_FUNCTION: Final = "necp_session_add_domain_trie"


def add_domain_trie(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Add the trie in the in buffer, and write its id to the out buffer. It counts at once.

    Raises SyscallError: EINVAL for buffers without room; EFAULT; ENOMEM for a trie whose sizes do
    not fit its counts.

    Source: necp_session_add_domain_trie, necp_create_domain_trie, xnu-11215.61.5.
    """
    if (
        not TRIE_HEADER.size <= call.in_buffer_bytes <= MAX_DOMAIN_TRIE_BYTES
        or call.in_buffer.is_null
    ):
        refuse(kernel, _IN_LENGTH, _FUNCTION, values=call.in_values)
    if call.out_buffer_bytes < DOMAIN_SET_ID.size or call.out_buffer.is_null:
        refuse(kernel, SET_ID_ROOM, _FUNCTION, values=call.out_values)
    request = copyin(kernel, call.in_buffer, call.in_buffer_bytes, _FUNCTION, check=IN_BUFFER_FAULT)
    kernel.log(LOG_INFO, _FUNCTION)
    if not sizes_fit(request):
        # The first record is that of net_trie_init_with_mem, which names no function.
        kernel.log(LOG_ERR, None)
        refuse(kernel, _SIZES, "necp_create_domain_trie", values=_sizes(request))

    added = kernel.policies.domain_sets.add_trie(session, request)
    kernel.log(LOG_DEBUG, None, times=2)
    try:
        copyout(
            kernel, call.out_buffer, DOMAIN_SET_ID.pack(added.id), _FUNCTION, check=SET_ID_FAULT
        )
    except SyscallError:
        added.is_released = True
        raise


def _sizes(request: bytes) -> dict[str, int | str | bytes]:
    names = ("total", "nodes", "maps", "bytes", "node_count", "map_count", "byte_count")
    return dict(zip(names, TRIE_HEADER.unpack_from(request)[1:8], strict=True))


_IN_LENGTH: Final = logged(
    Errno.EINVAL, "the in buffer is NULL, or its length is below 40 or above 524288"
)
_SIZES: Final = logged(Errno.ENOMEM, "the sizes of the trie do not fit its counts")

ADD_DOMAIN_TRIE: Final = Description(
    subject=SessionAction.ADD_DOMAIN_TRIE,
    handler=add_domain_trie,
    function="necp_session_add_domain_trie",
    summary="Adds a trie of domains.",
    checks=(NO_ACTION, _IN_LENGTH, SET_ID_ROOM, IN_BUFFER_FAULT, _SIZES, SET_ID_FAULT),
    answer="returns 0; the id of the trie",
    effects="log records about its sizes",
    overwrites=CLIENT_FD_LOSES_QUEUE,
)
