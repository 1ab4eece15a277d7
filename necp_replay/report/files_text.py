"""What differs between two files, for people."""

from __future__ import annotations

from collections.abc import Iterator

from tabulate import tabulate

from necp_replay.align.wave import Move
from necp_replay.diff.file_diff import FileDiff, FileDifference, KindCounts
from necp_replay.report.fields_text import field_lines
from necp_replay.report.style import Style
from necp_replay.report.words import counted

_LEFT, _RIGHT = "A", "B"
_KINDS = 12
"""Kinds of records that the table lists; the last row counts all others."""


def files_text(diff: FileDiff, style: Style) -> str:
    """Both files, each place that differs, a table by kind of record, and the totals."""
    head = [
        f"{_LEFT} {style.paint(diff.left, 'bold')}: {counted(diff.left_records, 'record')}",
        f"{_RIGHT} {style.paint(diff.right, 'bold')}: {counted(diff.right_records, 'record')}",
        *(f"  {note}" for note in diff.notes),
    ]
    parts = ["\n".join(head)]
    parts += ["\n".join(_place_lines(place, style)) for place in diff.shown]
    told = sum(place.count for place in diff.shown if place.left or place.right)
    if told < diff.differing:
        more = f"and {diff.differing - told:,} more that differ; --limit shows more of them"
        parts.append(style.paint(more, "dim"))
    if diff.differing:
        parts.append(_table(diff))
    parts.append(_summary(diff, style))
    return "\n\n".join(parts)


def _place_lines(place: FileDifference, style: Style) -> Iterator[str]:
    if place.left is None and place.right is None:
        yield style.paint(f"{place.titles[0]} differs", "bold")
        yield from field_lines(place.differences, (_LEFT, _RIGHT), style)
        return
    yield style.paint(f"{_where(place)} {_what(place)}", "bold")
    for title in place.titles:
        match place.move:
            case Move.REMOVE:
                yield f"  - {style.paint(title, 'red')}"
            case Move.ADD:
                yield f"  + {style.paint(title, 'green')}"
            case _:
                yield f"  {title}"
    if place.count > len(place.titles):
        yield f"    and {place.count - len(place.titles):,} more"
    yield from field_lines(place.differences, (_LEFT, _RIGHT), style)


def _where(place: FileDifference) -> str:
    sides = [
        f"{label} {number}" if place.count == 1 else f"{label} {number}-{number + place.count - 1}"
        for label, number in ((_LEFT, place.left), (_RIGHT, place.right))
        if number is not None
    ]
    return ", ".join(sides)


def _what(place: FileDifference) -> str:
    match place.move:
        case Move.CHANGE:
            return "differ"
        case Move.REPLACE:
            return "have another input"
        case Move.REMOVE:
            return f"only in {_LEFT}"
        case _:
            return f"only in {_RIGHT}"


def _table(diff: FileDiff) -> str:
    kinds = sorted(diff.by_kind.items(), key=lambda item: (-sum(_numbers(item[1])), item[0]))
    rows: list[list[str]] = [
        [kind, *(f"{number:,}" for number in _numbers(counts))] for kind, counts in kinds[:_KINDS]
    ]
    if len(kinds) > _KINDS:
        others = [_numbers(counts) for _, counts in kinds[_KINDS:]]
        totals = [sum(column) for column in zip(*others, strict=True)]
        rows.append([f"{len(others)} other kinds", *(f"{number:,}" for number in totals)])
    headers = ["records", "differ", "other input", f"only in {_LEFT}", f"only in {_RIGHT}"]
    aligned = ("left", "right", "right", "right", "right")
    return tabulate(rows, headers=headers, disable_numparse=True, colalign=aligned)


def _numbers(counts: KindCounts) -> tuple[int, int, int, int]:
    return (counts.changed, counts.replaced, counts.removed, counts.added)


def _summary(diff: FileDiff, style: Style) -> str:
    counts = diff.counts
    text = (
        f"{counted(diff.same, 'record')} the same, {counts.changed:,} differ,"
        f" {counts.replaced:,} with another input, {counts.removed:,} only in {_LEFT},"
        f" {counts.added:,} only in {_RIGHT}"
    )
    if diff.final_state is not None:
        text += f", final state {diff.final_state}"
    return style.paint(text, "red" if diff.is_different else "green")
