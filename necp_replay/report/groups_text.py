"""A replay's differences for people: each kind once, its first example whole, others in a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.record_difference import RecordDifference, Truth
from necp_replay.replay.facts.likely_fact import LikelyFact
from necp_replay.replay.findings.groups import Example, Group
from necp_replay.report.fields_text import field_line, field_lines
from necp_replay.report.style import Style
from necp_replay.report.words import counted, followers_text

SHOWN_GROUPS: Final = 8
"""Kinds of difference that are shown where not all are asked for."""


def group_parts(
    groups: Sequence[Group],
    style: Style,
    limit: int | None,
    facts: Mapping[str, LikelyFact] = MappingProxyType({}),
) -> Iterator[str]:
    """A paragraph for each group, up to ``limit`` of them.

    ``facts`` are likely to explain groups, by their key.
    """
    shown = groups[:limit]
    for number, group in enumerate(shown, 1):
        if group.examples:
            yield "\n".join(_group_lines(number, group, style, facts.get(group.key)))
    yield from hidden_groups(groups[len(shown) :])


def hidden_groups(hidden: Sequence[Group]) -> Iterator[str]:
    """A line that counts groups that are not shown, if there are any."""
    if hidden:
        begun = counted(sum(group.begun for group in hidden), "record")
        noun = "kind of difference begins" if len(hidden) == 1 else "kinds of difference begin"
        yield f"{len(hidden):,} more {noun} at {begun}; --verbose shows all of them"


def side_labels(difference: RecordDifference) -> tuple[str, str]:
    """What both sides of a replay's difference are called."""
    return ("golden" if difference.truth is Truth.GOLDEN else "recorded", "replayed")


def place_of(difference: RecordDifference) -> str:
    """``record 5``, of two files ``A 5, B 6``, or where there is none what there is instead."""
    if difference.place is not None:
        return str(difference.place)
    if difference.record is not None:
        return f"record {difference.record}"
    return "end of trace" if difference.kind == difference.title else "missing record"


def golden_text(difference: RecordDifference, style: Style) -> str | None:
    """What the golden says of a record that differs from what was recorded, None without one."""
    if difference.shown.from_golden is None:
        return None
    if not difference.shown.from_golden:
        return "its golden says what was replayed"
    if _shape(difference.shown.from_golden) == _shape(difference.fields):
        return "its golden says what was recorded"
    return f"it differs from its golden too: {field_line(difference.shown.from_golden, style)}"


def _shape(differences: Sequence[FieldDifference]) -> list[tuple[str, str | None, str | None]]:
    return [(each.path, each.expected, each.actual) for each in differences]


def found_text(group: Group) -> str:
    """``12 records of 5 traces, 30 more follow``."""
    text = f"{counted(group.begun, 'record')} of {counted(group.traces, 'trace')}"
    return f"{text}, {group.followed:,} more follow" if group.followed else text


def fact_text(fact: LikelyFact) -> str:
    """What a fact says of the replay."""
    there = f", which it is in {' and '.join(fact.releases)}" if fact.releases else ""
    return f"it is as if {fact.fact} were {fact.replayed}{there}; expected is {fact.expected}"


def _group_lines(number: int, group: Group, style: Style, fact: LikelyFact | None) -> Iterator[str]:
    first, *others = group.examples
    head = style.paint(f"{number}. {first.difference.kind}", "bold")
    yield f"{head}: {found_text(group)}  {style.paint(f'fingerprint {group.key}', 'dim')}"
    if fact is not None:
        yield f"   {style.paint('Cause', 'bold')}: {fact_text(fact)}"
    yield from example_lines(first, style)
    for example in others:
        difference = example.difference
        line = field_line(difference.fields, style)
        yield f"   {example.trace} {place_of(difference)}: {line}"


def example_lines(example: Example, style: Style) -> Iterator[str]:
    """A difference with what happened before to the same client, and every field."""
    difference = example.difference
    on = f" on {example.release}" if example.release else ""
    yield f"   {style.paint(example.trace, 'bold')} {place_of(difference)}{on}"
    for line in difference.shown.context:
        yield style.paint(f"       {line}", "dim")
    number = "" if difference.record is None else f"record {difference.record} "
    yield f"     > {number}{difference.title}"
    yield from field_lines(difference.fields, side_labels(difference), style, "       ")
    golden = golden_text(difference, style)
    if golden is not None:
        yield f"       {golden}"
    if difference.chain.followers:
        yield f"       {followers_text(difference.chain.followers)}"
