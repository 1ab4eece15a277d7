"""Since which releases a trace behaves as it does, as text and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Literal, TypedDict

from necp_replay.outcomes.safe_text import visible
from necp_replay.outcomes.shell_text import command_line
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import differing_facts, facts
from necp_replay.releases.published import PUBLISHED
from necp_replay.replay.findings.groups import Group
from necp_replay.replay.many_releases import Behaviours
from necp_replay.replay.since_when import ExplainedChange, SinceWhen
from necp_replay.report.diff_json import (
    DiffGroupObject,
    RecordObject,
    group_object,
    record_object,
)
from necp_replay.report.diff_text import fact_values
from necp_replay.report.fields_text import field_line
from necp_replay.report.json_schema import Count, Ordinal
from necp_replay.report.json_text import json_text
from necp_replay.report.next_steps import minimize_command
from necp_replay.report.style import Style
from necp_replay.report.words import counted


class ReleaseObject(TypedDict):
    """A release. Those with the same ``letter`` behave alike; one that does not model all has none.

    ``not_modelled`` is the first record that it does not model.
    """

    release: str
    letter: str | None
    not_modelled: str | None


class SystemObject(TypedDict):
    """A published tag, and the systems that shipped it."""

    tag: str
    macos: str
    ios: str
    darwin: str


class SinceGroupObject(DiffGroupObject):
    """A group of differences, with the title of its fact."""

    title: str | None


class ChangedReleaseObject(TypedDict):
    """A release that differs from its ``parent``. ``different`` counts records.

    ``behaves_like`` is an older release that behaves the same.
    """

    release: str
    parent: str
    systems: list[SystemObject]
    different: Count
    first_record: Ordinal | None
    final_state: bool
    behaves_like: str | None
    groups: list[SinceGroupObject]
    differing_records: list[RecordObject]


class SinceWhenDocument(TypedDict):
    """Since which releases a trace behaves as it does; ``record`` is null for all its records.

    ``records`` counts the records that were replayed.
    """

    schema_version: Literal[1]
    path: str
    record: Ordinal | None
    title: str | None
    records: Count
    releases: list[ReleaseObject]
    changes: list[ChangedReleaseObject]


def since_when_text(found: SinceWhen, style: Style) -> str:
    """Each change with its facts and an example, then which releases behave alike."""
    parts = ["\n".join(_change_lines(found, each, style)) for each in found.changes]
    parts.append("\n".join(_closing_lines(found, style)))
    return "\n\n".join(parts)


def since_when_json(found: SinceWhen) -> str:
    """The same for machines."""
    behaviours = found.behaviours
    document: SinceWhenDocument = {
        "schema_version": 1,
        "path": visible(str(found.path)),
        "record": found.record,
        "title": behaviours.title,
        "records": behaviours.records,
        "releases": [
            {
                "release": release,
                "letter": letter,
                "not_modelled": behaviours.not_modelled.get(release),
            }
            for release, letter in zip(behaviours.releases, behaviours.letters, strict=True)
        ],
        "changes": [_change_object(behaviours, each) for each in found.changes],
    }
    return json_text(document)


def alike_lines(behaviours: Behaviours) -> Iterator[str]:
    """``A  xnu-4570.1.46 to xnu-4570.31.3 (macOS 10.13 to 10.13.2)``: runs of one letter."""
    pairs = zip(behaviours.releases, behaviours.letters, strict=True)
    for letter, run in groupby(pairs, key=lambda pair: pair[1]):
        tags = [release for release, _ in run]
        first, last = tags[0], tags[-1]
        span = first if first == last else f"{first} to {last}"
        yield f"{letter or '-'}  {span} ({_systems(tags)})"


def _change_lines(found: SinceWhen, each: ExplainedChange, style: Style) -> Iterator[str]:
    change = each.change
    yield style.paint(f"Since {change.new}", "bold") + f" ({_systems([change.new])})"
    if found.record is None:
        yield f"   {_extent(each)} from {change.old}"
    again = found.behaviours.like_before(change)
    if again is not None:
        yield f"   This is how {again} behaves."
    for group in each.groups:
        yield from _group_lines(group, (change.old, change.new), style)


def _extent(each: ExplainedChange) -> str:
    change = each.change
    parts = []
    if change.records:
        verb = "differs" if change.records == 1 else "differ"
        parts.append(f"{counted(change.records, 'record')} {verb}")
    if change.final_state:
        parts.append("the final state differs")
    return " and ".join(parts)


def _group_lines(group: Group, releases: tuple[str, str], style: Style) -> Iterator[str]:
    if group.fact is None:
        yield "   No fact explains this:"
    else:
        fact = facts()[group.fact]
        where = style.paint(f"  {fact.function}", "dim")
        yield f"   {style.paint(fact.title, 'bold')}{where}"
        yield f"     {group.fact} {fact_values(group.fact, releases)}"
        meanings = _meanings(group.fact, releases)
        for tag, meaning in zip(releases, meanings, strict=True):
            yield f"     {tag:{max(map(len, releases))}}  {meaning}"
    for example in group.examples[:1]:
        difference = example.difference
        place = "final state" if difference.record is None else f"record {difference.record}"
        kind = "" if difference.record is None else f" {difference.title}"
        yield f"     {place}{kind}: {field_line(difference.fields, style)}"


def _meanings(fact: str, releases: tuple[str, str]) -> tuple[str, str]:
    """What both values of a fact mean."""
    old, new = (RELEASES[tag] for tag in releases)
    found = next(each for each in differing_facts(old, new) if each.name == fact)
    return found.old_meaning, found.new_meaning


def _closing_lines(found: SinceWhen, style: Style) -> Iterator[str]:
    behaviours = found.behaviours
    what = visible(str(found.path))
    if found.record is not None:
        what += f" record {found.record} {behaviours.title}"
    count = len(found.changes)
    text = counted(count, "change") if count else "no change"
    releases = counted(len(behaviours.releases), "release")
    yield style.paint(f"{what}: {text} in {releases}", "red" if count else "green")
    yield from (f"  {line}" for line in alike_lines(behaviours))
    if behaviours.not_modelled:
        release, where = next(iter(behaviours.not_modelled.items()))
        yield f"  - not modelled; on {release} first at {where}"
    for each in found.changes:
        change = each.change
        if change.first is not None:
            pair = (change.old, change.new)
            yield f"All changes: {command_line('necp-replay', 'changelog', *pair)}"
            yield f"Make small: {minimize_command(found.path, pair, change.first)}"
            break


def _systems(tags: list[str]) -> str:
    """``macOS 10.14.1 to 10.14.6, iOS 12.1 to 12.4``: every system that shipped these versions."""
    shipped = [entry for entry in PUBLISHED.values() if entry.version in tags]
    if not shipped:
        return "never published"
    shipped.sort(key=lambda entry: entry.released)
    return ", ".join(
        f"{name} {first}" if first == last else f"{name} {first} to {last}"
        for name, first, last in (
            ("macOS", shipped[0].macos, shipped[-1].macos),
            ("iOS", shipped[0].ios, shipped[-1].ios),
        )
    )


def _change_object(behaviours: Behaviours, each: ExplainedChange) -> ChangedReleaseObject:
    change = each.change
    labels = (change.old, change.new)
    return {
        "release": change.new,
        "parent": change.old,
        "systems": [
            {"tag": entry.tag, "macos": entry.macos, "ios": entry.ios, "darwin": entry.darwin}
            for entry in PUBLISHED.values()
            if entry.version == change.new
        ],
        "different": change.records,
        "first_record": change.first,
        "final_state": change.final_state,
        "behaves_like": behaviours.like_before(change),
        "groups": [
            {
                **group_object(group),
                "values": group.fact and fact_values(group.fact, labels),
                "title": group.fact and facts()[group.fact].title,
            }
            for group in each.groups
        ],
        "differing_records": [record_object(example) for example in each.report.examples],
    }
