"""What the engine says of a client action: how far it is modelled, and its checks in order."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from necp_replay.abi.errno import Errno
from necp_replay.kernel.client_actions.call import ActionCall
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState

ActionHandler = Callable[[KernelState, NecpFd, ActionCall], int]
"""Carries the action out and returns what the call returns. Raises SyscallError to fail it."""


class Support(enum.Enum):
    """How far an action is modelled."""

    FULL = "full"
    PARTIAL = "partial"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Check:
    """One check of an action. ``fact`` names the profile's fact that decides about it, if any."""

    when: str
    errno: Errno
    is_logged: bool = False
    fact: str = ""

    @property
    def text(self) -> str:
        """The check on one line: what it answers, when, and what it depends on."""
        log = " (log)" if self.is_logged else ""
        release = f" [by release: {self.fact}]" if self.fact else ""
        return f"{self.errno.name}{log}: {self.when}{release}"


def silent(errno: Errno, when: str, *, fact: str = "") -> Check:
    """A check that fails without a log record."""
    return Check(when, errno, is_logged=False, fact=fact)


def logged(errno: Errno, when: str, *, fact: str = "") -> Check:
    """A check that writes a log record when it fails."""
    return Check(when, errno, is_logged=True, fact=fact)


@dataclass(frozen=True, slots=True)
class ActionDescription:
    """What an action does, for people.

    ``function`` is upstream's, ``checks`` are in the order in which upstream makes them,
    ``answer`` says what the call returns and writes, ``overwrites_in_session`` what a session would
    lose if the fd given were a session's, ``effects`` who else hears of it, and ``facts`` names
    what the action depends on in the profile besides its checks.
    """

    function: str
    summary: str
    checks: tuple[Check, ...]
    answer: str
    overwrites_in_session: str
    effects: str = "none"
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One row of the table. ``missing`` says what is not modelled, or why nothing is."""

    support: Support
    description: ActionDescription
    handler: ActionHandler | None = None
    missing: str = ""


def full(handler: ActionHandler, description: ActionDescription) -> ActionRow:
    """A row of an action that is modelled completely."""
    return ActionRow(Support.FULL, description, handler)


def partial(handler: ActionHandler, description: ActionDescription, missing: str) -> ActionRow:
    """A row of an action of which something is not modelled."""
    return ActionRow(Support.PARTIAL, description, handler, missing)


def absent(description: ActionDescription, why: str) -> ActionRow:
    """A row of an action that is not modelled for the releases that have it."""
    return ActionRow(Support.ABSENT, description, None, why)
