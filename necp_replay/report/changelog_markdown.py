"""The release notes of behaviour as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from necp_replay.changelog.entries import ChangelogEntry, ChangelogStep
from necp_replay.changelog.fact_example import FactExample
from necp_replay.releases.lineage import LINEAGE
from necp_replay.releases.published import PUBLISHED
from necp_replay.report.by_meaning import by_meaning
from necp_replay.report.fields_text import two_values
from necp_replay.report.style import Style
from necp_replay.report.words import counted

_SHOWN_FIELDS = 3
_SHOWN_VALUE = 200
_SHOWN_RECORDS = 14
"""The most records of an example that are shown. Of a longer example these are the last."""


def changelog_markdown(steps: Sequence[ChangelogStep], traces: str | None = None) -> str:
    """A section for each step. ``traces`` is the folder that links to traces lead to."""
    return "\n\n".join(part for step in steps for part in _step_parts(step, traces)) + "\n"


def release_heading(tag: str) -> str:
    """``xnu-4570.51.1 (macOS 10.13.4, iOS 11.3)``."""
    known = PUBLISHED.get(tag)
    return tag if known is None else f"{tag} (macOS {known.macos}, iOS {known.ios})"


def entry_sentences(step: ChangelogStep, entry: ChangelogEntry) -> tuple[str, str]:
    """What the older and what the newer release does."""
    return (
        f"{step.old}: {entry.fact.old_meaning}",
        f"{step.new}: {entry.fact.new_meaning}",
    )


def example_lines(step: ChangelogStep, example: FactExample) -> Iterator[str]:
    """The records of an example, and what differs in the last one, as plain text."""
    hidden = len(example.titles) - _SHOWN_RECORDS
    if hidden > 0:
        yield f"... {counted(hidden, 'record')} before"
    first = max(0, hidden)
    for number, shown in enumerate(example.titles[first:], first + 1):
        yield f"{number} {shown}"
    labels = (step.old, step.new)
    for field in by_meaning(example.fields)[:_SHOWN_FIELDS]:
        yield from two_values(field, labels, Style(coloured=False), "    ", _SHOWN_VALUE)
    more = len(example.fields) - _SHOWN_FIELDS
    if more > 0:
        yield f"    and {counted(more, 'more field')}"


def _step_parts(step: ChangelogStep, traces: str | None) -> Iterator[str]:
    yield f"## {release_heading(step.new)}"
    seen = sum(entry.is_seen for entry in step.entries)
    unseen = _unseen(step)
    text = f"From {release_heading(step.old)}. {_counted_changes(seen)} that programs can see."
    yield text
    for entry in step.entries:
        yield from _entry_parts(step, entry, traces)
    if unseen:
        lines = ["### Changes that programs cannot see", "", *unseen]
        yield "\n".join(lines)


def _counted_changes(number: int) -> str:
    return f"{number} change" if number == 1 else f"{number or 'No'} changes"


def _entry_parts(step: ChangelogStep, entry: ChangelogEntry, traces: str | None) -> Iterator[str]:
    if not entry.is_seen:
        return
    declared = entry.declaration
    yield f"### {declared.title}"
    older, newer = entry_sentences(step, entry)
    where = f" (`{declared.function}`)" if declared.function else ""
    facts = [f"- {older}", f"- {newer}", f"- Fact: `{entry.fact.name}`{where}"]
    if entry.vulnerability:
        facts.append(f"- Fixes a security fault: `{entry.vulnerability}`")
    if declared.traces:
        facts.append(f"- Shown by {', '.join(_trace_links(entry, traces))}")
    yield "\n".join(facts)
    if entry.example is not None:
        yield "\n".join(["```", *example_lines(step, entry.example), "```"])


def _trace_links(entry: ChangelogEntry, traces: str | None) -> Iterator[str]:
    for name in entry.declaration.traces:
        if traces is None:
            yield f"`{name}`"
        else:
            yield f"[{name}]({PurePosixPath(traces) / f'{name}.necptrace'})"


def _unseen(step: ChangelogStep) -> list[str]:
    lines = [
        f"- {entry.declaration.title} (`{entry.declaration.function}`):"
        f" {entry.declaration.not_observable}"
        for entry in step.entries
        if not entry.is_seen
    ]
    release = LINEAGE[step.new]
    if release.parent == step.old:
        lines += (
            f"- {each.title} (`{each.function}`) {each.newer}. {each.reason}"
            for each in release.unseen
        )
    return lines
