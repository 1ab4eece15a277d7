"""What is printed about an unforeseen exception, and where its traceback goes."""

from __future__ import annotations

import os
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from necp_replay.processes.dropped_exceptions import DroppedExceptions

TRACEBACK_FILE: Final = "NECP_REPLAY_TRACEBACK"
"""The variable in the environment that names the file for the traceback."""

_REPORT_IT: Final = (
    "This is a fault of necp-replay: please report it where you got it from, with the command"
    " (CONTRIBUTING.md says how)."
)


class UnforeseenElsewhere:
    """Notes the first exception in its block that cannot end the command by itself.

    Python drops those that are raised while it frees an object, and those that end a thread.
    """

    def __init__(self) -> None:
        self.first: BaseException | None = None
        self._dropped = DroppedExceptions(Exception, self._note)
        self._before = threading.excepthook

    def __enter__(self) -> Self:
        self._before, threading.excepthook = threading.excepthook, self._on_thread
        self._dropped.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._dropped.__exit__(kind, error, traceback)
        threading.excepthook = self._before

    def _note(self, error: BaseException) -> None:
        if self.first is None:
            self.first = error

    def _on_thread(self, ended: threading.ExceptHookArgs) -> None:
        if ended.exc_value is not None:
            self._note(ended.exc_value)


def describe(error: BaseException) -> tuple[str, str]:
    """The reason and the hint to print. Writes the traceback to a file if that is asked for."""
    from necp_replay.errors import UnforeseenError

    if isinstance(error, UnforeseenError):
        reason = str(error)
    elif isinstance(error, MemoryError):
        reason = "there is not enough memory for this"
    else:
        # str() of an exception may fail as well, as may any method of a broken object.
        reason = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
        reason = f"unforeseen error: {reason}"
    return reason, f"{_REPORT_IT}\n{_traceback_line(error)}"


def _traceback_line(error: BaseException) -> str:
    from necp_replay.errors import NecpReplayError, UnforeseenError
    from necp_replay.files.atomic import write_text
    from necp_replay.outcomes.safe_text import visible

    named = os.environ.get(TRACEBACK_FILE)
    if not named:
        return f"Set {TRACEBACK_FILE}=FILE to have the traceback written to a file."
    if isinstance(error, UnforeseenError):
        lines = error.traceback.splitlines()
    else:
        lines = "".join(traceback.format_exception(error)).splitlines()
    try:
        write_text(Path(named), "".join(f"{visible(line)}\n" for line in lines))
    except NecpReplayError as refusal:
        return f"The traceback could not be written: {refusal}"
    return f"The traceback is in {named}."
