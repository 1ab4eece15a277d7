"""For whom parameters are evaluated: for the process itself, or for one that it names."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Final

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.log import LOG_ERR
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.privileges import has_privilege
from necp_replay.kernel.state import KernelState


class Identity:
    """Whom traffic belongs to: effective and real executable, pid and uid; at first the process.

    ``process`` is the calling process. ``is_delegated`` says that parameters named another one.
    """

    __slots__ = ("application", "is_delegated", "pid", "process", "real_application", "uid")

    def __init__(self, process: Process) -> None:
        self.process = process
        self.application = process.exec_uuid
        self.real_application = process.exec_uuid
        self.pid = process.pid
        self.uid = process.uid
        self.is_delegated = False


def claim_delegations(
    kernel: KernelState,
    process: Process,
    identity: Identity,
    delegations: tuple[tuple[int, bytes], ...],
) -> None:
    """Change an identity to the one that parameters name, if the process has the privilege.

    No privilege is needed for a parameter that names what the identity already is. Without the
    privilege, other parameters are ignored, with a log record for each.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1.
    """
    may_delegate: bool | None = None
    for type_, value in delegations:
        current, claim = _CLAIMS[type_]
        if current(identity) == value:
            continue
        if may_delegate is None:
            may_delegate = has_privilege(process, "PRIV_NET_PRIVILEGED_SOCKET_DELEGATE")
        if may_delegate:
            claim(identity, value)
            identity.is_delegated = True
        else:
            kernel.log(LOG_ERR, "necp_application_find_policy_match_internal")


def _claim_application(identity: Identity, value: bytes) -> None:
    identity.application = value


def _claim_real_application(identity: Identity, value: bytes) -> None:
    identity.real_application = value


def _claim_pid(identity: Identity, value: bytes) -> None:
    (identity.pid,) = _PID.unpack(value)


def _claim_uid(identity: Identity, value: bytes) -> None:
    (identity.uid,) = _UID.unpack(value)


def acted_for(kernel: KernelState, identity: Identity) -> Process:
    """The process with the pid of an identity; the one that asks if there is none."""
    if identity.pid == identity.process.pid:
        return identity.process
    return kernel.find_process(identity.pid) or identity.process


_PID: Final = Struct("<i")
_UID: Final = Struct("<I")

_CLAIMS: Final[dict[int, tuple[Callable[[Identity], bytes], Callable[[Identity, bytes], None]]]] = {
    int(ClientParameter.APPLICATION): (lambda identity: identity.application, _claim_application),
    int(ClientParameter.REAL_APPLICATION): (
        lambda identity: identity.real_application,
        _claim_real_application,
    ),
    int(ClientParameter.PID): (lambda identity: _PID.pack(identity.pid), _claim_pid),
    int(ClientParameter.UID): (lambda identity: _UID.pack(identity.uid), _claim_uid),
}
"""For each parameter that delegates: the bytes that it would replace, and the replacement."""
