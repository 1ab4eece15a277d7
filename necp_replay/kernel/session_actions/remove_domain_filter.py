"""REMOVE_DOMAIN_FILTER: removes a filter of domains by its id."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import DOMAIN_SET_ID, SessionAction
from necp_replay.kernel.description import Description, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.session_actions.session_call import (
    NO_ACTION,
    SessionCall,
    copyin_value,
    in_buffer_checks,
)
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_QUEUE


def remove_domain_filter(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Remove the filter whose id is in the in buffer, of whichever session it is.

    Raises SyscallError: EINVAL for a buffer that is too short; EFAULT; ENOENT for an unknown id.

    Source: necp_session_remove_domain_filter, xnu-8020.101.4.
    """
    (filter_id,) = DOMAIN_SET_ID.unpack(
        copyin_value(kernel, call, DOMAIN_SET_ID, "necp_session_remove_domain_filter", _ID_CHECKS)
    )
    if kernel.policies.domain_sets.filters.pop(filter_id, None) is None:
        raise SyscallError(_UNKNOWN_ID, id=filter_id)


_ID_CHECKS: Final = in_buffer_checks("the id", DOMAIN_SET_ID.size)
_UNKNOWN_ID: Final = silent(Errno.ENOENT, "no filter has the id")

REMOVE_DOMAIN_FILTER: Final = Description(
    subject=SessionAction.REMOVE_DOMAIN_FILTER,
    handler=remove_domain_filter,
    function="necp_session_remove_domain_filter",
    summary="Removes a filter of domains, of any session.",
    checks=(NO_ACTION, *_ID_CHECKS, _UNKNOWN_ID),
    answer="returns 0",
    overwrites=CLIENT_FD_LOSES_QUEUE,
)
