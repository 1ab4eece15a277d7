"""A trace that did not pass, as pytest shows it: in full, and in one line of its summaries."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, Self

import pytest

from necp_replay.errors import NecpReplayError
from necp_replay.replay.node import escape, visible
from necp_replay.replay.report_model import TraceReport
from necp_replay.report.headline import headline
from necp_replay.report.replay_text import failure_lines
from necp_replay.report.style import Style
from necp_replay.rules.rule import Rule


class TraceFailure(Exception):
    """A trace that did not pass; the text is what ``necp-replay replay`` prints of it.

    ``painted`` is the same in colour, ``headline`` the whole in one line, which is about a
    ``record`` of the trace at ``path``.
    """

    def __init__(self, text: str, line: str, path: str, record: int = 1) -> None:
        # An error names its file, whose name need not be fit for a terminal.
        text = "\n".join(map(visible, text.split("\n")))
        super().__init__(text)
        self.painted = text
        self.headline = visible(line)
        self.path = path
        self.record = record

    @classmethod
    def of_report(cls, report: TraceReport) -> Self:
        """The failure of a replay that did not pass."""
        plain, painted = ("\n".join(failure_lines(report, Style(c))) for c in (False, True))
        record = report.examples[0].record if report.examples else None
        failure = cls(plain, headline(report), report.path, record or 1)
        if report.error is None:
            failure.painted = painted
        return failure

    @classmethod
    def of_error(cls, error: NecpReplayError) -> Self:
        """The failure of what could not be done with a trace."""
        return cls(f"{error}\n{error.hint}", str(error), error.file or "")

    @classmethod
    def of_vanished(cls, rule: Rule, report: TraceReport, file: Path | None) -> Self:
        """The failure of a trace that passes, though a rule expects that it does not."""
        place = str(file) if rule.line is None else f"{file}: line {rule.line}"
        line = f"rule {rule.number} expects a difference that is not there any more"
        text = f"{report.path} on {report.release}\n  {line}: {escape(rule.reason)}\n"
        return cls(f"{text}  Remove it from {place}", line, report.path)


class _Terminal(Protocol):
    """What pytest's terminal writer is asked for."""

    hasmarkup: bool

    def line(self, s: str = "") -> None:
        """Write a line."""


class Shown:
    """Stands for a failure in a report: the same text, in colour where pytest uses colour.

    A brief one leaves the text to JUnit and the like, and pytest writes its one line.
    """

    def __init__(self, plain: Any, painted: str, *, is_brief: bool) -> None:
        self.reprcrash = getattr(plain, "reprcrash", None)
        self._plain = str(plain)
        self._painted = painted or self._plain
        self._is_brief = is_brief

    def __str__(self) -> str:
        return self._plain

    def toterminal(self, terminal: _Terminal) -> None:
        """Write the text."""
        if not self._is_brief:
            terminal.line(self._painted if terminal.hasmarkup else self._plain)


def represent(excinfo: pytest.ExceptionInfo[BaseException], failure: TraceFailure) -> Any:
    """The failure in a form that pytest and its workers pass on: the text, its place, its line."""
    representation = excinfo.getrepr(style="value", chain=False)
    crash = representation.reprcrash
    if crash is not None:
        crash.path, crash.lineno, crash.message = failure.path, failure.record, failure.headline
    return representation
