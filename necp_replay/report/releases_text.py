"""The modelled releases, and the facts in which two differ, beside the traces that show each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tabulate import tabulate

from necp_replay.releases.chain import RELEASES
from necp_replay.releases.differences import DIFFERENCES, NEWER, OLDER
from necp_replay.releases.facts import DifferingFact
from necp_replay.releases.systems import SYSTEMS
from necp_replay.replay.findings.groups import Group
from necp_replay.report.groups_text import found_text
from necp_replay.report.style import Style

_TRACES = "traces/differences"
"""Where the traces are that the table of differences names."""


def releases_text() -> str:
    """A table of the modelled releases, oldest first."""
    rows = [[tag, *_systems(tag)] for tag in RELEASES]
    return tabulate(rows, headers=["release", "Darwin", "macOS", "iOS"], disable_numparse=True)


def releases_json() -> str:
    """The same for machines."""
    rows = [
        dict(zip(("release", "darwin", "macos", "ios"), (tag, *_systems(tag)), strict=True))
        for tag in RELEASES
    ]
    return json.dumps({"releases": rows}, indent=2)


def facts_text(
    facts: Sequence[DifferingFact],
    releases: tuple[str, str],
    shown: Mapping[str, Group] | None,
    style: Style,
) -> str:
    """Each fact with both values, its documentation, and where it shows.

    ``shown`` are the groups of differences found in traces, by fact; None says that none were
    replayed, so that what is known of the repository's own traces is told.
    """
    parts = []
    for fact in facts:
        head = style.paint(fact.name, "bold")
        lines = [f"{head}: {fact.old} -> {fact.new}"]
        lines += (f"    {line}" for line in fact.documentation.splitlines())
        lines += (f"    {line}" for line in _where(fact.name, releases, shown))
        parts.append("\n".join(lines))
    noun = "fact differs" if len(facts) == 1 else "facts differ"
    parts.append(f"{len(facts)} {noun}")
    return "\n".join(parts)


def facts_json(
    facts: Sequence[DifferingFact],
    releases: tuple[str, str],
    shown: Mapping[str, Group] | None,
) -> str:
    """The same for machines. ``found`` is null where no traces were replayed."""
    document = {
        "from": releases[0],
        "to": releases[1],
        "facts": [
            {
                "fact": fact.name,
                "old": fact.old,
                "new": fact.new,
                "documentation": fact.documentation,
                "traces": _named_traces(fact.name, releases),
                "not_observable": _not_observable(fact.name, releases),
                "found": None if shown is None else _found(shown.get(fact.name)),
            }
            for fact in facts
        ],
    }
    return json.dumps(document, indent=2)


def _systems(tag: str) -> tuple[str, str, str]:
    known = SYSTEMS[tag]
    return known.darwin, known.macos, known.ios


def _where(
    fact: str, releases: tuple[str, str], shown: Mapping[str, Group] | None
) -> Iterator[str]:
    reason = _not_observable(fact, releases)
    if shown is None:
        traces = _named_traces(fact, releases)
        if traces:
            yield f"Shown by {', '.join(traces)}"
        elif reason:
            yield f"Shown by nothing: {reason}"
        return
    group = shown.get(fact)
    if group is None:
        yield f"Shown by none of the traces{f': {reason}' if reason else ''}"
        return
    yield f"Shown by {found_text(group)}:"
    for example in group.examples:
        difference = example.difference
        where = "" if difference.record is None else f" record {difference.record}"
        yield f"  {example.trace}{where} {difference.kind}"


def _named_traces(fact: str, releases: tuple[str, str]) -> list[str]:
    """The traces of this repository that a test holds to show the difference."""
    if set(releases) != {OLDER, NEWER}:
        return []
    return [
        f"{_TRACES}/{name}.necptrace"
        for difference in DIFFERENCES
        if difference.fact == fact
        for name in difference.traces
    ]


def _not_observable(fact: str, releases: tuple[str, str]) -> str | None:
    if set(releases) != {OLDER, NEWER}:
        return None
    reasons = [each.not_observable for each in DIFFERENCES if each.fact == fact]
    return reasons[0] or None if reasons else None


def _found(group: Group | None) -> dict[str, Any]:
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
