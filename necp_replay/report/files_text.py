"""The text report of two files: each kind of difference once, a table of counts, totals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from necp_replay.outcomes.record_difference import FilePlace, RecordDifference
from necp_replay.outcomes.shell_text import command_line, shown_path
from necp_replay.replay.findings.groups import Group
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.replay.two_files.comparison import FileDiff, KindCounts
from necp_replay.replay.two_files.state_hashes import StatesOfFiles
from necp_replay.report.difference_text import followers_text, place_of
from necp_replay.report.fields_text import field_line, field_lines
from necp_replay.report.groups_text import SHOWN_GROUPS, hidden_groups
from necp_replay.report.known_text import known_parts
from necp_replay.report.next_steps import is_explained
from necp_replay.report.style import Style
from necp_replay.report.table import left, right, table
from necp_replay.report.words import counted

_LABELS: Final = ("A", "B")
_KINDS: Final = 12
"""The most kinds of records in the table, about one screen. One more row counts all others."""


def files_text(diff: FileDiff, run: RunReport, style: Style, *, verbose: bool = False) -> str:
    """The whole report.

    ``verbose`` shows all kinds of difference, and all fields of every example.
    """
    left, right = _LABELS
    head = [
        f"{left} {style.paint(diff.left, 'bold')}: {counted(diff.left_records, 'record')}",
        f"{right} {style.paint(diff.right, 'bold')}: {counted(diff.right_records, 'record')}",
        *(f"  {note}" for note in diff.notes),
        *(f"  {line}" for line in _state_lines(diff.states)),
    ]
    parts = ["\n".join(head)]
    shown = run.groups if verbose else run.groups[:SHOWN_GROUPS]
    for number, group in enumerate(shown, 1):
        if group.examples:
            parts.append("\n".join(_group_lines(number, group, style, verbose=verbose)))
    parts += hidden_groups(run.groups[len(shown) :])
    if diff.differing:
        parts.append(_table(diff))
    parts.append("\n".join(_closing_lines(diff, run, style)))
    return "\n\n".join(parts)


def _state_lines(states: StatesOfFiles | None) -> Iterator[str]:
    """What the hashes of states say."""
    if states is None:
        return
    same = f"the same after record {states.same_until:,}" if states.same_until else ""
    if states.diverged_at is not None:
        line = f"states: {same}{', ' if same else ''}different after record {states.diverged_at:,}"
        yield f"{line}, though no outcome differs up to there" if states.same_outcomes else line
    elif states.compared:
        yield f"states: {same}, the last of {states.compared:,} compared"
    else:
        yield "states: no hash can be compared"
    if states.inputs_differ_at is not None:
        yield f"states: not compared from record {states.inputs_differ_at:,} on: inputs differ"


def _group_lines(number: int, group: Group, style: Style, *, verbose: bool) -> Iterator[str]:
    first, *others = (example.difference for example in group.examples)
    found = counted(group.begun, "record" if first.place else "difference")
    if group.followed:
        verb = "follows" if group.followed == 1 else "follow"
        found += f", {group.followed:,} more {verb}"
    head = style.paint(f"{number}. {first.kind}", "bold")
    yield f"{head}: {found}  {style.paint(f'fingerprint {group.key}', 'dim')}"
    yield from _whole_lines(first, style)
    for difference in others:
        if verbose:
            yield from _whole_lines(difference, style)
        else:
            yield f"   {place_of(difference)}: {_line(difference, style)}"


def _whole_lines(difference: RecordDifference, style: Style) -> Iterator[str]:
    if difference.place is None:
        # The final state has no place, and the heading names it.
        yield from field_lines(difference.fields, _LABELS, style, "   ")
        return
    yield f"   {style.paint(place_of(difference), 'bold')}{_what(difference.place)}"
    if _is_lone(difference):
        yield f"     {_line(difference, style)}"
    else:
        yield f"     > {difference.title}"
        yield from field_lines(difference.fields, _LABELS, style, "       ")
    if difference.chain.followers:
        yield f"       {followers_text(difference.chain.followers)}"


def _is_lone(difference: RecordDifference) -> bool:
    place = difference.place
    return place is not None and (place.left is None or place.right is None)


def _line(difference: RecordDifference, style: Style) -> str:
    """A difference in one line: the record that only one file has, or the first field."""
    if not _is_lone(difference):
        return field_line(difference.fields, style)
    status = difference.fields[0]
    if status.actual is None:
        return f"- {style.paint(f'{difference.title} -> {status.expected}', 'expected')}"
    return f"+ {style.paint(f'{difference.title} -> {status.actual}', 'actual')}"


def _what(place: FilePlace) -> str:
    match place.move:
        case "changed":
            return " differ"
        case "replaced":
            return " have another input"
        case "removed":
            return f" only in {_LABELS[0]}"
        case _:
            return f" only in {_LABELS[1]}"


def _table(diff: FileDiff) -> str:
    kinds = sorted(diff.by_kind.items(), key=lambda item: (-sum(_numbers(item[1])), item[0]))
    rows: list[list[object]] = [[kind, *_numbers(counts)] for kind, counts in kinds[:_KINDS]]
    if len(kinds) > _KINDS:
        others = [_numbers(counts) for _, counts in kinds[_KINDS:]]
        totals = [sum(column) for column in zip(*others, strict=True)]
        rows.append([f"{len(others)} other kinds", *totals])
    only = (f"only in {label}" for label in _LABELS)
    return table([*left("records"), *right("differ", "other input", *only)], rows)


def _numbers(counts: KindCounts) -> tuple[int, int, int, int]:
    return (counts.changed, counts.replaced, counts.removed, counts.added)


def _closing_lines(diff: FileDiff, run: RunReport, style: Style) -> Iterator[str]:
    counts = diff.counts
    left, right = _LABELS
    text = (
        f"{counted(diff.same, 'record')} the same, {counts.changed:,} differ,"
        f" {counts.replaced:,} with another input, {counts.removed:,} only in {left},"
        f" {counts.added:,} only in {right}"
    )
    text += "".join(f", {part}" for part in known_parts(diff.report))
    if diff.final_state is not None:
        text += f", final state {diff.final_state}"
    yield style.paint(text, "red" if diff.is_different else "green")
    if len(run.groups) > 1 and diff.report.examples:
        first = diff.report.examples[0]
        yield f"The first difference is {place_of(first)} {first.kind}, fingerprint {first.group}"
    yield from _explain_lines(diff, run)


def _explain_lines(diff: FileDiff, run: RunReport) -> Iterator[str]:
    """The commands that explain a difference: the first that both files have, else the first."""
    examples = (each.difference for group in run.groups for each in group.examples)
    places = [each.place for each in examples if each.place and is_explained(each)]
    if not places:
        return
    place = next((each for each in places if None not in (each.left, each.right)), places[0])
    paths, records = (diff.left, diff.right), (place.left, place.right)
    for label, path, record, is_trace in zip(_LABELS, paths, records, diff.are_traces, strict=True):
        if is_trace and record is not None:
            words = ("explain", shown_path(path), "--record", str(record))
            yield f"Explain {label}: {command_line('necp-replay', *words)}"
