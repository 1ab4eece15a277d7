"""The failure of a trace's test: its text, and its line in the short summary of pytest."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, Self

import pytest

from necp_replay.errors import NecpReplayError
from necp_replay.outcomes.safe_text import escape, safe_lines, visible
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.failure_text import failure_lines
from necp_replay.report.headline import headline
from necp_replay.report.style import Style
from necp_replay.rules.rule import Rule


class TraceFailure(Exception):
    """Raised when a trace does not pass. Its text is what ``necp-replay replay`` prints.

    ``coloured`` is the same text in colour. ``headline`` is one line about the difference in
    ``record`` of the trace at ``path``.
    """

    def __init__(self, text: str, line: str, path: str, record: int = 1) -> None:
        # The name of the file may hold control characters, which must not reach the terminal.
        text = "\n".join(map(visible, text.split("\n")))
        super().__init__(text)
        self.coloured = text
        self.headline = visible(line)
        self.path = visible(path)
        self.record = record

    @classmethod
    def of_report(cls, report: TraceReport, options: tuple[str, ...] = ()) -> Self:
        """The failure of a trace that differs, has no golden, or met what is not modelled.

        ``options`` are those of the commands that it suggests.
        """
        run = RunReport("replay", "expected", "replayed", [report], options=options)
        plain, coloured = ("\n".join(failure_lines(run, report, Style(c))) for c in (False, True))
        record = report.examples[0].record if report.examples else None
        failure = cls(plain, headline(run, report), report.path, record or 1)
        if report.error is None:
            failure.coloured = coloured
        return failure

    @classmethod
    def of_error(cls, error: NecpReplayError) -> Self:
        """The failure of a trace that could not be replayed or accepted."""
        return cls(f"{error}\n{error.hint}", str(error), error.file or "")

    @classmethod
    def of_vanished(cls, rule: Rule, report: TraceReport, file: Path | None) -> Self:
        """The failure of a trace that passes although a rule expects a difference."""
        place = str(file) if rule.line is None else f"{file}: line {rule.line}"
        line = f"rule {rule.number} expects a difference that did not occur"
        text = f"{report.path} on {report.release}\n  {line}: {escape(rule.reason)}\n"
        return cls(f"{text}  Remove it from {place}", line, report.path)


class _Terminal(Protocol):
    """The part of pytest's terminal writer that is used here."""

    hasmarkup: bool

    def line(self, s: str = "") -> None:
        """Write a line."""


class ColouredFailure:
    """Replaces the text of a failure in a report, to print it in colour if pytest uses colour.

    If ``is_brief`` (``--tb=line``) nothing is printed here: pytest prints the headline itself.
    Other readers of the report, such as JUnit files, still get the text.
    """

    def __init__(self, plain: Any, coloured: str, *, is_brief: bool) -> None:
        self.reprcrash = getattr(plain, "reprcrash", None)
        self._plain = str(plain)
        self._coloured = coloured or self._plain
        self._is_brief = is_brief

    def __str__(self) -> str:
        return self._plain

    def toterminal(self, terminal: _Terminal) -> None:
        """Print the text, as pytest asks for it."""
        if not self._is_brief:
            terminal.line(safe_lines(self._coloured if terminal.hasmarkup else self._plain))


def failure_representation(
    excinfo: pytest.ExceptionInfo[BaseException], failure: TraceFailure
) -> Any:
    """The failure as pytest's own class, which xdist can send: text, place and headline."""
    representation = excinfo.getrepr(style="value", chain=False)
    crash = representation.reprcrash
    if crash is not None:
        crash.path, crash.lineno, crash.message = failure.path, failure.record, failure.headline
    return representation
