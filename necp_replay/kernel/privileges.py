"""Privileges and entitlements of a process, as the kernel checks them."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.privilege import Privilege
from necp_replay.kernel.objects.process import Process

ROOT_UID: Final = 0


def has_privilege(process: Process, name: str, *, default_unprivileged: bool = False) -> bool:
    """Whether a process has a ``PRIV_`` privilege.

    Root has every privilege, unless ``default_unprivileged`` says that the check excepts root. What
    a sandbox refuses, root does not have either.

    Source: priv_check_cred, xnu-4570.51.1.
    """
    if denies_privilege(process, name):
        return False
    if process.uid == ROOT_UID and not default_unprivileged:
        return True
    granted = process.privileged
    if isinstance(granted, bool):
        return granted
    return name in granted or Privilege.__members__.get(name) in granted


def denies_privilege(process: Process, name: str) -> bool:
    """Whether the sandbox of a process denies it a privilege.

    Source: mac_priv_check, which priv_check_cred asks first, xnu-4570.51.1.
    """
    sandbox = process.sandbox
    return sandbox is not None and Privilege.__members__.get(name) in sandbox.denied_privileges


def may_control_nexuses(process: Process) -> bool:
    """Whether a process may observe nexuses or register providers of some.

    Source: skywalk_nxctl_check_privileges, xnu-8019.80.24.
    """
    return any(has_privilege(process, name) for name in _NEXUS_PRIVILEGES)


def has_entitlement(process: Process, text: bytes | str) -> bool:
    """Whether the code signature of a process has an entitlement with this text."""
    wanted = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
    return wanted in process.entitlements


_NEXUS_PRIVILEGES: Final = (
    "PRIV_SKYWALK_OBSERVE_STATS",
    "PRIV_SKYWALK_OBSERVE_ALL",
    "PRIV_SKYWALK_REGISTER_USER_PIPE",
    "PRIV_SKYWALK_REGISTER_KERNEL_PIPE",
    "PRIV_SKYWALK_REGISTER_NET_IF",
    "PRIV_SKYWALK_REGISTER_FLOW_SWITCH",
)
