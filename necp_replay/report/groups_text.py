"""Groups of differences: each kind once, with one example in full and others in a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from necp_replay.releases.profile import facts
from necp_replay.replay.findings.causes import Cause, causes_of
from necp_replay.replay.findings.groups import Example, Group
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.difference_text import (
    fact_text,
    followers_text,
    golden_text,
    likely_fact_text,
    place_of,
    side_labels,
)
from necp_replay.report.fields_text import field_line, field_lines
from necp_replay.report.style import Style
from necp_replay.report.words import counted

SHOWN_GROUPS: Final = 8
"""The most groups that are shown unless all are requested. More would be several screens."""
_WHOLE_KINDS: Final = 3
"""Of the kinds with one likely fact, those that are shown with all fields unless all are requested.
Each further one is two lines."""


def group_parts(
    run: RunReport, groups: Sequence[Group], style: Style, limit: int | None
) -> Iterator[str]:
    """A paragraph for each cause with its groups, up to ``limit`` groups. None shows all.

    A group whose cause is shown is never left out alone: it says how far the cause reaches.
    """
    causes = causes_of(groups, run.facts)
    shown = causes[: _causes_within(causes, limit)]
    for number, cause in enumerate(shown, 1):
        told = [group for group in cause.groups if group.examples]
        if len(told) == 1:
            yield "\n".join(_group_lines(run, f"{number}. ", told[0], style))
        elif told and cause.fact is not None:
            head = style.paint(f"{number}. {facts()[cause.fact.fact].title}", "bold")
            kinds = f"{len(told)} kinds of difference with one likely fact"
            lines = [f"{head}: {kinds}", f"   {likely_fact_text(cause.fact)}"]
            for place, group in enumerate(told):
                whole = limit is None or place < _WHOLE_KINDS
                drawn = _group_lines if whole else _short_lines
                lines += (f"   {line}" for line in drawn(run, "", group, style, fact=False))
            yield "\n".join(lines)
    yield from hidden_groups([group for cause in causes[len(shown) :] for group in cause.groups])


def _causes_within(causes: Sequence[Cause], limit: int | None) -> int:
    """How many causes have at most ``limit`` groups together; at least one."""
    if limit is None:
        return len(causes)
    room = limit
    for number, cause in enumerate(causes):
        room -= min(len(cause.groups), _WHOLE_KINDS)
        if room < 0:
            return max(1, number)
    return len(causes)


def hidden_groups(hidden: Sequence[Group]) -> Iterator[str]:
    """A line that counts the groups that are not shown, if there are any."""
    if hidden:
        begun = counted(sum(group.begun for group in hidden), "record")
        noun = "kind of difference begins" if len(hidden) == 1 else "kinds of difference begin"
        yield f"{len(hidden):,} more {noun} at {begun}; --verbose shows all of them"


def found_text(group: Group) -> str:
    """``12 records of 5 traces, 30 more follow``."""
    text = f"{counted(group.begun, 'record')} of {counted(group.traces, 'trace')}"
    return f"{text}, {group.followed:,} more follow" if group.followed else text


def _group_lines(
    run: RunReport, number: str, group: Group, style: Style, *, fact: bool = True
) -> Iterator[str]:
    """A group with its examples; its likely fact too, unless its cause has told it."""
    first, *others = group.examples
    head = style.paint(f"{number}{first.difference.kind}", "bold")
    key = f"{'fingerprint' if group.fact is None else 'fact'} {group.key}"
    yield f"{head}: {found_text(group)}  {style.paint(key, 'dim')}"
    likely = fact_text(run, group) if fact and group.fact is None else None
    if likely is not None:
        yield f"   {style.paint('Likely fact', 'bold')}: {likely}"
    yield from _example_lines(run, first, style)
    for example in others:
        line = field_line(example.difference.fields, style)
        yield f"   {example.trace} {place_of(example.difference)}: {line}"


def _short_lines(
    run: RunReport, number: str, group: Group, style: Style, *, fact: bool = True
) -> Iterator[str]:
    """A group with its first example in a line; its likely fact is told by its cause."""
    head, *_ = _group_lines(run, number, group, style, fact=fact)
    first = group.examples[0]
    yield head
    line = field_line(first.difference.fields, style)
    yield f"   {first.trace} {place_of(first.difference)}: {line}"


def _example_lines(run: RunReport, example: Example, style: Style) -> Iterator[str]:
    """A difference with the records before it and all its fields."""
    difference = example.difference
    on = f" on {example.release}" if example.release else ""
    yield f"   {style.paint(example.trace, 'bold')} {place_of(difference)}{on}"
    for line in difference.shown.context:
        yield style.paint(f"       {line}", "dim")
    number = "" if difference.record is None else f"record {difference.record} "
    yield f"     > {number}{difference.title}"
    yield from field_lines(difference.fields, side_labels(run, difference), style, "       ")
    golden = golden_text(difference, style)
    if golden is not None:
        yield f"       {golden}"
    if difference.chain.followers:
        yield f"       {followers_text(difference.chain.followers)}"
