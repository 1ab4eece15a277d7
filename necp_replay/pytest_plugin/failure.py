"""A trace that did not pass, as pytest shows it: in full, and in one line of its summaries."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol, Self

import pytest

from necp_replay.errors import NecpReplayError
from necp_replay.replay.node import escape, visible
from necp_replay.replay.report_model import TraceReport, Truth
from necp_replay.report.headline import difference_headline, headline
from necp_replay.report.replay_text import failure_lines
from necp_replay.report.style import Style
from necp_replay.rules.rule import Rule


class TraceFailure(Exception):
    """A trace that did not pass; the text is what ``necp-replay replay`` prints of it.

    ``painted`` is the same in colour, ``headline`` the whole in one line; ``causes`` are the group
    and the line of the first difference of each group, ``advice`` what to do next and what for.
    """

    def __init__(self, text: str, line: str, path: str) -> None:
        # An error names its file, whose name need not be fit for a terminal.
        text = "\n".join(map(visible, text.split("\n")))
        line = visible(line)
        super().__init__(text)
        self.painted = text
        self.headline = line
        self.causes = [(line, line)]
        self.advice: list[tuple[str, str]] = []
        self.path = path
        self.record = 1

    @classmethod
    def of_report(cls, report: TraceReport) -> Self:
        """The failure of a replay that did not pass."""
        plain, painted = ("\n".join(failure_lines(report, Style(c))) for c in (False, True))
        failure = cls(plain, headline(report), report.path)
        if report.error is None:
            failure.painted = painted
        failure.advice = list(_advice(report))
        first: dict[str, str] = {}
        for example in report.examples:
            first.setdefault(example.group, difference_headline(example))
        if report.error is None and first:
            failure.causes = list(first.items())
            failure.record = report.examples[0].record or 1
        return failure

    @classmethod
    def of_error(cls, error: NecpReplayError) -> Self:
        """The failure of what could not be done with a trace."""
        failure = cls(f"{error}\n{error.hint}", str(error), error.file or "")
        failure.advice = [("What to do:", visible(error.hint))]
        return failure

    @classmethod
    def of_vanished(cls, rule: Rule, report: TraceReport, file: Path | None) -> Self:
        """The failure of a trace that passes, though a rule expects that it does not."""
        place = str(file) if rule.line is None else f"{file}: line {rule.line}"
        line = f"rule {rule.number} expects a difference that is not there any more"
        text = f"{report.path} on {report.release}\n  {line}: {escape(rule.reason)}\n"
        failure = cls(f"{text}  Remove it from {place}", line, report.path)
        failure.advice = [("Remove the rule:", visible(place))]
        return failure


def _advice(report: TraceReport) -> Iterator[tuple[str, str]]:
    trace = shlex.quote(report.path)
    if report.error is not None:
        if report.error.startswith(f"{report.path}: "):
            yield "What is wrong:", f"necp-replay doctor {trace}"
        if report.hint:
            yield "What to do:", visible(report.hint)
        return
    yield "See it again:", f"necp-replay replay {trace} --release {report.release}"
    # What was recorded stays as it is: only a golden is accepted.
    differs_from_golden = all(example.truth is Truth.GOLDEN for example in report.examples)
    if report.missing_golden or (report.examples and differs_from_golden):
        yield "If it was meant:", f"necp-replay accept {trace}"


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
