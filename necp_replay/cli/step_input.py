"""Where the commands of ``necp-replay step`` come from: options, a pipe, or a terminal."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import IO, Any

from necp_replay.cli.say import say
from necp_replay.errors import UsageError
from necp_replay.outcomes.safe_text import visible
from necp_replay.stepping.commands import MOST_CHARACTERS, NAMES

Complete = Callable[[str], list[str]]
"""The words that can complete what is typed so far."""


class Stopped(Exception):
    """Ctrl-C ended a command. The tool goes on."""


class StopOnInterrupt:
    """Ends a command on Ctrl-C between two records, where the engine's state is complete."""

    def __init__(self) -> None:
        self._asked = False

    @contextmanager
    def during_command(self) -> Iterator[None]:
        """While a command runs, Ctrl-C is only noted. Outside the main thread nothing changes."""
        self._asked = False
        try:
            before: Any = signal.signal(signal.SIGINT, self._note)
        except ValueError:
            yield
            return
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def check(self) -> None:
        """Raise Stopped if Ctrl-C was pressed. It is called after each record."""
        if self._asked:
            self._asked = False
            raise Stopped

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._asked = True


def lines_of_stream(stream: IO[str]) -> Iterator[str]:
    """The lines of a pipe. Raises UsageError for one that is too long."""
    while line := stream.readline(MOST_CHARACTERS + 1):
        if len(line) > MOST_CHARACTERS:
            raise UsageError(
                "a line of standard input is too long",
                hint=f"Commands have at most {MOST_CHARACTERS:,} characters.",
            )
        yield line.rstrip("\n")


def typed_lines(prompt: Callable[[], str], complete: Complete) -> Iterator[str]:
    """The lines that a person types, with history and completion where the system has readline.

    Ctrl-D ends them. Ctrl-C drops the line.
    """
    from necp_replay.cli.termination import forgive_signal

    _set_up_completion(complete)
    while True:
        try:
            yield input(visible(prompt()))
        except EOFError:
            say("")
            return
        except KeyboardInterrupt:
            forgive_signal()
            say("")


def _set_up_completion(complete: Complete) -> None:
    try:
        import readline
    except ImportError:
        return
    found: list[str] = []

    def completed(text: str, state: int) -> str | None:
        if state == 0:
            before = readline.get_line_buffer()[: readline.get_begidx()]
            words = complete(before) if before.strip() else [f"{name} " for name in NAMES]
            found[:] = [word for word in words if word.startswith(text)]
        return found[state] if state < len(found) else None

    readline.set_completer(completed)
    readline.set_completer_delims(" ")
    readline.parse_and_bind("tab: complete")
