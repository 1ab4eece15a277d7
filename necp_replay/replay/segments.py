"""One long trace in several processes, from checkpoint to checkpoint.

Theory of operation. A *segment* is the records from one checkpoint to the next. Its replay begins
in the state of the first, and has to end in the state of the second. The first segment begins where
the trace does. So if all segments end as they should, each began in the right state, and the
outcomes are those of a replay in sequence, whoever made the checkpoints: those of an older engine
are guesses that are proved here.

Only a trace in which nothing is to be reported is decided in this way. Where a record differs, is
not modelled or not determined, or a segment does not end as it should, nothing is said, and the
trace is replayed in sequence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from necp_replay.errors import NecpReplayError
from necp_replay.events.equality import Likeness, compare_for
from necp_replay.events.outcome import Absent, NotDetermined
from necp_replay.events.state_hash import hash_of
from necp_replay.history.checkpoints import Checkpoints
from necp_replay.kernel.machine import Machine
from necp_replay.processes.worker import worker_pool, workers_starting
from necp_replay.releases.names import find_release
from necp_replay.replay.progress import OnRecords
from necp_replay.trace.knowledge import compares_beyond_vectors, is_full
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import NumberedRecord


@dataclass(frozen=True, slots=True)
class Segment:
    """The records after ``first`` up to ``last``; None for the end of the trace.

    ``state`` is the one to begin in, None for that of a new system. ``end`` is the one to end in,
    None for any.
    """

    path: Path
    first: int
    last: int | None
    state: bytes | None
    end: bytes | None


@dataclass(slots=True)
class SegmentCounts:
    """How many records there are, and how they compare with what was recorded."""

    records: int = 0
    identical: int = 0
    in_part: int = 0
    not_compared: int = 0

    def add(self, other: SegmentCounts) -> None:
        """Add the counts of another segment."""
        self.records += other.records
        self.identical += other.identical
        self.in_part += other.in_part
        self.not_compared += other.not_compared


def replay_segment(segment: Segment) -> SegmentCounts | None:
    """Replay one segment. None if something is to be reported, or it does not end as it should."""
    counts = SegmentCounts()
    with TraceReader(segment.path) as reader:
        header = reader.header
        profile = find_release(header.release, under_way=True)
        machine = Machine(profile)
        if segment.state is not None:
            machine = Machine.restore(profile, segment.state)
        compare = compare_for(
            beyond_vectors=compares_beyond_vectors(header), shown_only=not is_full(header)
        )
        for number, step, recorded in reader.records(segment.first + 1, shared=True):
            if segment.last is not None and number > segment.last:
                break
            outcome = machine.submit(step)
            answer = type(outcome.answer)
            if answer is Absent or answer is NotDetermined:
                return None
            likeness = Likeness.UNKNOWN if recorded is None else compare(recorded, outcome)
            if likeness is Likeness.DIFFERENT:
                return None
            known = reader.state_hashes.get(number)
            if known is not None and known.is_known and hash_of(machine.snapshot()) != known:
                return None
            counts.records += 1
            counts.identical += likeness is not Likeness.UNKNOWN
            counts.in_part += likeness is Likeness.IN_PART
            counts.not_compared += likeness is Likeness.UNKNOWN
    if segment.end is not None and machine.save() != segment.end:
        return None
    return counts


def noting_checkpoints(
    records: Iterable[NumberedRecord], checkpoints: Checkpoints, machine: Machine
) -> Iterator[NumberedRecord]:
    """Pass on the records of a whole trace that are submitted to a machine, and note checkpoints.

    They are written at the end.
    """
    ids: list[bytes] = []
    for record in records:
        # The records before this one were submitted.
        before = record[0] - 1
        if before and checkpoints.wants(before) and not machine.is_down:
            checkpoints.note(before, ids, machine.save())
        if before and before % checkpoints.every == 0:
            ids = []
        ids.extend(record[1].uuids)
        yield record
    checkpoints.save()


def replay_in_segments(
    path: Path,
    checkpoints: Sequence[tuple[int, bytes]],
    jobs: int,
    on_records: OnRecords | None = None,
) -> SegmentCounts | None:
    """Replay a trace on its own release from checkpoint to checkpoint, in ``jobs`` processes.

    ``checkpoints`` are numbers of records with the states after them, in order. Returns None where
    this decides nothing.
    """
    starts: list[tuple[int, bytes | None]] = [(0, None), *checkpoints]
    ends: list[tuple[int | None, bytes | None]] = [*checkpoints, (None, None)]
    segments = [
        Segment(path, first, last, state, end)
        for (first, state), (last, end) in zip(starts, ends, strict=True)
    ]
    total = SegmentCounts()
    try:
        with worker_pool(min(jobs, len(segments))) as pool:
            # The first call starts the processes.
            with workers_starting():
                futures = [pool.submit(replay_segment, each) for each in segments]
            for future in futures:
                counts = future.result()
                if counts is None:
                    for other in futures:
                        other.cancel()
                    return None
                total.add(counts)
                if on_records is not None:
                    on_records(counts.records)
    except (NecpReplayError, BrokenProcessPool):
        # A replay in sequence says what is wrong.
        return None
    return total
