"""Explanations for the page: the reasons for the outcome of a finding's example, on both sides.

An explanation costs a replay of its trace up to the record for each side. So only the examples of
findings have one: first the first example of each finding, then the second ones, up to the limits
below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import NecpReplayError
from necp_replay.explain.explanation import RecordExplanation
from necp_replay.explain.record import explain_record
from necp_replay.releases.fact import shown_value
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import Profile
from necp_replay.replay.facts.likely_fact import LikelyFact
from necp_replay.replay.findings.groups import Example
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.explain_text import UNICODE, explanation_trees
from necp_replay.report.html.findings import findings_of
from necp_replay.report.style import Style

EXPLAINED: Final = 60
"""The most differences that are explained."""
RECORDS_REPLAYED: Final = 60_000
"""How many records are replayed for all explanations, at most."""


@dataclass(frozen=True, slots=True)
class ExplainedSides:
    """The explanations of both sides of a difference, as lines. None for a side without one."""

    expected_label: str
    actual_label: str
    expected: tuple[str, ...] | None
    actual: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class _ExplainedSide:
    """A profile to explain with, and what it stands for."""

    label: str
    profile: Profile


def explanations_of(
    run: RunReport, *, engine_is_ours: bool = True, record_limit_s: float | None = None
) -> dict[int, ExplainedSides]:
    """The explanations of the examples of findings, by the ``id()`` of the difference.

    ``engine_is_ours`` is false if an external program answered on the actual side: its answers
    cannot be explained, unless a likely fact says what our engine would have to do.
    ``record_limit_s`` is how much processor time one record may take.
    """
    found: dict[int, ExplainedSides] = {}
    room = RECORDS_REPLAYED
    if run.files is not None:
        return found
    for example in _in_turn(run):
        record = example.difference.record
        if record is None or len(found) >= EXPLAINED:
            continue
        sides = _sides_of(run, example, engine_is_ours=engine_is_ours)
        cost = record * sum(side is not None for side in sides)
        if cost == 0 or cost > room:
            continue
        room -= cost
        expected, actual = (_explain(example, side, record_limit_s) for side in sides)
        if expected is not None or actual is not None:
            left, right = ("" if side is None else side.label for side in sides)
            lines = _lines(expected, actual), _lines(actual, expected)
            found[id(example.difference)] = ExplainedSides(left, right, *lines)
    return found


def _in_turn(run: RunReport) -> Iterator[Example]:
    """The first example of each group, then the second of each, and so on."""
    groups = [group for cause in findings_of(run) for group in cause.groups]
    for row in zip_longest(*(group.examples for group in groups)):
        yield from (example for example in row if example is not None)


def _sides_of(
    run: RunReport, example: Example, *, engine_is_ours: bool
) -> tuple[_ExplainedSide | None, _ExplainedSide | None]:
    """What both sides of an example are explained with."""
    if run.command == "diff":
        old, new = RELEASES.get(run.expected_label), RELEASES.get(run.actual_label)
        return (
            None if old is None else _ExplainedSide(run.expected_label, old),
            _ExplainedSide(run.actual_label, new) if new is not None and engine_is_ours else None,
        )
    profile = RELEASES.get(example.release)
    if profile is None:
        return None, None
    fact = run.facts.get(example.difference.group)
    if fact is not None:
        expected, actual = (_side_of_fact(profile, fact, value) for value in _values(fact))
        if expected is not None and actual is not None:
            return expected, actual
    label = f"the built-in engine on {example.release}"
    if engine_is_ours:
        return None, _ExplainedSide(label, profile)
    return _ExplainedSide(label, profile), None


def _values(fact: LikelyFact) -> tuple[str, str]:
    return fact.expected, fact.replayed


def _side_of_fact(profile: Profile, fact: LikelyFact, value: str) -> _ExplainedSide | None:
    """The profile with a value of a fact; None if no profile has a value that is shown so."""
    name = fact.fact
    values = [getattr(each, name) for each in (profile, *RELEASES.values())]
    if isinstance(values[0], bool):
        values += [True, False]
    for known in values:
        if shown_value(known) == value:
            change: dict[str, Any] = {name: known}
            return _ExplainedSide(f"with {name} {value}", replace(profile, **change))
    return None


def _lines(
    explained: RecordExplanation | None, other: RecordExplanation | None
) -> tuple[str, ...] | None:
    """An explanation as lines. ``other`` is the one of the other side.

    A record that evaluates nothing is explained by an earlier evaluation. If the other side failed,
    that evaluation is not shown: it is enough to say that no check failed.
    """
    if explained is None:
        return None
    is_earlier = explained.failure is None and explained.evaluated_at != explained.record
    if is_earlier and other is not None and other.failure is not None:
        return ("ok: no check failed",)
    return tuple(explanation_trees(explained, Style(coloured=False), UNICODE))


def _explain(
    example: Example, side: _ExplainedSide | None, record_limit_s: float | None
) -> RecordExplanation | None:
    """An explanation. None if the record has none, or is not the one that was replayed."""
    difference = example.difference
    if side is None or difference.record is None:
        return None
    try:
        explanation = explain_record(
            Path(example.trace),
            difference.record,
            release=side.profile,
            record_limit_s=record_limit_s,
        )
    except (NecpReplayError, OSError):
        return None
    if explanation.title != difference.title:
        # A path is shown with escapes, which can be the name of another file.
        return None
    return explanation
