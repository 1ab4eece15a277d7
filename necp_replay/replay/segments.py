"""One long trace in several processes, from checkpoint to checkpoint.

Theory of operation. A *segment* is the records from one checkpoint to the next. Its replay begins
in the state of the first, and has to end in the state of the second. The first segment begins in a
state that is known: that of a new system, or one up to which the records were replayed before. So
if all segments end as they should, each began in the right state, and the outcomes are those of a
replay in sequence, whoever made the checkpoints: those of an older engine, or those beside a trace
that anybody may have written, are guesses that are proved here.

Only records with nothing to report are decided in this way. The first segment in which a record
differs, is not modelled or not determined, or which does not end as it should, ends what is proved.
A replay in sequence goes on from the state in which this segment began.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from itertools import pairwise
from pathlib import Path
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.engines.limited import limited
from necp_replay.errors import NecpReplayError
from necp_replay.events.equality import Likeness, compare_for
from necp_replay.events.outcome import Absent, NotDetermined
from necp_replay.events.state_hash import hash_of
from necp_replay.history.checkpoint_file import Checkpoint
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release
from necp_replay.replay.progress import OnRecords
from necp_replay.trace.knowledge import compares_beyond_vectors, is_full
from necp_replay.trace.reader import TraceReader

_CLAIM_LIMIT_S: Final = 10.0
"""How much processor time a record may take after a claimed state, which may be one that the engine
never ends with."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The records after one checkpoint up to another.

    ``first`` None is the beginning of the trace, and ``last`` None its end.
    """

    path: Path
    first: Checkpoint | None
    last: Checkpoint | None


@dataclass(slots=True)
class ProvedCounts:
    """Records in which nothing is to be reported, and how they compare with what was recorded.

    ``same_until`` is the last of them whose hash of the state was compared, 0 for none.
    """

    records: int = 0
    identical: int = 0
    in_part: int = 0
    not_compared: int = 0
    same_until: int = 0

    def add(self, other: ProvedCounts) -> None:
        """Add the counts of the next segment."""
        self.records += other.records
        self.identical += other.identical
        self.in_part += other.in_part
        self.not_compared += other.not_compared
        self.same_until = other.same_until or self.same_until

    def as_note(self) -> bytes:
        """The counts as the note of a checkpoint."""
        return json.dumps(asdict(self)).encode()


def counts_of(note: bytes) -> ProvedCounts | None:
    """The counts that :meth:`ProvedCounts.as_note` wrote; None for anything else."""
    try:
        found = json.loads(note)
    except (ValueError, RecursionError):
        return None
    names = [each.name for each in fields(ProvedCounts)]
    if not isinstance(found, dict) or sorted(found) != sorted(names):
        return None
    if any(type(value) is not int or value < 0 for value in found.values()):
        return None
    return ProvedCounts(**found)


@dataclass(frozen=True, slots=True)
class SegmentResult:
    """What a segment gave. ``counts`` is None if something in it is to be reported.

    ``ends_right`` says that it began in a state that can be one, and ended in the state of its last
    checkpoint. It is not known for a segment with something to report.
    """

    counts: ProvedCounts | None
    ends_right: bool


def replay_segment(segment: Segment) -> SegmentResult:
    """Replay one segment, on the release of the trace."""
    try:
        return _replay_segment(segment)
    except Exception:  # A claimed state may be wrong in any way.
        return SegmentResult(None, ends_right=False)


def _replay_segment(segment: Segment) -> SegmentResult:
    counts = ProvedCounts()
    first, last = segment.first, segment.last
    with TraceReader(segment.path) as reader:
        header = reader.header
        profile = find_release(header.release, under_way=True)
        machine = Machine(profile)
        if first is not None:
            machine = Machine.restore(profile, first.state() or b"")
        is_claimed = first is not None and first.is_claimed
        engine = limited(machine, _CLAIM_LIMIT_S if is_claimed else None)
        compare = compare_for(
            beyond_vectors=compares_beyond_vectors(header), shown_only=not is_full(header)
        )
        begun = 0 if first is None else first.number
        for number, step, recorded in reader.records(begun + 1, shared=True):
            if last is not None and number > last.number:
                break
            outcome = engine.submit(step)
            answer = type(outcome.answer)
            if answer is Absent or answer is NotDetermined:
                return SegmentResult(None, ends_right=True)
            likeness = Likeness.UNKNOWN if recorded is None else compare(recorded, outcome)
            if likeness is Likeness.DIFFERENT:
                return SegmentResult(None, ends_right=True)
            known = reader.state_hashes.get(number)
            if known is not None and known.is_known:
                if hash_of(machine.snapshot()) != known:
                    return SegmentResult(None, ends_right=True)
                counts.same_until = number
            counts.records += 1
            counts.identical += likeness is not Likeness.UNKNOWN
            counts.in_part += likeness is Likeness.IN_PART
            counts.not_compared += likeness is Likeness.UNKNOWN
    ends_right = last is None or machine.save() == last.state()
    return SegmentResult(counts, ends_right=ends_right)


@dataclass(frozen=True, slots=True)
class Proved:
    """What segments proved: each checkpoint with the counts up to it, in order.

    ``whole`` are the counts of the complete trace, None if a replay in sequence has to go on after
    the last of the checkpoints. ``is_refuted`` says that the checkpoint after that is wrong.
    """

    places: list[tuple[Checkpoint, ProvedCounts]]
    whole: ProvedCounts | None = None
    is_refuted: bool = False


def prove_segments(
    path: Path,
    checkpoints: Sequence[Checkpoint],
    jobs: int,
    *,
    begun: tuple[Checkpoint, ProvedCounts] | None = None,
    on_records: OnRecords | None = None,
) -> Proved:
    """Replay a trace on its own release from checkpoint to checkpoint, in ``jobs`` processes.

    ``begun`` is a checkpoint that is known with the counts up to it, if the replay does not begin
    with the first record. ``checkpoints`` are those after it, in order.
    """
    # Most replays need no other process.
    from concurrent.futures.process import BrokenProcessPool

    from necp_replay.processes.worker import worker_pool, workers_starting

    start, before = (None, ProvedCounts()) if begun is None else begun
    stops: list[Checkpoint | None] = [start, *checkpoints, None]
    segments = [Segment(path, first, last) for first, last in pairwise(stops)]
    places: list[tuple[Checkpoint, ProvedCounts]] = []
    try:
        with worker_pool(min(jobs, len(segments))) as pool:
            # The first call starts the processes.
            with workers_starting():
                futures = [pool.submit(replay_segment, each) for each in segments]
            total = before
            for segment, future in zip(segments, futures, strict=True):
                result = future.result()
                if result.counts is None or not result.ends_right:
                    for other in futures:
                        other.cancel()
                    return Proved(places, is_refuted=not result.ends_right)
                total = _sum(total, result.counts)
                if segment.last is not None:
                    places.append((segment.last, total))
                if on_records is not None:
                    on_records(result.counts.records)
    except (NecpReplayError, BrokenProcessPool):
        # A replay in sequence says what is wrong.
        return Proved(places)
    return Proved(places, total)


def _sum(first: ProvedCounts, second: ProvedCounts) -> ProvedCounts:
    total = ProvedCounts()
    total.add(first)
    total.add(second)
    return total
