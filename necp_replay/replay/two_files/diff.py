"""Compares two files: traces, goldens, or a golden with a trace. This is what ``diff A B`` does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from necp_replay.align.sequences import align
from necp_replay.errors import UsageError
from necp_replay.golden.compare import final_difference, sides_of_stanzas, stanza_differences
from necp_replay.golden.document import stanza_in
from necp_replay.golden.reader import GoldenReader
from necp_replay.golden.stanza_entries import (
    StanzaComparator,
    StanzaEntry,
    StanzaSide,
    stanza_entries,
    with_ids,
    without_passed,
)
from necp_replay.golden.versions import FIRST_LINES, VERSIONS
from necp_replay.outcomes.record_difference import Truth
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.sides import Sides
from necp_replay.replay.stanza_renderer import StanzaRenderer
from necp_replay.replay.two_files.comparison import (
    Describer,
    FileComparison,
    FileDiff,
    FileOptions,
    LoneRecord,
)
from necp_replay.replay.two_files.traces import diff_traces
from necp_replay.trace.knowledge import is_full
from necp_replay.trace.reader import TraceReader

_FIRST_LINES: Final = frozenset(line.encode() for line in FIRST_LINES.values())
_BEGINNING_BYTES: Final = 64


def diff_files(left: Path, right: Path, options: FileOptions | None = None) -> FileDiff:
    """Compare two traces, two goldens, or a golden with the outcomes of a trace.

    Raises TraceError or GoldenError for a file that is damaged, or that is neither.
    """
    started = time.perf_counter()
    are_goldens = (_is_golden(left), _is_golden(right))
    if any(are_goldens):
        diff = _diff_texts(left, right, are_goldens, options or FileOptions())
    else:
        diff = diff_traces(left, right, options)
    diff.report.seconds = time.perf_counter() - started
    return diff


def _diff_texts(
    left: Path, right: Path, are_goldens: tuple[bool, bool], options: FileOptions
) -> FileDiff:
    """Compare a golden with a golden or a trace, as text."""
    names = (escape(str(left)), escape(str(right)))
    comparison = FileComparison(*names, options)
    comparison.diff.are_traces = (not are_goldens[0], not are_goldens[1])
    comparator = StanzaComparator()
    with (
        _open(left, is_golden=are_goldens[0]) as old,
        _open(right, is_golden=are_goldens[1]) as new,
    ):
        goldens = [each for each in (old, new) if isinstance(each, GoldenReader)]
        # What the older one does not show is not compared.
        version = min(each.version for each in goldens)
        edits = align(_entries(old, version), _entries(new, version), comparator)
        comparison.take(edits, _describer(comparator))
        if isinstance(old, GoldenReader) and isinstance(new, GoldenReader):
            with_sides = comparison.with_sides
            comparison.take_final_state(
                final_difference(
                    old.final, new.final, comparator, Truth.FILE, with_sides=with_sides
                )
            )
        else:
            comparison.diff.notes.append(
                "a trace does not hold the final state, so only records are compared"
            )
    return comparison.diff


def _is_golden(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.readline(_BEGINNING_BYTES).rstrip(b"\r\n") in _FIRST_LINES
    except OSError:
        # Opening it as a trace raises an error that says what is wrong.
        return False


def _open(path: Path, *, is_golden: bool) -> GoldenReader | TraceReader:
    if is_golden:
        return GoldenReader(path)
    reader = TraceReader(path)
    if is_full(reader.header) and not reader.read_index().partial:
        return reader
    reader.close()
    raise UsageError(
        "the outcomes in this trace are not complete, so it cannot be compared with a golden",
        file=str(path),
        hint="Replay it against its golden with `necp-replay replay TRACE --golden DIR`.",
    )


def _entries(source: GoldenReader | TraceReader, version: int) -> Iterator[StanzaEntry]:
    """The records of a file as a golden of this version, which is not newer, has them."""
    if isinstance(source, GoldenReader):
        stanzas = (stanza_in(each, source.version, version) for each in source)
        with_passed = VERSIONS[version].shows_passed
        yield from stanza_entries(stanzas if with_passed else map(without_passed, stanzas))
        return
    renderer = StanzaRenderer(version=version)
    side = StanzaSide()
    for number, step, outcome in source.records(shared=True):
        yield StanzaEntry(renderer.stanza(number, step, outcome), side)


def _describer(comparator: StanzaComparator) -> Describer[StanzaEntry]:
    def shown(entry: StanzaEntry, *, is_left: bool) -> StanzaEntry:
        return entry if is_left else comparator.in_left_ids(entry)

    def lone(entry: StanzaEntry, is_left: bool) -> LoneRecord:
        stanza = shown(entry, is_left=is_left).stanza
        ids = " ".join(entry.new_ids)
        if not is_left:
            ids = with_ids(ids, comparator.renaming.replacements)
        return LoneRecord(stanza.title, stanza.kind, stanza.status, ids)

    def sides(left: StanzaEntry | None, right: StanzaEntry | None) -> Sides:
        return sides_of_stanzas(
            None if left is None else left.stanza,
            None if right is None else shown(right, is_left=False).stanza,
        )

    return Describer(
        number=lambda entry: entry.stanza.number,
        title=lambda entry: entry.stanza.title,
        kind=lambda entry: entry.stanza.kind,
        fields=lambda left, right: stanza_differences(left, right, comparator),
        lone=lone,
        sides=sides,
    )
