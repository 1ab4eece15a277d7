"""The place in a trace: moves it, and finds out what its record did."""

from __future__ import annotations

from necp_replay.dataclass import dataclass
from necp_replay.errors import EngineError
from necp_replay.events.outcome import Outcome
from necp_replay.explain.client import explain_client
from necp_replay.explain.explanation import ClientExplanation, ResultChange
from necp_replay.explain.observed_machine import ObservedMachine
from necp_replay.history.history import Moment, StateHistory
from necp_replay.outcomes.compare import outcome_differences
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import layers_of_outcome
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.node_differences import node_differences
from necp_replay.outcomes.render_snapshot import snapshot_nodes
from necp_replay.trace.knowledge import compares_beyond_vectors, is_full


@dataclass(frozen=True, slots=True)
class Look:
    """What is shown of a place.

    ``number`` is the record after which the place is, 0 for the place before the first record;
    ``moment`` is None there. ``clock_ns`` is the modelled clock after it. ``differing`` are the
    fields in which the outcome is not the recorded one, and ``changed`` those of the state that the
    record changed. ``evaluated`` are the clients with another result than before. ``is_down`` says
    that the modelled system is down here, ``down_at`` since which record.
    """

    number: int
    records: int | None
    title: str
    clock_ns: int
    moment: Moment | None
    differing: tuple[FieldDifference, ...]
    changed: tuple[FieldDifference, ...]
    evaluated: tuple[ClientExplanation, ...]
    is_down: bool
    down_at: int | None


class Stepper:
    """A place in a trace that can be moved and looked at.

    The history must have been opened with ``machine=ObservedMachine``.
    """

    def __init__(self, history: StateHistory) -> None:
        self.history = history
        self._rendered: tuple[int, list[Node]] | None = None
        """The state after a record, rendered last."""

    def forward(self, records: int = 1) -> int:
        """Go forward, at most to the end. Returns how many records that were."""
        history = self.history
        start = history.number
        for _ in range(records):
            try:
                if history.forward() is None:
                    break
            except EngineError:
                history.go_to(start)
                raise
        return history.number - start

    def to(self, number: int | None) -> None:
        """Go to the place after a record; None is the end. Raises UsageError past the end."""
        if number is None:
            while self.forward(_MANY_RECORDS) == _MANY_RECORDS:
                continue
            return
        start = self.history.number
        try:
            self.history.go_to(number)
        except EngineError:
            self.history.go_to(start)
            raise

    def state(self) -> list[Node]:
        """The state at the place, as nodes."""
        history = self.history
        if self._rendered is None or self._rendered[0] != history.number:
            nodes = snapshot_nodes(history.snapshot(), history.names, beyond_vectors=True)
            self._rendered = (history.number, nodes)
        return self._rendered[1]

    def look(self) -> Look:
        """What is shown of the place."""
        history = self.history
        changed = self._changed()
        moment = history.moment
        return Look(
            number=history.number,
            records=history.records(),
            title=history.title,
            clock_ns=self._observed.kernel.now_ns,
            moment=moment,
            differing=() if moment is None else differing_fields(history, moment),
            changed=changed,
            evaluated=self._evaluated(),
            is_down=history.machine.is_down,
            down_at=history.down_at if history.machine.is_down else None,
        )

    @property
    def _observed(self) -> ObservedMachine:
        machine = self.history.machine
        if not isinstance(machine, ObservedMachine):
            raise TypeError("stepping needs a history with machine=ObservedMachine")
        return machine

    def _changed(self) -> tuple[FieldDifference, ...]:
        """What the record changed in the state."""
        history = self.history
        number = history.number
        if number == 0:
            return ()
        if self._rendered is None or self._rendered[0] != number - 1:
            history.go_to(number - 1)
            self.state()
            history.go_to(number)
        before = self._rendered[1] if self._rendered is not None else []
        return tuple(node_differences(before, self.state(), layers_of_outcome("snapshot")))

    def _evaluated(self) -> tuple[ClientExplanation, ...]:
        """The clients whose result the record changed; none on a system that is down."""
        machine = self._observed
        if machine.is_down:
            return ()
        return tuple(
            explain_client(machine.kernel, evaluated, self.history.names)
            for evaluated in machine.evaluated
            if evaluated.change is not ResultChange.UNCHANGED
        )


def differing_fields(history: StateHistory, moment: Moment) -> tuple[FieldDifference, ...]:
    """The fields in which the outcome of a record is not the recorded one; none without one."""
    recorded: Outcome | None = moment.recorded
    if recorded is None or recorded == moment.outcome:
        return ()
    return tuple(
        outcome_differences(
            moment.step.input,
            recorded,
            moment.outcome,
            history.names,
            beyond_vectors=compares_beyond_vectors(history.header),
            shown_only=not is_full(history.header),
        )
    )


_MANY_RECORDS = 10_000
"""How many records are submitted between two checks whether the end is reached."""
