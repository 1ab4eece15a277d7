"""The modelled releases, and the facts that differ between two of them, as text and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypedDict

from necp_replay.releases.fact import Fact
from necp_replay.releases.lineage import LINEAGE, changed_in, changes_of, path
from necp_replay.releases.profile import DifferingFact
from necp_replay.releases.published import PUBLISHED
from necp_replay.releases.under_way import UNDER_WAY
from necp_replay.replay.findings.groups import Group
from necp_replay.report.groups_text import found_text
from necp_replay.report.json_schema import Count, Ordinal
from necp_replay.report.json_text import json_text
from necp_replay.report.style import Style
from necp_replay.report.table import left, right, table

_TRACES = "traces/differences"
"""The folder of the traces that facts name."""


class LineageObject(TypedDict):
    """A release. ``facts_changed`` counts the facts that differ from its parent.

    ``also`` are other tags with the same version of the source.
    """

    release: str
    parent: str | None
    darwin: str
    macos: str
    ios: str
    released: str
    facts_changed: Count
    also: list[str]


class UnderWayObject(TypedDict):
    """A release that is not exact yet: how many measured operations are identical."""

    release: str
    parent: str | None
    macos: str
    ios: str
    identical: Count
    measured: Count


class ReleasesDocument(TypedDict):
    """The modelled releases, oldest first, and those under way."""

    schema_version: Literal[1]
    releases: list[LineageObject]
    under_way: list[UnderWayObject]


class SeenExampleObject(TypedDict):
    """A record in which a fact makes a difference; a final state has no number."""

    path: str
    record: Ordinal | None


class SeenObject(TypedDict):
    """Where a fact makes a difference: causes, followers and traces, with examples."""

    begun: Count
    followed: Count
    traces: Count
    examples: list[SeenExampleObject]


class FactObject(TypedDict):
    """A fact that differs. ``changed_in`` are the releases on the way that changed it.

    ``traces`` show it; ``not_observable`` is why none does. ``found`` is null unless traces were
    replayed.
    """

    fact: str
    old: str
    new: str
    title: str
    function: str
    old_meaning: str
    new_meaning: str
    documentation: str
    changed_in: list[str]
    traces: list[str]
    not_observable: str | None
    found: SeenObject | None


_Ends = TypedDict("_Ends", {"schema_version": Literal[1], "from": str, "to": str})


class FactsDocument(_Ends):
    """The facts in which two releases differ."""

    facts: list[FactObject]


def releases_text() -> str:
    """The lineage as a tree, oldest first, with system versions, dates and changed facts.

    Below it, the releases under way.
    """
    rows = [
        [
            _branch(tag) + tag,
            known.darwin,
            known.macos,
            known.ios,
            known.released,
            "" if LINEAGE[tag].parent is None else changes_of(tag),
        ]
        for tag in LINEAGE
        for known in (PUBLISHED[tag],)
    ]
    columns = [
        *left("release"),
        *left("Darwin", turn=1),
        *left("macOS"),
        *left("iOS", turn=3),
        *left("released", turn=2),
        *right("facts changed"),
    ]
    text = table(columns, rows)
    return f"{text}\n\n{_under_way_text()}" if UNDER_WAY else text


def under_way_warning(tag: str) -> str:
    """What to tell people who replay on a release under way."""
    entry = UNDER_WAY[tag]
    return (
        f"{tag} is under way: {entry.identical:,} of {entry.measured:,} measured operations are"
        " identical"
    )


def releases_json() -> str:
    """The releases as JSON, then those under way.

    ``also`` are other tags with the same version of the source.
    """
    rows: list[LineageObject] = [
        {
            "release": tag,
            "parent": release.parent,
            "darwin": known.darwin,
            "macos": known.macos,
            "ios": known.ios,
            "released": known.released,
            "facts_changed": changes_of(tag),
            "also": [
                other.tag
                for other in PUBLISHED.values()
                if other.version == tag and other.tag != tag
            ],
        }
        for tag, release in LINEAGE.items()
        for known in (PUBLISHED[tag],)
    ]
    under_way: list[UnderWayObject] = [
        {
            "release": tag,
            "parent": entry.release.parent,
            "macos": PUBLISHED[tag].macos,
            "ios": PUBLISHED[tag].ios,
            "identical": entry.identical,
            "measured": entry.measured,
        }
        for tag, entry in UNDER_WAY.items()
    ]
    document: ReleasesDocument = {
        "schema_version": 1,
        "releases": rows,
        "under_way": under_way,
    }
    return json_text(document)


def facts_text(
    facts: Sequence[DifferingFact],
    releases: tuple[str, str],
    shown: Mapping[str, Group] | None,
    style: Style,
) -> str:
    """Each fact with both values, what they mean, and where it makes a difference.

    ``shown`` are the groups of differences that were found in traces, by fact. If it is None, no
    traces were replayed, and the traces that the fact itself names are listed.
    """
    parts = []
    for fact in facts:
        head = style.paint(fact.name, "bold")
        lines = [f"{head}: {fact.change}"]
        lines += (f"    {line}" for line in _meaning_lines(fact, releases))
        lines += (f"    {line}" for line in _where(fact.fact, shown))
        parts.append("\n".join(lines))
    noun = "fact differs" if len(facts) == 1 else "facts differ"
    parts.append(f"{len(facts)} {noun}")
    return "\n".join(parts)


def facts_json(
    facts: Sequence[DifferingFact],
    releases: tuple[str, str],
    shown: Mapping[str, Group] | None,
) -> str:
    """The facts as JSON. ``found`` is null if no traces were replayed."""
    document: FactsDocument = {
        "schema_version": 1,
        "from": releases[0],
        "to": releases[1],
        "facts": [
            {
                "fact": fact.name,
                "old": fact.old,
                "new": fact.new,
                "title": fact.fact.title,
                "function": fact.fact.function,
                "old_meaning": fact.old_meaning,
                "new_meaning": fact.new_meaning,
                "documentation": fact.fact.text,
                "changed_in": changed_in(fact.name, *releases),
                "traces": [_trace_path(name) for name in fact.fact.traces],
                "not_observable": fact.fact.not_observable or None,
                "found": None if shown is None else _found(shown.get(fact.name)),
            }
            for fact in facts
        ],
    }
    return json_text(document)


def _under_way_text() -> str:
    """The releases under way, with how much of what was measured is identical."""
    rows = [
        [
            tag,
            PUBLISHED[tag].macos,
            PUBLISHED[tag].ios,
            f"{entry.identical:,}",
            f"{entry.measured:,}",
        ]
        for tag, entry in UNDER_WAY.items()
    ]
    columns = [*left("release", "macOS", "iOS"), *right("identical", "measured")]
    return f"Under way:\n{table(columns, rows)}"


def _branch(tag: str) -> str:
    """The indentation of a release: that of its parent, and two spaces more for a side branch."""
    parent = LINEAGE[tag].parent
    if parent is None:
        return ""
    children = [child for child, release in LINEAGE.items() if release.parent == parent]
    return _branch(parent) + ("  " if tag != children[-1] else "")


def _meaning_lines(fact: DifferingFact, releases: tuple[str, str]) -> Iterator[str]:
    """The title, the upstream function, and what both releases do."""
    where = f" ({fact.fact.function})" if fact.fact.function else ""
    yield f"{fact.fact.title}{where}"
    width = max(map(len, releases))
    for release, meaning in zip(releases, (fact.old_meaning, fact.new_meaning), strict=True):
        yield f"{release:{width}}  {meaning}"
    if len(path(*releases)) > 2:
        yield f"Changed in {', '.join(changed_in(fact.name, *releases))}"


def _where(fact: Fact, shown: Mapping[str, Group] | None) -> Iterator[str]:
    reason = fact.not_observable
    if shown is None:
        if fact.traces:
            yield f"Shown by {', '.join(map(_trace_path, fact.traces))}"
        elif reason:
            yield f"Shown by nothing: {reason}"
        return
    group = shown.get(fact.name)
    if group is None:
        yield f"Shown by none of the traces{f': {reason}' if reason else ''}"
        return
    yield f"Shown by {found_text(group)}:"
    for example in group.examples:
        difference = example.difference
        where = "" if difference.record is None else f" record {difference.record}"
        yield f"  {example.trace}{where} {difference.kind}"


def _trace_path(name: str) -> str:
    return f"{_TRACES}/{name}.necptrace"


def _found(group: Group | None) -> SeenObject:
    if group is None:
        return {"begun": 0, "followed": 0, "traces": 0, "examples": []}
    return {
        "begun": group.begun,
        "followed": group.followed,
        "traces": group.traces,
        "examples": [
            {"path": example.trace, "record": example.difference.record}
            for example in group.examples
        ],
    }
