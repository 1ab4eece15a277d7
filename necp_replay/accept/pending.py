"""The changes that the goldens of a trace need, each of which can be accepted or rejected.

A change is about one record or the final state. The new golden has the new text of accepted changes
and the old text of everything else. If several releases need the same change, it is one change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Final, TypeAlias

from necp_replay.accept.merged import Choice, merged
from necp_replay.dataclass import dataclass
from necp_replay.golden.compare import compare_documents
from necp_replay.golden.document import GoldenDocument
from necp_replay.golden.packed import PackedGolden
from necp_replay.golden.stanza import BodyText, Stanza
from necp_replay.golden.store import GoldenStore
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import FINAL_TITLE, RecordDifference, Truth
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.collector import DifferenceCollector
from necp_replay.replay.progress import OnRecords
from necp_replay.rules.book import RuleBook
from necp_replay.trace.find import FoundTrace

NEW_GOLDEN: Final = "new golden"


@dataclass(slots=True, eq=False)
class PendingChange:
    """One change: of a record's outcome, of the final state, or of a golden that does not exist
    yet.

    ``before`` and ``after`` are the lines of the golden; ``before`` is empty for a new record,
    ``after`` for one that is gone. ``releases`` are those whose golden needs the change.
    """

    trace: FoundTrace
    difference: RecordDifference
    before: tuple[str, ...]
    after: tuple[str, ...]
    releases: list[str] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the difference."""
        return self.difference.fingerprint


Decide: TypeAlias = Callable[[PendingChange], bool]
"""Returns whether a change is accepted. It must return the same every time."""


@dataclass(slots=True)
class _Piece:
    """One record in the golden and in what the engine does; without both it is the final state.

    Without ``change`` there is nothing to decide: both are equal, or (``kept``) a rule expects the
    difference, so that the old text stays.
    """

    old: Stanza | None = None
    new: Stanza | None = None
    change: PendingChange | None = None
    kept: bool = False

    def takes_new(self, decide: Decide) -> bool:
        return not self.kept if self.change is None else decide(self.change)

    def choice(self, decide: Decide) -> Choice:
        """Which of both the merged golden has."""
        return Choice(self.old, self.new, self.takes_new(decide))


@dataclass(slots=True)
class _ReleaseGolden:
    """The golden of one release, and what the engine does on it."""

    trace: FoundTrace
    release: str
    old: GoldenDocument | None
    now: PackedGolden
    new: GoldenDocument
    pieces: list[_Piece] = field(default_factory=list)
    final: _Piece = field(default_factory=_Piece)

    def merged(self, decide: Decide) -> PackedGolden | None:
        """The golden with the accepted changes, None for no golden."""
        takes_new_final = self.final.takes_new(decide)
        if self.old is None:
            return self.now if takes_new_final else None
        choices = [piece.choice(decide) for piece in self.pieces]
        if takes_new_final and all(choice.takes_new for choice in choices):
            return self.now
        final = self.new.final if takes_new_final else self.old.final
        version = self.old.version
        return PackedGolden.of(
            merged(choices, final, takes_new_final=takes_new_final, version=version)
        )


@dataclass(slots=True)
class PendingChanges:
    """All changes of one trace, on all releases that were asked for."""

    trace: FoundTrace
    changes: list[PendingChange] = field(default_factory=list)
    _goldens: list[_ReleaseGolden] = field(default_factory=list)

    def goldens(self, decide: Decide) -> dict[str, PackedGolden | None]:
        """The golden of each release with the accepted changes, None for no golden."""
        return {golden.release: golden.merged(decide) for golden in self._goldens}


def find_pending(
    trace: FoundTrace,
    goldens: GoldenStore,
    now: Mapping[str, PackedGolden],
    rules: RuleBook,
    on_records: OnRecords | None = None,
) -> PendingChanges:
    """Compare the present goldens with what the engine does, by release. Raises GoldenError."""
    pending = PendingChanges(trace)
    changes: dict[tuple[object, ...], PendingChange] = {}
    for release, packed in now.items():
        path = goldens.find(trace.name, release)
        old = None if path is None else goldens.read(path)
        new = packed.document()
        if old is not None:
            new = new.in_version(old.version)
        golden = _ReleaseGolden(trace, release, old, packed, new)
        pending._goldens.append(golden)
        report = TraceReport(str(trace.path), release)
        collector = DifferenceCollector(report, 0, rules.for_replay(trace.name, release))
        for piece, found in _differing_pieces(golden, on_records):
            # Rules expect differences from a golden. They do not apply if there is no golden.
            if old is not None and not collector.add(found.difference):
                piece.kept = True
                continue
            # A trace without goldens needs one decision, even if its releases differ.
            where = () if old is None else (found.difference.record, found.before, found.after)
            change = changes.setdefault((old is None, found.difference.title, *where), found)
            if change is found:
                pending.changes.append(change)
            change.releases.append(release)
            piece.change = change
    return pending


def _differing_pieces(
    golden: _ReleaseGolden, on_records: OnRecords | None
) -> Iterator[tuple[_Piece, PendingChange]]:
    """The pieces of a release that differ, with their changes. Fills in all pieces."""
    trace = golden.trace
    if golden.old is None:
        yield golden.final, _whole_golden(trace, golden.new)
        return
    compared, final = compare_documents(golden.old, golden.new, on_records)
    for old, new, difference in compared:
        piece = _Piece(old, new)
        golden.pieces.append(piece)
        if difference is not None:
            yield piece, PendingChange(trace, difference, _stanza_lines(old), _stanza_lines(new))
    before, after = golden.old.final, golden.new.final
    if final is not None:
        yield golden.final, PendingChange(trace, final, _final_lines(before), _final_lines(after))


def _whole_golden(trace: FoundTrace, new: GoldenDocument) -> PendingChange:
    shown = f"{len(new.stanzas)} records"
    fields = [FieldDifference(Layer.RETURN, "golden", None, shown)]
    difference = RecordDifference(None, NEW_GOLDEN, NEW_GOLDEN, Truth.GOLDEN, fields)
    return PendingChange(trace, difference, (), tuple(new.text().splitlines()))


def _stanza_lines(stanza: Stanza | None) -> tuple[str, ...]:
    return () if stanza is None else tuple(stanza.lines())


def _final_lines(final: BodyText) -> tuple[str, ...]:
    return (FINAL_TITLE, *(final.text.split("\n") if final.text else ()))
