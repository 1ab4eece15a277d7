"""REMOVE_DOMAIN_TRIE: removes a trie of domains by its id."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import DOMAIN_SET_ID, SessionAction
from necp_replay.events.effects import MemoryCorruption
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


def remove_domain_trie(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Remove the trie whose id is in the in buffer, of whichever session it is.

    Raises SyscallError: EINVAL for a buffer that is too short; EFAULT; ENOENT for an unknown id.

    Source: necp_session_remove_domain_trie, necp_free_domain_trie, xnu-11215.61.5.
    """
    (trie_id,) = DOMAIN_SET_ID.unpack(
        copyin_value(kernel, call, DOMAIN_SET_ID, "necp_session_remove_domain_trie", _ID_CHECKS)
    )
    removed = kernel.policies.domain_sets.remove_trie(trie_id)
    if removed is None:
        raise SyscallError(_UNKNOWN_ID, id=trie_id)
    if removed.is_released:
        kernel.emit(MemoryCorruption("double_free", "necp_free_domain_trie"))


_ID_CHECKS: Final = in_buffer_checks("the id", DOMAIN_SET_ID.size)
_UNKNOWN_ID: Final = silent(Errno.ENOENT, "no trie has the id")

REMOVE_DOMAIN_TRIE: Final = Description(
    subject=SessionAction.REMOVE_DOMAIN_TRIE,
    handler=remove_domain_trie,
    function="necp_session_remove_domain_trie",
    summary="Removes a trie of domains, of any session.",
    checks=(NO_ACTION, *_ID_CHECKS, _UNKNOWN_ID),
    answer="returns 0",
    overwrites=CLIENT_FD_LOSES_QUEUE,
)
