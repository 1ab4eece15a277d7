"""What the engine says of a session action: how far it is modelled, and its checks in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from necp_replay.kernel.client_actions.action_row import Check, Support
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.session_actions.session_call import SessionCall
from necp_replay.kernel.state import KernelState

SessionActionHandler = Callable[[KernelState, Process, PolicySession, SessionCall], None]
"""Carries the action out. Raises SyscallError to fail it."""


@dataclass(frozen=True, slots=True)
class SessionActionDescription:
    """What an action does, for people.

    ``function`` is upstream's, ``checks`` are in the order in which upstream makes them,
    ``answer`` says what the call returns and writes, ``overwrites_in_client_fd`` what a client fd
    would lose if the fd given were one, and ``effects`` who else hears of it.
    """

    function: str
    summary: str
    checks: tuple[Check, ...]
    answer: str
    overwrites_in_client_fd: str
    effects: str = "none"


@dataclass(frozen=True, slots=True)
class SessionActionRow:
    """One row of the table. ``missing`` says what is not modelled."""

    support: Support
    description: SessionActionDescription
    handler: SessionActionHandler
    missing: str = ""


def full(handler: SessionActionHandler, description: SessionActionDescription) -> SessionActionRow:
    """A row of an action that is modelled completely."""
    return SessionActionRow(Support.FULL, description, handler)


def partial(
    handler: SessionActionHandler, description: SessionActionDescription, missing: str
) -> SessionActionRow:
    """A row of an action of which something is not modelled."""
    return SessionActionRow(Support.PARTIAL, description, handler, missing)
