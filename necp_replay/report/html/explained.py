"""Explanations for the page: the reasons for the outcome of a finding's example, on both sides.

An explanation costs a replay of its trace up to the record for each side. So only the examples of
findings have one: first the first example of each finding, then the second ones, up to the limits
below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import NecpReplayError
from necp_replay.explain.explanation import RecordExplanation
from necp_replay.explain.record import explain_record
from necp_replay.outcomes.record_difference import RecordDifference
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
    """A record of a trace, what to explain it with, and what it stands for.

    ``profile`` None is the release of the trace.
    """

    label: str
    profile: Profile | None
    trace: Path
    record: int


def explanations_of(
    run: RunReport,
    *,
    engine_is_ours: bool = True,
    record_limit_s: float | None = None,
    files: Sequence[Path] = (),
) -> dict[int, ExplainedSides]:
    """The explanations of the examples of findings, by the ``id()`` of the difference.

    ``engine_is_ours`` is false if an external program answered on the actual side: its answers
    cannot be explained, unless a likely fact says what our engine would have to do.
    ``record_limit_s`` is how much processor time one record may take. ``files`` are the two files
    that were compared: each record is explained in its own trace, on the release of that.
    """
    found: dict[int, ExplainedSides] = {}
    room = RECORDS_REPLAYED
    for example in _in_turn(run):
        if len(found) >= EXPLAINED:
            break
        if run.files is None:
            sides = _sides_of(run, example, engine_is_ours=engine_is_ours)
        else:
            sides = _sides_of_files(example.difference, files)
        cost = sum(side.record for side in sides if side is not None)
        if cost == 0 or cost > room:
            continue
        room -= cost
        # The files were named by the user. The path of a report has escapes, and can be the name of
        # another file.
        title = example.difference.title if run.files is None else None
        expected, actual = (_explain(side, title, record_limit_s) for side in sides)
        if expected is not None or actual is not None:
            left, right = map(_label, sides, (expected, actual))
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
    record = example.difference.record
    if record is None:
        return None, None

    def side(label: str, profile: Profile | None) -> _ExplainedSide | None:
        if profile is None:
            return None
        return _ExplainedSide(label, profile, Path(example.trace), record)

    if run.command == "diff":
        old, new = RELEASES.get(run.expected_label), RELEASES.get(run.actual_label)
        return (
            side(run.expected_label, old),
            side(run.actual_label, new) if engine_is_ours else None,
        )
    profile = RELEASES.get(example.release)
    if profile is None:
        return None, None
    fact = run.facts.get(example.difference.group)
    if fact is not None:
        expected, actual = (_profile_of_fact(profile, fact, value) for value in _values(fact))
        if expected is not None and actual is not None:
            name = fact.fact
            return (
                side(f"with {name} {fact.expected}", expected),
                side(f"with {name} {fact.replayed}", actual),
            )
    ours = side(f"the built-in engine on {example.release}", profile)
    return (None, ours) if engine_is_ours else (ours, None)


def _sides_of_files(
    difference: RecordDifference, files: Sequence[Path]
) -> tuple[_ExplainedSide | None, _ExplainedSide | None]:
    """The records of both files. A pipe cannot be read again, so it has no explanation."""
    place = difference.place
    if place is None or len(files) != len("AB"):
        return None, None
    left, right = (
        _ExplainedSide(name, None, path, record) if record is not None and path.is_file() else None
        for name, path, record in zip("AB", files, (place.left, place.right), strict=True)
    )
    return left, right


def _label(side: _ExplainedSide | None, explained: RecordExplanation | None) -> str:
    """What the explanation of a side is headed with."""
    if side is None:
        return ""
    if side.profile is not None or explained is None:
        return side.label
    return f"{side.label} {explained.trace} on {explained.release}"


def _values(fact: LikelyFact) -> tuple[str, str]:
    return fact.expected, fact.replayed


def _profile_of_fact(profile: Profile, fact: LikelyFact, value: str) -> Profile | None:
    """The profile with a value of a fact; None if no profile has a value that is shown so."""
    name = fact.fact
    values = [getattr(each, name) for each in (profile, *RELEASES.values())]
    if isinstance(values[0], bool):
        values += [True, False]
    for known in values:
        if shown_value(known) == value:
            change: dict[str, Any] = {name: known}
            return replace(profile, **change)
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
    side: _ExplainedSide | None, title: str | None, record_limit_s: float | None
) -> RecordExplanation | None:
    """An explanation. None if the record has none, or has another title than a given one."""
    if side is None:
        return None
    try:
        explanation = explain_record(
            side.trace, side.record, release=side.profile, record_limit_s=record_limit_s
        )
    except (NecpReplayError, OSError):
        return None
    return explanation if title in (None, explanation.title) else None
