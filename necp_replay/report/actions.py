"""The actions, system calls and notifications that the engine models, as text and JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from necp_replay.kernel.description import AnyDescription
from necp_replay.releases.fact import shown_value
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import facts
from necp_replay.report.json_text import json_text
from necp_replay.report.style import Style
from necp_replay.report.table import left, right, table

_COLUMNS = 96
"""The width of a description, so that it fits on most terminals and in the documentation."""


def actions_table(entries: Sequence[AnyDescription]) -> str:
    """A table with one row for each entry."""
    rows = [
        [
            entry.kind.value,
            entry.name,
            "" if entry.number is None else str(entry.number),
            entry.support.value,
            entry.file,
            entry.function or "-",
        ]
        for entry in entries
    ]
    columns = [
        *left("kind", "name"),
        *right("number"),
        *left("support", "file", "upstream function"),
    ]
    return table(columns, rows)


def entry_text(entry: AnyDescription, style: Style) -> str:
    """The full description of one entry."""
    number = "" if entry.number is None else f" {entry.number}"
    title = style.paint(entry.name, "bold")
    return "\n".join(
        [
            f"{title}  {entry.kind.value}{number}, {entry.support.value}",
            *_labelled("", entry.summary),
            *_labelled("missing", entry.missing),
            *_labelled("file", entry.file),
            *_labelled("upstream", entry.function or "none: a change around the subsystem"),
            *_check_lines(entry),
            *_labelled("answer", entry.answer),
            *_labelled("effects", entry.effects),
            *_labelled("confusion", entry.confusion),
            *_fact_lines(entry),
        ]
    )


def actions_json(entries: Sequence[AnyDescription]) -> str:
    """The entries as JSON."""
    return json_text({"actions": [_object(entry) for entry in entries]})


def _labelled(label: str, text: str) -> Iterator[str]:
    if not text:
        return
    lines = textwrap.wrap(text, _COLUMNS - 12, break_on_hyphens=False, break_long_words=False)
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


def _fact_lines(entry: AnyDescription) -> Iterator[str]:
    for name in entry.facts:
        fact = facts()[name]
        yield f"  by release: {name}"
        yield from _labelled("", fact.title)
        before = None
        for tag, profile in RELEASES.items():
            value = getattr(profile, name)
            if value != before:
                yield from _labelled("", f"{tag}: {fact.meaning(value)}")
            before = value


def _object(entry: AnyDescription) -> dict[str, Any]:
    return {
        "kind": entry.kind.value,
        "name": entry.name,
        "number": entry.number,
        "support": entry.support.value,
        "missing": entry.missing or None,
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
            fact: {tag: shown_value(getattr(profile, fact)) for tag, profile in RELEASES.items()}
            for fact in entry.facts
        },
    }
