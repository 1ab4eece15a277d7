"""ADD_DOMAIN_FILTER: adds a Bloom filter of domains, for conditions of policies to name."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.domain_filter import FILTER_HEADER, MAX_DOMAIN_FILTER_BYTES
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.policy import DOMAIN_SET_ID, SessionAction
from necp_replay.kernel.call import copyin, copyout, refuse
from necp_replay.kernel.description import Description, logged
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.bloom_filter import filter_bytes
from necp_replay.kernel.session_actions.session_call import (
    IN_BUFFER_FAULT,
    NO_ACTION,
    SET_ID_FAULT,
    SET_ID_ROOM,
    SessionCall,
)
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_QUEUE

_FUNCTION: Final = "necp_session_add_domain_filter"


def add_domain_filter(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Add the filter in the in buffer, and write its id to the out buffer.

    The filter counts at once: nothing has to be applied. It stays if its id cannot be written.

    Raises SyscallError: EINVAL for buffers without room, and for a filter whose number of bits does
    not fit its length; EFAULT; ENOMEM if all ids are in use.

    Source: necp_session_add_domain_filter, xnu-8020.101.4, xnu-11215.1.10.
    """
    if (
        not FILTER_HEADER.size <= call.in_buffer_bytes <= MAX_DOMAIN_FILTER_BYTES
        or call.in_buffer.is_null
    ):
        refuse(kernel, _IN_LENGTH, _FUNCTION, values=call.in_values)
    if call.out_buffer_bytes < DOMAIN_SET_ID.size or call.out_buffer.is_null:
        refuse(kernel, SET_ID_ROOM, _FUNCTION, values=call.out_values)
    content = copyin(kernel, call.in_buffer, call.in_buffer_bytes, _FUNCTION, check=IN_BUFFER_FAULT)
    (bits,) = FILTER_HEADER.unpack_from(content)
    if bits == 0 and kernel.profile.empty_domain_filters_are_refused:
        refuse(kernel, _NO_BITS, _FUNCTION, values={"bits": 0})
    if filter_bytes(bits) != len(content):
        refuse(kernel, _SIZE, _FUNCTION, values={"bits": bits, "bytes": len(content)})

    added = kernel.policies.domain_sets.add_filter(session, content)
    if added is None:
        kernel.log(LOG_ERR, "necp_get_new_domain_filter_id")
        raise SyscallError(_NO_ID)
    copyout(kernel, call.out_buffer, DOMAIN_SET_ID.pack(added.id), _FUNCTION, check=SET_ID_FAULT)


_IN_LENGTH: Final = logged(
    Errno.EINVAL, "the in buffer is NULL, or its length is below 4 or above 65536"
)
_NO_BITS: Final = logged(
    Errno.EINVAL, "the filter has no bits", fact="empty_domain_filters_are_refused"
)
_SIZE: Final = logged(Errno.EINVAL, "the number of bits does not fit the length")
_NO_ID: Final = logged(Errno.ENOMEM, "all ids of filters are in use")

ADD_DOMAIN_FILTER: Final = Description(
    subject=SessionAction.ADD_DOMAIN_FILTER,
    handler=add_domain_filter,
    function="necp_session_add_domain_filter",
    summary="Adds a Bloom filter of domains.",
    checks=(
        NO_ACTION,
        _IN_LENGTH,
        SET_ID_ROOM,
        IN_BUFFER_FAULT,
        _NO_BITS,
        _SIZE,
        _NO_ID,
        SET_ID_FAULT,
    ),
    answer="returns 0; the id of the filter",
    overwrites=CLIENT_FD_LOSES_QUEUE,
)
