"""Where the replay of a long trace begins, and which checkpoints it notes on the way.

A replay on the trace's own release begins after the last checkpoint up to which nothing was to be
reported when the same records were replayed on this engine before, as the note of the checkpoint
says. So it is only the changed tail of a trace that is replayed. With several processes it then
goes on from checkpoint to checkpoint as far as segments prove it (``segments.py``).

Its report is that of a replay from the first record: the counts are in the notes, and nothing else
of the records before is shown but the last ones, as the context of a difference, which are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from necp_replay.dataclass import dataclass
from necp_replay.history.checkpoint_file import Checkpoint
from necp_replay.history.checkpoints import Checkpoints
from necp_replay.kernel.machine import Machine
from necp_replay.releases.profile import Profile
from necp_replay.replay.progress import OnRecords
from necp_replay.replay.segments import ProvedCounts, counts_of, prove_segments
from necp_replay.trace.record_codec import NumberedRecord


@dataclass(frozen=True, slots=True)
class BegunReplay:
    """How far a trace is decided without a replay in sequence.

    ``counts`` are those of the records up to ``number``. ``machine`` is in the state there, None if
    the trace is decided as a whole.
    """

    number: int
    counts: ProvedCounts
    machine: Machine | None


def begin_replay(
    path: Path,
    stored: Checkpoints,
    profile: Profile,
    *,
    jobs: int = 1,
    on_records: OnRecords | None = None,
) -> BegunReplay | None:
    """Go as far as checkpoints lead. None if the replay begins with the first record."""
    begun = _noted(stored)
    first = 0 if begun is None else begun[0].number
    ahead = [each for each in stored.chain if each.number > first]
    if jobs > 1 and ahead:
        proved = prove_segments(path, ahead, jobs, begun=begun, on_records=on_records)
        for place, counts in proved.places:
            stored.prove(place.number)
            stored.annotate(place.number, counts.as_note())
            begun = place, counts
        if proved.whole is not None:
            stored.save()
            return BegunReplay(proved.whole.records, proved.whole, None)
        if proved.is_refuted:
            stored.forget((0 if begun is None else begun[0].number) + 1)
    if begun is None:
        return None
    restored = stored.restored_before(
        begun[0].number, lambda state: Machine.restore(profile, state)
    )
    if restored is None or restored[0].number != begun[0].number:
        return None
    return BegunReplay(begun[0].number, begun[1], restored[1])


def _noted(stored: Checkpoints) -> tuple[Checkpoint, ProvedCounts] | None:
    """The last checkpoint that is known with the counts up to it."""
    for each in reversed(stored.known):
        counts = counts_of(each.note) if each.note else None
        if counts is not None and counts.records == each.number:
            return each, counts
    return None


def noting_checkpoints(
    records: Iterable[NumberedRecord],
    stored: Checkpoints,
    save: Callable[[], bytes | None],
    note: Callable[[], bytes],
) -> Iterator[NumberedRecord]:
    """Pass on records that are submitted to an engine, and note checkpoints between them.

    The first record is that of a trace, or follows a checkpoint. ``save`` gives the state after the
    record that was passed on last, None for one that is not known. ``note`` says what was found up
    to there. Checkpoints are written at the end.
    """
    ids: list[bytes] = []
    number = 0
    for record in records:
        if number % stored.every == 0 and number:
            _remember(stored, number, ids, note(), save)
            ids = []
        number = record[0]
        ids.extend(record[1].uuids)
        yield record
    if number % stored.every == 0 and number:
        _remember(stored, number, ids, note(), save)
    stored.save()


def _remember(
    stored: Checkpoints,
    number: int,
    ids: list[bytes],
    note: bytes,
    save: Callable[[], bytes | None],
) -> None:
    if not stored.wants(number):
        if note:
            stored.annotate(number, note)
        return
    state = save()
    if state is not None:
        stored.note(number, ids, state, note)
