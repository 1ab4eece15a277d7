"""A trace that did not pass, as pytest shows it: in full, and in one line of its summaries."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, Self

import pytest

from necp_replay.errors import NecpReplayError
from necp_replay.replay.report_model import TraceReport
from necp_replay.report.headline import difference_headline, headline
from necp_replay.report.replay_text import failure_lines
from necp_replay.report.style import Style


class TraceFailure(Exception):
    """A trace that did not pass; the text is what ``necp-replay replay`` prints of it.

    ``painted`` is the same in colour, ``headline`` the whole in one line.
    """

    def __init__(self, text: str, painted: str, headline: str, path: str, record: int) -> None:
        super().__init__(text)
        self.painted = painted
        self.headline = headline
        self.path = path
        self.record = record

    @classmethod
    def of_report(cls, report: TraceReport) -> Self:
        """The failure of a replay that did not pass."""
        plain, painted = ("\n".join(failure_lines(report, Style(c))) for c in (False, True))
        record = (report.examples[0].record if report.examples else None) or 1
        return cls(plain, painted, headline(report), report.path, record)

    @classmethod
    def of_error(cls, error: NecpReplayError, path: Path) -> Self:
        """The failure of what could not be done with a trace."""
        text = f"{error}\n{error.hint}"
        return cls(text, text, error.reason, str(path), 1)


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


def causes_of(report: TraceReport) -> list[tuple[str, str]]:
    """Of each group of a replay's differences, its name and its first difference in a line.

    What is no difference of records is a group of its own, named by its line.
    """
    if not report.examples:
        return [(headline(report), headline(report))]
    first: dict[str, str] = {}
    for example in report.examples:
        first.setdefault(example.group, difference_headline(example))
    return list(first.items())
