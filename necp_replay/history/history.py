"""A place in a trace, and the engine in the state that it has there.

Theory of operation
-------------------

**Idea.** The state depends only on the records before it. So every state can be reached by
replaying from the first record. Saved states only make this faster.

**Places.** A place is the number of the record after which the state is: 0 before the first record.
The state *before* record N is the state after record N - 1.

**Going.** To go forward, the records in between are submitted. To go back, the last state that was
kept before the record is restored, and the records after it are submitted again, up to and
including that record. So its outcome is there, and is the same as before. On the way, states are
kept at distances from the place that double each time, so that one more step back finds a state
nearby.

**Names.** Ids are named in the order in which records generate them. A name never changes, so names
of later records are also right at earlier places.

**Long traces.** Checkpoints on disk are further places whose state is known, if somebody has been
there before.

**After the end of a system.** When a record takes the modelled system down, the state stays as it
was then, and the engine answers nothing more. It is still possible to go to places after it.

**Cost.** To go forward costs as much as a replay, plus a tenth for keeping states. To go back costs
at most a replay of the records between two kept states, and less the next time. Memory is bounded
by ``KeptStates``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import Engine
from necp_replay.engines.limited import limited
from necp_replay.errors import EngineError, TraceError, UsageError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.events.state_hash import StateHash
from necp_replay.history.checkpoints import Checkpoints
from necp_replay.history.kept_states import KeptStates
from necp_replay.kernel.machine import Machine
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import title
from necp_replay.releases.names import (
    canonical_tag,
    find_release,
    match_result_layout,
    session_priorities,
)
from necp_replay.releases.profile import Profile
from necp_replay.trace.header import Header
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import NumberedRecord

OnRecord = Callable[[], object]
"""Called after each record that is submitted, to show progress."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A record that was submitted: as the trace has it, and what the engine answered.

    ``recorded`` is None for a record without an outcome.
    """

    number: int
    step: Step
    recorded: Outcome | None
    outcome: Outcome


class StateHistory:
    """A place in a trace that can be moved. Use it as a context manager.

    It works only with our own engine, because an external engine cannot go back to a state.
    """

    def __init__(
        self,
        path: Path,
        *,
        release: str | None = None,
        profile: Profile | None = None,
        machine: type[Machine] = Machine,
        record_limit_s: float | None = None,
        on_record: OnRecord | None = None,
        kept: KeptStates | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> None:
        """Open a trace, at the place before its first record.

        ``release`` is the one to replay on, that of the trace by default. ``profile`` has the facts
        instead, if some were changed. ``machine`` is the class of the engine; callers can give a
        subclass. ``record_limit_s`` is how much processor time one record may take, in seconds.
        ``checkpoints`` are states on disk, of the same trace and release; new ones are written when
        the history is closed. Raises TraceError for a file that is no trace, and UsageError for a
        release that is not modelled.
        """
        self.path = path
        self.on_record = on_record
        self._reader = TraceReader(path)
        try:
            recorded_on = self._reader.header.release
            self.profile = profile or find_release(release or recorded_on, under_way=True)
        except BaseException:  # The file is closed after any error.
            self._reader.close()
            raise
        self._record_limit_s = record_limit_s
        self._machine_class = machine
        self._makes_missing_ids = self.profile.release != canonical_tag(recorded_on)
        self.names = StableNames(session_priorities(recorded_on), match_result_layout(recorded_on))
        """The names of all ids that were generated up to the furthest place so far."""
        self.number = 0
        """The record after which the state is; 0 before the first."""
        self.moment: Moment | None = None
        """That record, None before the first."""
        self.down_at: int | None = None
        """The record that took the modelled system down, of those seen so far."""
        self._furthest = 0
        self._end: int | None = None
        self._kept = kept or KeptStates()
        self._checkpoints = checkpoints
        self._new_ids: list[bytes] = []
        """Ids that were generated since the last checkpoint."""
        self._machine = self._new_machine()
        self._engine = self._limited()
        self._records: Iterator[NumberedRecord] | None = None

    @property
    def header(self) -> Header:
        """The header of the trace."""
        return self._reader.header

    @property
    def machine(self) -> Machine:
        """The engine in the state of the place. Callers must not submit anything to it.

        After a move back it is another object.
        """
        return self._machine

    @property
    def checkpoints(self) -> Checkpoints | None:
        """The states on disk that it begins at, if it was given any."""
        return self._checkpoints

    @property
    def recorded_hash(self) -> StateHash | None:
        """The hash of the state that the trace has for this place; None for none."""
        return None if self.moment is None else self._reader.state_hashes.get(self.number)

    @property
    def title(self) -> str:
        """What the record is, as reports show it; empty before the first."""
        return "" if self.moment is None else title(self.moment.step.input, self.names)

    def snapshot(self) -> Snapshot:
        """The complete state at the place."""
        return self._machine.snapshot()

    def fork(self, profile: Profile | None = None) -> Machine:
        """A machine in the state of the place, to submit anything to; with other facts if given."""
        return self._machine.fork(profile)

    def records(self) -> int | None:
        """How many records the trace has; None without an index, until it was read to its end."""
        if self._end is not None:
            return self._end
        try:
            return self._reader.read_index().records
        except TraceError:
            return None

    def forward(self) -> Moment | None:
        """Go to the next place. Returns its record, or None, without a move, at the end.

        Raises TraceError where the file is damaged, and EngineError for a record that takes too
        long.
        """
        if self._records is None:
            self._records = self._records_after(self.number)
        try:
            record = next(self._records, None)
        except TraceError:
            self._records = None  # The next call meets the damage again, not an end.
            raise
        if record is None:
            self._records, self._end = None, self.number
            return None
        number, step, recorded = record
        if number > self._furthest:
            self._furthest = number
            self.names.learn(step)
            self._new_ids.extend(step.uuids)
        try:
            outcome = self._engine.submit(step)
        except EngineError:
            # The record was interrupted, so the state is that of no place.
            self._restore(0)
            raise
        self.number = number
        moment = self.moment = Moment(number, step, recorded, outcome)
        if self.down_at is None and self._machine.is_down:
            self.down_at = number
        if number == self._furthest:
            self._keep(number)
        if self.on_record is not None:
            self.on_record()
        return moment

    def back(self) -> Moment | None:
        """Go to the previous place, and return its record; None before the first."""
        if self.number:
            self.go_to(self.number - 1)
        return self.moment

    def go_to(self, number: int) -> Moment | None:
        """Go to the place after a record, and return the record; None for 0.

        Raises UsageError for a record that is not there, at the last place of the trace.
        """
        if number < 0:
            raise UsageError(f"there is no record {number}", hint="Records are counted from 1.")
        if number == self.number:
            return self.moment
        self._enter_checkpoint_before(number)
        kept = self._kept.before(number - 1) if number else None
        near: frozenset[int] = frozenset()
        if number < self.number:
            self._restore(kept or 0)
            if number - self.number > _FEW_RECORDS:
                near = _places_before(number)
        elif kept is not None and kept > self.number:
            self._restore(kept)
        while self.number < number:
            if self.forward() is None:
                raise UsageError(
                    f"there is no record {number}: the trace has {self.number}",
                    hint="Records are counted from 1, as reports and goldens show them.",
                    file=str(self.path),
                )
            if self.number in near:
                self._kept.keep(self.number, self._machine.save(), near=True)
        return self.moment

    def go_to_end(self) -> Moment | None:
        """Go to the place after the last record, and return the record; None without any.

        Raises TraceError where the file is damaged.
        """
        records = self.records()
        if records is not None:
            return self.go_to(records)
        while self.forward() is not None:
            pass
        return self.moment

    def close(self) -> None:
        """Close the trace, and write new checkpoints."""
        if self._checkpoints is not None:
            self._checkpoints.save()
        self._reader.close()

    def __enter__(self) -> Self:
        """Return the history itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the trace."""
        self.close()

    def _keep(self, number: int) -> None:
        """Keep the state of a place that is reached for the first time, where it is time to."""
        stored = self._checkpoints
        is_wanted = stored is not None and stored.wants(number) and not self._machine.is_down
        if not is_wanted and not self._kept.wants(number):
            return
        state = self._machine.save()
        self._kept.keep(number, state)
        if stored is not None and is_wanted:
            stored.note(number, self._new_ids, state)
            self._new_ids = []

    def _enter_checkpoint_before(self, number: int) -> None:
        """Keep the state of the last checkpoint before a record, if it is further than any place.

        One that cannot be restored is dropped, and so are those after it.
        """
        stored = self._checkpoints
        if stored is None:
            return
        nearest = stored.before(number - 1)
        if nearest is None or nearest.number <= self._furthest:
            return
        restore = partial(self._machine_class.restore, self.profile)
        restored = stored.restored_before(number - 1, restore)
        if restored is None or restored[0].number <= self._furthest:
            return
        found = restored[0]
        self._kept.keep(found.number, found.state() or b"")
        self.names.learn_ids(stored.ids_up_to(found.number))
        self._furthest, self._new_ids = found.number, []

    def _restore(self, number: int) -> None:
        """Go to a place whose state is kept, or to the beginning."""
        if number:
            self._machine = self._machine_class.restore(self.profile, self._kept.state(number))
        else:
            self._machine = self._new_machine()
        self.number, self.moment = number, None
        self._engine = self._limited()
        self._records = None

    def _new_machine(self) -> Machine:
        machine = self._machine_class(self.profile)
        if self._makes_missing_ids:
            machine.make_missing_ids()
        return machine

    def _limited(self) -> Engine:
        """What records are submitted to."""
        return limited(self._machine, self._record_limit_s, self.number)

    def _records_after(self, number: int) -> Iterator[NumberedRecord]:
        """The records after a place. A file that was cut short has no index to find them by."""
        if number and self._has_index():
            return self._reader.records(number + 1, shared=True)
        records = self._reader.records(shared=True)
        return (record for record in records if record[0] > number)

    def _has_index(self) -> bool:
        try:
            self._reader.read_index()
        except TraceError:
            return False
        return True


def _places_before(number: int) -> frozenset[int]:
    """Where to keep states for steps back from a place: the nearer to it, the more of them."""
    return frozenset(number - 1 - (_FEW_RECORDS << power) for power in range(20))


_FEW_RECORDS: Final = 16
"""How many records can be replayed in the time that it takes to save a state."""
