"""TRIE_DUMP_ALL: copies out the headers of all tries of domains, of all sessions."""

from __future__ import annotations

from struct import Struct
from typing import Final

from necp_replay.abi.domain_filter import TRIE_HEADER
from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import SessionAction
from necp_replay.events.effects import KernelPointerLeak
from necp_replay.kernel.call import copyout, refuse
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.session_actions.session_call import NO_ACTION, SessionCall
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_QUEUE

_FUNCTION: Final = "necp_session_trie_dump_all"


def trie_dump_all(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Copy out the number of tries, and the header of each, the newest first.

    Raises SyscallError: ENOENT without tries; EINVAL without room, and for more than 49 of them;
    EFAULT.

    Source: necp_session_trie_dump_all, xnu-11215.61.5.
    """
    sets = kernel.policies.domain_sets
    if sets.trie_count == 0:
        raise SyscallError(_NO_TRIES)
    total_bytes = _COUNT.size + sets.trie_count * TRIE_HEADER.size
    values: dict[str, int | str] = {"tries": sets.trie_count, "needed_bytes": total_bytes}
    if total_bytes > call.out_buffer_bytes:
        refuse(kernel, _OUT_ROOM, _FUNCTION, values=call.out_values | values)
    if total_bytes > _MAX_DUMP_BYTES:
        refuse(kernel, _TOO_MANY, _FUNCTION, values=values)

    dump = _COUNT.pack(sets.trie_count)
    unknown: list[int] = []
    for trie in reversed(sets.tries.values()):
        if trie.is_released:
            unknown.append(len(dump))
            dump += bytes(TRIE_HEADER.size)
        else:
            dump += trie.request[: TRIE_HEADER.size]
    dump = dump.ljust(total_bytes, b"\0")
    copyout(kernel, call.out_buffer, dump, _FUNCTION, logs=False, check=_OUT_FAULT)
    for at in unknown:
        call.out_buffer.copyout(bytes(TRIE_HEADER.size), at, is_known=False)
        kernel.emit(KernelPointerLeak(_FUNCTION, TRIE_HEADER.size))


_COUNT: Final = Struct("<I")
_MAX_DUMP_BYTES: Final = 2000
"""The room that the kernel has for the dump."""

_NO_TRIES: Final = silent(Errno.ENOENT, "there are no tries")
_OUT_ROOM: Final = logged(Errno.EINVAL, "the out buffer is without room for all tries")
_TOO_MANY: Final = logged(Errno.EINVAL, "there are more than 49 tries")
_OUT_FAULT: Final = silent(Errno.EFAULT, "the out buffer cannot be written")

TRIE_DUMP_ALL: Final = Description(
    subject=SessionAction.TRIE_DUMP_ALL,
    handler=trie_dump_all,
    function="necp_session_trie_dump_all",
    summary="Describes the tries of domains of all sessions.",
    checks=(NO_ACTION, _NO_TRIES, _OUT_ROOM, _TOO_MANY, _OUT_FAULT),
    answer="returns 0; the number of tries and the header of each, the newest first",
    overwrites=CLIENT_FD_LOSES_QUEUE,
)
