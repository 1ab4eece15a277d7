"""A trace replayed up to a record, and what its records evaluated and changed before.

Theory of operation. To explain a record its state is needed, and of the records before it only
which clients they evaluated, and which of them were changes. Both are asked about from the record
backwards: when was this client evaluated last, and when before that? So the replay begins at the
last checkpoint before the record. Where the answer is not among the records since then, those from
the checkpoint before are replayed too, and so on to the first record at most. What is found is the
same as without checkpoints.

A client cannot be evaluated before its id was generated. The ids up to each checkpoint are known,
so the search for it ends there, unless the engine makes ids that the trace does not name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from necp_replay.abi.uuid import as_client_id, as_flow_id
from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import Engine
from necp_replay.engines.limited import limited
from necp_replay.errors import UsageError
from necp_replay.events.outcome import Outcome
from necp_replay.explain.changes import ChangeLog, is_change
from necp_replay.explain.explanation import ChangesShown
from necp_replay.explain.observed_machine import ObservedMachine
from necp_replay.history.checkpoints import Checkpoints
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import title
from necp_replay.outcomes.safe_text import escape
from necp_replay.releases.names import canonical_tag, find_release
from necp_replay.releases.profile import Profile
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import NumberedRecord

if TYPE_CHECKING:
    from necp_replay.events.inputs import Step

_NO_RECORD: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Replays:
    """How a trace is replayed to explain its records.

    ``release`` is by default that of the trace. ``checkpoints`` are of the trace and this release.
    ``record_limit_s`` is how much processor time one record may take.
    """

    path: Path
    release: str | Profile | None = None
    record_limit_s: float | None = None
    checkpoints: Checkpoints | None = None

    def up_to(self, record: int | None) -> ReplayedTrace:
        """Replay up to a record; with None to the end, or to where the modelled system goes down.

        Raises UsageError for a record that is not there, or comes after the end of the system.
        """
        with TraceReader(self.path) as reader:
            walk = _LoggedReplay.before(self, reader, _NO_RECORD if record is None else record)
            for number, step, _ in walk.records(noting=True):
                if number == record or (record is None and walk.machine.is_down):
                    break
                if walk.machine.is_down:
                    raise UsageError(
                        f"record {number} ({title(step.input, walk.names)}) took the modelled"
                        f" system down, before record {record}",
                        hint="Explain a record before it, or choose another release with"
                        " --release.",
                    )
            else:
                if record is not None or walk.number == 0:
                    raise UsageError(
                        f"there is no record {record or 1}: the trace has {walk.number}",
                        hint="Records are counted from 1, as reports and goldens show them.",
                    )
        return ReplayedTrace(self, walk)

    def next_evaluation(self, record: int) -> int | None:
        """The first record after this one that evaluates a client."""
        with TraceReader(self.path) as reader:
            walk = _LoggedReplay.before(self, reader, record + 1)
            for number, _, _ in walk.records():
                if number > record and walk.machine.evaluated:
                    return number
        return None

    def log_up_to(self, last: int) -> tuple[int, ChangeLog]:
        """The number of the last checkpoint before a record, and the log from there up to it."""
        with TraceReader(self.path) as reader:
            walk = _LoggedReplay.before(self, reader, last)
            for number, _, _ in walk.records():
                if number == last:
                    break
        return walk.begun, walk.log


class _LoggedReplay:
    """A replay from a place on, which keeps a log of what its records did."""

    def __init__(
        self,
        replays: Replays,
        reader: TraceReader,
        machine: ObservedMachine,
        begun: int,
        *,
        makes_ids: bool,
    ) -> None:
        stored = replays.checkpoints
        self.begun = self.number = begun
        self.machine = machine
        self.makes_ids = makes_ids
        self.names = StableNames()
        if begun and stored is not None:
            self.names.learn_ids(stored.ids_up_to(begun))
        self.log = ChangeLog()
        self.step: Step | None = None
        self.recorded: Outcome | None = None
        self.outcome = Outcome()
        self._reader = reader
        self._stored = stored
        self._engine: Engine = limited(machine, replays.record_limit_s, begun)

    @classmethod
    def before(cls, replays: Replays, reader: TraceReader, record: int) -> _LoggedReplay:
        """One that begins at the last checkpoint before a record, or with the first record."""
        release, stored = replays.release, replays.checkpoints
        if isinstance(release, Profile):
            profile = release
        else:
            profile = find_release(release or reader.header.release, under_way=True)
        makes_ids = profile.release != canonical_tag(reader.header.release)
        restored = None
        if stored is not None:
            last = min(record, reader.read_index().records) - 1
            restored = stored.restored_before(
                last, lambda state: ObservedMachine.restore(profile, state)
            )
        if restored is not None:
            found, machine = restored
            return cls(replays, reader, machine, found.number, makes_ids=makes_ids)
        machine = ObservedMachine(profile)
        if makes_ids:
            machine.make_missing_ids()
        return cls(replays, reader, machine, 0, makes_ids=makes_ids)

    def records(self, *, noting: bool = False) -> Iterator[NumberedRecord]:
        """The records, each after it was submitted. ``noting`` remembers checkpoints."""
        machine, names, log, submit = self.machine, self.names, self.log, self._engine.submit
        stored = self._stored if noting else None
        ids: list[bytes] = []
        for record in self._reader.records(self.number + 1, shared=True):
            self.number, self.step, self.recorded = number, step, _ = record
            names.learn(step)
            self.outcome = outcome = submit(step)
            if machine.evaluated:
                log.evaluated(number, [each.client.client_id for each in machine.evaluated])
            if is_change(step, outcome):
                log.add(number, title(step.input, names))
            if stored is not None:
                ids.extend(step.uuids)
                if number % stored.every == 0:
                    if stored.wants(number) and not machine.is_down:
                        stored.note(number, ids, machine.save())
                    ids = []
            yield record


class ReplayedTrace:
    """A trace replayed up to a record."""

    def __init__(self, replays: Replays, walk: _LoggedReplay) -> None:
        assert walk.step is not None, "a trace without a record is refused above"
        self.replays = replays
        self.path = replays.path
        self.record = walk.number
        self.step = walk.step
        self.outcome = walk.outcome
        self.machine = walk.machine
        self.names = walk.names
        self.recorded_errno = None if walk.recorded is None else walk.recorded.errno
        self.why_down = type(walk.outcome.answer).__name__ if walk.machine.is_down else None
        self._log = walk.log
        self._begun = walk.begun
        self._makes_ids = walk.makes_ids

    @property
    def title(self) -> str:
        """What the record is, as reports show it."""
        return title(self.step.input, self.names)

    def find(self, client: str) -> bytes:
        """The id of a client by its name. Raises UsageError if it was never evaluated."""
        plain = client.replace("-", "").lower()
        while True:
            for client_id in self._log.clients:
                if self.names.name(client_id) in (client, f"#{client}") or plain == client_id.hex():
                    return client_id
            if not self._look_back():
                break
        known = ", ".join(self.names.name(client_id) for client_id in self._log.clients)
        raise UsageError(
            f"no client {escape(client)} was evaluated up to record {self.record}",
            hint=f"Evaluated were: {known}." if known else "Explain a later record.",
        )

    def last_evaluation(self, client: bytes) -> int | None:
        """The record that evaluated a client last; None if none did."""
        while (found := self._log.last_evaluation(client)) is None:
            if not self._may_be_older(client) or not self._look_back():
                return None
        return found

    def evaluation_before(self, client: bytes) -> int | None:
        """The record of a client's evaluation before its last one, None if there is only one."""
        while (found := self._log.evaluation_before(client)) is None:
            if not self._may_be_older(client) or not self._look_back():
                return None
        return found

    def latest_evaluation(self) -> int | None:
        """The last record that evaluated any client; None if none did."""
        while (found := self._log.latest_evaluation()) is None:
            if not self._look_back():
                return None
        return found

    def changes_between(self, first: int, last: int) -> ChangesShown:
        """The changes after a record that evaluated some client and before another record."""
        return self._log.between(first, last)

    def _look_back(self) -> bool:
        """Take the records from an earlier checkpoint on into the log. False if it has all."""
        if self._begun == 0:
            return False
        self._begun, earlier = self.replays.log_up_to(self._begun)
        self._log.prepend(earlier)
        return True

    def _may_be_older(self, client: bytes) -> bool:
        """Whether a client may have been evaluated before the records of the log."""
        stored = self.replays.checkpoints
        if self._begun == 0 or stored is None or self._makes_ids:
            return self._begun != 0
        kinds = {client, as_client_id(client), as_flow_id(client)}
        return any(uuid in kinds for uuid in stored.ids_up_to(self._begun))
