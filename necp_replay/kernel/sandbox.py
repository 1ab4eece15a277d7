"""What a sandbox refuses before a call does anything, on releases that ask it.

Source: mac_necp_check_open and mac_necp_check_client_action, first in xnu-8019.41.5. They pass on
the errno of the policy module. That of the sandbox is EPERM.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events.effects import SandboxDenial
from necp_replay.kernel.description import silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.state import KernelState

DENIES_OPEN: Final = silent(
    Errno.EPERM,
    "the sandbox of the process denies necp-client-open",
    fact="calls_ask_sandbox",
)
DENIES_ACTION: Final = silent(
    Errno.EPERM,
    "the sandbox of the process does not allow the action (system-necp-client-action)",
    fact="calls_ask_sandbox",
)


def check_open(kernel: KernelState, process: Process, flags: int) -> None:
    """Raise SyscallError(EPERM) where the sandbox of a process denies opening a client's fd."""
    if not kernel.profile.calls_ask_sandbox:
        return
    if process.sandbox is not None and process.sandbox.denies_open:
        kernel.emit(SandboxDenial(process.pid, "necp-client-open", flags))
        raise SyscallError(DENIES_OPEN, flags=flags)


def check_client_action(kernel: KernelState, process: Process, action: int) -> None:
    """Raise SyscallError(EPERM) where the sandbox of a process does not allow a client action."""
    if not kernel.profile.calls_ask_sandbox or process.sandbox is None:
        return
    allowed = process.sandbox.allowed_actions
    if allowed is not None and action not in allowed:
        kernel.emit(SandboxDenial(process.pid, "system-necp-client-action", action))
        raise SyscallError(DENIES_ACTION, action=action)
