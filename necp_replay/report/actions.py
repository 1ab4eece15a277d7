"""The actions, system calls and notifications that the engine models, as text and JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, TypedDict

from necp_replay.kernel.description import AnyDescription, Kind, Support
from necp_replay.kernel.missing_inputs import has_entry
from necp_replay.releases.fact import shown_value
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import Profile, facts
from necp_replay.report.json_schema import Count
from necp_replay.report.json_text import json_text
from necp_replay.report.style import Style
from necp_replay.report.table import left, right, table
from necp_replay.report.terminal import text_width

_COLUMNS = 96
"""The width of a description, so that it fits on most terminals and in the documentation."""


class CheckObject(TypedDict):
    """A check, in the order in which the kernel makes them. ``fact`` is what it depends on."""

    errno: str
    when: str
    logged: bool
    fact: str | None


class ActionObject(TypedDict):
    """One action, system call or notification. ``missing`` is what is not modelled of it.

    ``confusion`` is what an fd of the other kind would lose. ``facts`` are those that it depends
    on, with their values in each release.
    """

    kind: Annotated[str, Kind]
    name: str
    number: Count | None
    support: Annotated[str, Support]
    missing: str | None
    releases: list[str]
    file: str
    function: str | None
    summary: str
    checks: list[CheckObject]
    answer: str
    effects: str
    confusion: str | None
    facts: dict[str, dict[str, str]]


class ActionsDocument(TypedDict):
    """What the engine models."""

    schema_version: Literal[1]
    actions: list[ActionObject]


def actions_table(entries: Sequence[AnyDescription]) -> str:
    """A table with one row for each entry."""
    rows = [
        [
            entry.kind.value,
            entry.name,
            "" if entry.number is None else str(entry.number),
            entry.support.value,
            releases_with(entry),
            entry.file,
            entry.function or "-",
        ]
        for entry in entries
    ]
    columns = [
        *left("kind", turn=4),
        *left("name"),
        *right("number", turn=3),
        *left("support"),
        *left("releases", turn=2),
        *left("file", turn=1),
        *left("upstream function"),
    ]
    return table(columns, rows)


def releases_with(entry: AnyDescription) -> str:
    """Which modelled releases have it: all, none, or the first and the last that do."""
    tags = list(RELEASES)
    having = _having(entry)
    if having in (tags, []):
        return "all" if having else "none"
    if having[-1] == tags[-1]:
        return f"from {having[0]}"
    return f"to {having[-1]}" if having[0] == tags[0] else f"{having[0]} to {having[-1]}"


def entry_text(entry: AnyDescription, style: Style, profiles: Sequence[Profile]) -> str:
    """The full description of one entry, with what depends on the release as it is in these."""
    number = "" if entry.number is None else f" {entry.number}"
    title = style.paint(entry.name, "bold")
    return "\n".join(
        [
            f"{title}  {entry.kind.value}{number}, {entry.support.value}",
            *_labelled("", entry.summary),
            *_labelled("missing", entry.missing),
            *_labelled("file", entry.file),
            *_labelled("releases", releases_with(entry)),
            *_labelled("upstream", entry.function or "none: a change around the subsystem"),
            *_check_lines(entry),
            *_labelled("answer", entry.answer),
            *_labelled("effects", entry.effects),
            *_labelled("confusion", entry.confusion),
            *_fact_lines(entry, profiles),
        ]
    )


def actions_json(entries: Sequence[AnyDescription], profiles: Sequence[Profile]) -> str:
    """The entries as JSON, with the values of facts in these releases."""
    document: ActionsDocument = {
        "schema_version": 1,
        "actions": [_object(entry, profiles) for entry in entries],
    }
    return json_text(document)


def _having(entry: AnyDescription) -> list[str]:
    if entry.support is Support.ABSENT:
        return []
    return [tag for tag, profile in RELEASES.items() if has_entry(profile, entry)]


def _labelled(label: str, text: str) -> Iterator[str]:
    if not text:
        return
    lines = textwrap.wrap(
        text, text_width(_COLUMNS) - 12, break_on_hyphens=False, break_long_words=False
    )
    for line in lines:
        yield f"  {label:<10}{line}".rstrip()
        label = ""


def _check_lines(entry: AnyDescription) -> Iterator[str]:
    label = "checks"
    for number, check in enumerate(entry.checks, start=1):
        yield from _labelled(label, f"{number}. {check.text}")
        label = ""
    if not entry.checks:
        yield from _labelled(label, "none")


def _fact_lines(entry: AnyDescription, profiles: Sequence[Profile]) -> Iterator[str]:
    for name in entry.facts:
        fact = facts()[name]
        yield f"  by release: {name}"
        yield from _labelled("", fact.title)
        before = None
        for profile in profiles:
            value = getattr(profile, name)
            if value != before:
                yield from _labelled("", f"{profile.release}: {fact.meaning(value)}")
            before = value


def _object(entry: AnyDescription, profiles: Sequence[Profile]) -> ActionObject:
    return {
        "kind": entry.kind.value,
        "name": entry.name,
        "number": entry.number,
        "support": entry.support.value,
        "missing": entry.missing or None,
        "releases": _having(entry),
        "file": entry.file,
        "function": entry.function or None,
        "summary": entry.summary,
        "checks": [
            {
                "errno": check.errno.name,
                "when": check.when,
                "logged": check.is_logged,
                "fact": check.fact or None,
            }
            for check in entry.checks
        ],
        "answer": entry.answer,
        "effects": entry.effects,
        "confusion": entry.confusion or None,
        "facts": {
            fact: {each.release: shown_value(getattr(each, fact)) for each in profiles}
            for fact in entry.facts
        },
    }
