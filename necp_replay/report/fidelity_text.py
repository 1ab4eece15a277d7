"""Prints docs/fidelity.md from the tables of the engine (`make fidelity`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from necp_replay.kernel.catalog import CATALOG
from necp_replay.kernel.description import AnyDescription, Kind, Support
from necp_replay.kernel.omissions import OMISSIONS
from necp_replay.kernel.quirks import QUIRKS
from necp_replay.releases.lineage import LINEAGE, RELEASES
from necp_replay.releases.profile import DifferingFact, differing_facts
from necp_replay.releases.release import UnseenChange

_OPENING: Final = """\
# How far the engine goes

Printed from the engine's own tables by `make fidelity`; a test fails when this file is stale.
`necp-replay actions NAME` says all about one line of the first table."""

_SUPPORT: Final = """\
## What is modelled

*full*: answers as the real code, as far as it was measured or read. *partial*: what is missing
stands below the tables. *absent*: no modelled release handles it, and the engine refuses it as they
do."""

_DIFFERENCES: Final = """\
## What differs between {older} and {newer}

A difference that can be observed is a fact of the profile, and the traces named show it: the two
releases answer them differently, and so do two that differ in this fact alone. The others say why
nothing can show them."""

_OMISSIONS: Final = """\
## What is not modelled

| left out | instead |
|---|---|"""

_QUIRKS: Final = """\
## Surprises of the real code that are kept

Tests are named below `tests/kernel/`. A fact says that only some releases do it. Many more are
marked `Kernel quirk:` in the code."""


def fidelity_text() -> str:
    """The whole document."""
    sections = [
        _OPENING,
        "Releases: " + ", ".join(f"`{tag}`" for tag in RELEASES) + ".",
        _SUPPORT,
        *_support_tables(),
        *_missing(),
        *_steps(),
        "\n".join([_OMISSIONS, *(f"| {each.what} | {each.instead} |" for each in OMISSIONS)]),
        _QUIRKS,
        *_quirks(),
    ]
    return "\n\n".join(sections) + "\n"


def _support_tables() -> Iterator[str]:
    for kind in Kind:
        lines = [
            f"### {_capitalised(kind.value)}",
            "",
            "| name | number | support | file | upstream |",
            "|---|---|---|---|---|",
            *(_support_row(entry) for entry in CATALOG if entry.kind is kind),
        ]
        yield "\n".join(lines)


def _support_row(entry: AnyDescription) -> str:
    number = "" if entry.number is None else str(entry.number)
    functions = ", ".join(f"`{name}`" for name in entry.function.split(", ") if name)
    file = entry.file.removeprefix("necp_replay/")
    return f"| `{entry.name}` | {number} | {entry.support.value} | `{file}` | {functions} |"


def _missing() -> Iterator[str]:
    lines = [
        f"- `{entry.name}`: {entry.missing}."
        for entry in CATALOG
        if entry.support is Support.PARTIAL
    ]
    yield "### What is missing of what is partial"
    yield "\n".join(lines)


def _steps() -> Iterator[str]:
    """What each release changed from its parent: facts, then what nothing can show."""
    for tag, release in LINEAGE.items():
        if release.parent is None:
            continue
        yield _DIFFERENCES.format(older=release.parent, newer=tag)
        changed = differing_facts(RELEASES[release.parent], release.profile)
        for number, fact in enumerate(changed, start=1):
            yield _changed_fact(number, fact)
        for number, change in enumerate(release.unseen, start=len(changed) + 1):
            yield _unseen_change(number, change)


def _changed_fact(number: int, changed: DifferingFact) -> str:
    fact = changed.fact
    traces = ", ".join(f"`traces/differences/{name}.necptrace`" for name in fact.traces)
    return "\n".join(
        [
            *_change_lines(
                number, fact.title, fact.function, (changed.old_meaning, changed.new_meaning)
            ),
            f"- Fact: `{fact.name}`",
            f"- Shown by: {traces}" if traces else f"- Not observable: {fact.not_observable}",
        ]
    )


def _unseen_change(number: int, change: UnseenChange) -> str:
    lines = _change_lines(number, change.title, change.function, (change.older, change.newer))
    return "\n".join([*lines, f"- Not observable: {change.reason}"])


def _change_lines(
    number: int, title: str, function: str, meanings: tuple[str, str]
) -> Iterator[str]:
    functions = ", ".join(f"`{name}`" for name in function.split(", "))
    older, newer = meanings
    yield f"### {number}. {title}"
    yield ""
    yield f"- Where: {functions}"
    yield f"- Older: {older}"
    yield f"- Newer: {newer}"


def _quirks() -> Iterator[str]:
    for theme, quirks in QUIRKS.items():
        lines = [f"### {theme}", "", "| what | where | fact | test |", "|---|---|---|---|"]
        for quirk in quirks:
            fact = f"`{quirk.fact}`" if quirk.fact else ""
            lines.append(f"| {quirk.sentence} | `{quirk.function}` | {fact} | `{quirk.test}` |")
        yield "\n".join(lines)


def _capitalised(text: str) -> str:
    return text[0].upper() + text[1:]


if __name__ == "__main__":
    print(fidelity_text(), end="")
