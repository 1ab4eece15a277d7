"""What the calls of a process show of its sandbox, where nothing else tells.

Some calls are refused with EPERM by a sandbox alone. Others can be refused so by NECP itself, or by
an agent: these show nothing.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.events.processes import Sandbox

_VALIDATE: Final = 23
"""NECP_CLIENT_ACTION_VALIDATE of xnu-10002 and later, which is not modelled."""
REFUSED_BY_OTHERS: Final[frozenset[int]] = frozenset(
    {
        ClientAction.ADD,
        ClientAction.ADD_FLOW,
        ClientAction.AGENT,
        ClientAction.REQUEST_NEXUS_INSTANCE,
        ClientAction.SIGN,
        _VALIDATE,
    }
)
"""Actions that can be EPERM without a sandbox."""
_ACTIONS: Final = frozenset(range(64))
"""More actions than any release has."""
_UNASKED: Final = frozenset({int(Errno.EBADF), int(Errno.ENODEV)})
"""What a call fails with before a sandbox is asked."""


class ShownSandbox:
    """The sandbox of one process, as far as its calls showed it."""

    def __init__(self) -> None:
        """Begin with a process of which no call was seen."""
        self._denies_open = False
        self._denied: set[int] = set()

    def after_open(self, errno: int | None) -> Sandbox | None:
        """The sandbox that an opening shows; None if it shows nothing new. None is no errno."""
        denies = errno == Errno.EPERM
        if errno is None or denies is self._denies_open:
            return None
        self._denies_open = denies
        return self._sandbox()

    def after_action(self, action: int, errno: int | None) -> Sandbox | None:
        """The sandbox that a client action shows; None if it shows nothing new."""
        denies = errno == Errno.EPERM
        if errno is None or errno in _UNASKED or action in REFUSED_BY_OTHERS:
            return None
        if denies is (action in self._denied):
            return None
        (self._denied.add if denies else self._denied.discard)(action)
        return self._sandbox()

    def _sandbox(self) -> Sandbox:
        allowed = None
        if self._denied:
            allowed = tuple(sorted(_ACTIONS - self._denied))
        return Sandbox(self._denies_open, allowed)
