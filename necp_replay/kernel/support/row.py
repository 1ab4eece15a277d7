"""What the engine says of an input: its upstream function, checks in order, answer and effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from necp_replay.abi.errno import Errno
from necp_replay.kernel.client_actions.action_row import Check, Support, silent

NO_PROCESS = silent(Errno.ESRCH, "no process has the pid")


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRow:
    """One input of the vocabulary.

    ``handler`` is the function that carries it out, and names the file. ``function`` is upstream's
    (several with commas between them), empty where the input is no call but a change of the world
    around the subsystem. ``checks`` are in upstream's order, ``facts`` name what the input depends
    on in the profile besides its checks, ``missing`` says what is not modelled, and ``number`` is
    that of a system call.
    """

    handler: Callable[..., Any]
    function: str = ""
    summary: str
    checks: tuple[Check, ...] = ()
    answer: str = "0"
    effects: str = "none"
    facts: tuple[str, ...] = ()
    support: Support = Support.FULL
    missing: str = ""
    number: int | None = None
