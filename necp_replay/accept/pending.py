"""What a trace's goldens would have to change to say what the engine does now, piece by piece.

Each piece can be accepted or left as it is; a golden then holds the new text of what was accepted
and the old text of everything else. Where two releases need the same change, it is one piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from necp_replay.golden.compare import compare_documents
from necp_replay.golden.document import ARROW, GoldenDocument, Stanza
from necp_replay.golden.store import GoldenStore, parse
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.node import Node, lines_of
from necp_replay.outcomes.record_difference import FINAL_TITLE, RecordDifference, Truth
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.collector import DifferenceCollector
from necp_replay.rules.book import RuleBook
from necp_replay.trace.find import FoundTrace

NEW_GOLDEN: Final = "new golden"


@dataclass(slots=True, eq=False)
class PendingChange:
    """One piece: a record's outcome, the final state, or all of a golden that is not there yet.

    ``before`` and ``after`` are its lines; ``before`` is empty for what is new, ``after`` for what
    is gone. ``releases`` are those whose golden needs it.
    """

    trace: FoundTrace
    difference: RecordDifference
    before: tuple[str, ...]
    after: tuple[str, ...]
    releases: list[str] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """The same for every change of the same kind, in any trace."""
        return self.difference.fingerprint


Decide: TypeAlias = Callable[[PendingChange], bool]
"""Says of a change whether it is accepted; the same whenever it is asked."""


@dataclass(slots=True)
class _Piece:
    """A record, or with neither side the final state, as the golden has it and as it is now.

    With no ``change`` there is nothing to decide: both say the same, or (``kept``) a rule expects
    the difference, and the old text stays.
    """

    old: Stanza | None = None
    new: Stanza | None = None
    change: PendingChange | None = None
    kept: bool = False

    def takes_new(self, decide: Decide) -> bool:
        return not self.kept if self.change is None else decide(self.change)

    def stanza(self, decide: Decide) -> Stanza | None:
        """What the merged golden says of the record."""
        return self.new if self.takes_new(decide) else self.old


@dataclass(slots=True)
class _ReleaseGolden:
    """The golden that holds for one release, and what the engine does there."""

    trace: FoundTrace
    release: str
    old: GoldenDocument | None
    new: GoldenDocument
    pieces: list[_Piece] = field(default_factory=list)
    final: _Piece = field(default_factory=_Piece)

    def merged(self, decide: Decide) -> str | None:
        """The text with all that is accepted; None where there is none."""
        if self.old is None:
            return self.new.text() if self.final.takes_new(decide) else None
        merged = GoldenDocument()
        merged.final = self.new.final if self.final.takes_new(decide) else self.old.final
        for stanza in filter(None, (piece.stanza(decide) for piece in self.pieces)):
            number = len(merged.stanzas) + 1
            merged.stanzas.append(Stanza(number, stanza.title, stanza.status, stanza.nodes))
        return merged.text()


@dataclass(slots=True)
class PendingChanges:
    """All changes of one trace, on every release that was asked for."""

    trace: FoundTrace
    changes: list[PendingChange] = field(default_factory=list)
    _goldens: list[_ReleaseGolden] = field(default_factory=list)

    def texts(self, decide: Decide) -> dict[str, str | None]:
        """The golden of each release with what is accepted; None where it would have none."""
        return {golden.release: golden.merged(decide) for golden in self._goldens}


def find_pending(
    trace: FoundTrace,
    goldens: GoldenStore,
    documents: Mapping[str, GoldenDocument],
    rules: RuleBook,
) -> PendingChanges:
    """Compare what the engine does, by release, with the goldens that hold. Raises GoldenError."""
    pending = PendingChanges(trace)
    changes: dict[tuple[object, ...], PendingChange] = {}
    for release, new in documents.items():
        path = goldens.find(trace.name, release)
        old = None if path is None else parse(goldens.read(path), path)
        golden = _ReleaseGolden(trace, release, old, new)
        pending._goldens.append(golden)
        report = TraceReport(str(trace.path), release)
        collector = DifferenceCollector(report, 0, rules.for_replay(trace.name, release))
        for piece, found in _differing_pieces(golden):
            # A golden that is not there is no difference that a rule could expect.
            if old is not None and not collector.add(found.difference):
                piece.kept = True
                continue
            # One decision for a trace without any golden, whatever its releases do.
            where = () if old is None else (found.difference.record, found.before, found.after)
            change = changes.setdefault((old is None, found.difference.title, *where), found)
            if change is found:
                pending.changes.append(change)
            change.releases.append(release)
            piece.change = change
    return pending


def _differing_pieces(golden: _ReleaseGolden) -> Iterator[tuple[_Piece, PendingChange]]:
    """Every piece of a release that differs, with the change it would be; fills in all pieces."""
    trace = golden.trace
    if golden.old is None:
        yield golden.final, _whole_golden(trace, golden.new)
        return
    compared, final = compare_documents(golden.old, golden.new)
    for old, new, difference in compared:
        piece = _Piece(old, new)
        golden.pieces.append(piece)
        if difference is not None:
            yield piece, PendingChange(trace, difference, _stanza_lines(old), _stanza_lines(new))
    before, after = golden.old.final, golden.new.final
    if final is not None:
        yield golden.final, PendingChange(trace, final, _node_lines(before), _node_lines(after))


def _whole_golden(trace: FoundTrace, new: GoldenDocument) -> PendingChange:
    shown = f"{len(new.stanzas)} records"
    fields = [FieldDifference(Layer.RETURN, "golden", None, shown)]
    difference = RecordDifference(None, NEW_GOLDEN, NEW_GOLDEN, Truth.GOLDEN, fields)
    return PendingChange(trace, difference, (), tuple(new.text().splitlines()))


def _stanza_lines(stanza: Stanza | None) -> tuple[str, ...]:
    if stanza is None:
        return ()
    return (f"{stanza.title}{ARROW}{stanza.status}", *lines_of(stanza.nodes, 1))


def _node_lines(nodes: list[Node]) -> tuple[str, ...]:
    return (FINAL_TITLE, *lines_of(nodes, 1))
