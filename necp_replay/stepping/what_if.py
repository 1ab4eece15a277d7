"""Replays the rest of a trace with and without edits, and compares the two runs.

Theory of operation
-------------------

**Idea.** Up to the first edit both runs are the same, so the state there is forked. From then on
both machines get the same records, except those that an edit changes, and their outcomes are
compared record by record. Recorded outcomes are not used: the engine gives both sides, so every
difference is caused by the edits.

**End.** After the last edited record both states may become equal again. Saved states are compared
at distances that double each time; equal states end the comparison, because nothing can differ any
more. A run with other facts is compared up to the end of the trace. At the end of the trace the
final states are compared, too.

**Causes.** A difference that follows from an earlier one is counted with it, by the chains that
`replay` uses.

**Cost.** Twice the replay of the rest. At most ``MOST_KEPT`` causes are kept; others are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field, replace
from typing import Any, Final

from necp_replay.abi.errno import errno_name
from necp_replay.dataclass import dataclass
from necp_replay.engines.limited import limited
from necp_replay.errors import TraceError, UsageError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.unmeasured import comparable
from necp_replay.history.history import StateHistory
from necp_replay.kernel.machine import Machine
from necp_replay.outcomes.compare import outcome_differences, rendered_differences
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer, layers_of_outcome
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node_differences import node_differences
from necp_replay.outcomes.record_difference import FINAL_TITLE, RecordDifference, Truth
from necp_replay.outcomes.render_input import kind_of_input, title
from necp_replay.outcomes.render_outcome import render_outcome
from necp_replay.outcomes.render_snapshot import snapshot_nodes
from necp_replay.replay.findings.chains import Chains
from necp_replay.stepping.edits import Edit, EditedTrace
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import NumberedRecord

MOST_KEPT: Final = 200
"""Causes that are kept, to bound memory."""
_FIRST_LOOK: Final = 16
"""Records after the last edit until both states are compared for the first time. Saving two states
takes as long as a few dozen records."""

OnRecord = Callable[[], object]


@dataclass(slots=True)
class WhatIf:
    """What edits change.

    ``first`` is the record after which the comparison began, ``compared`` how many records it has
    compared. ``causes`` are the differences that do not follow from others; ``differing`` is how
    many records differ. ``same_after`` is the record after which both states are the same again,
    None if they are not. ``damage`` says why the rest of the trace could not be read.
    """

    edits: tuple[Edit, ...]
    first: int
    compared: int = 0
    causes: list[RecordDifference] = field(default_factory=list)
    more_causes: int = 0
    differing: int = 0
    same_after: int | None = None
    final_state_differs: bool = False
    damage: str | None = None


def what_if(
    history: StateHistory,
    edits: list[Edit],
    *,
    record_limit_s: float | None = None,
    on_record: OnRecord = lambda: None,
) -> WhatIf:
    """Compare the rest of a trace with edits and without, from the first edit on.

    The place of the history is where it was, afterwards. Raises EngineError for a record that takes
    longer than ``record_limit_s``, and UsageError for an edit of a record that is not there, or one
    that the engine refuses.
    """
    place = history.number
    edited = EditedTrace(edits)
    try:
        history.go_to(edited.first)
        plain, changed = history.fork(), history.fork()
    finally:
        history.go_to(place)
    found = WhatIf(tuple(edits), edited.first)
    run = _BothRuns(found, history.names, record_limit_s)
    changed = run.after_record(changed, edited, edited.first)
    next_look = edited.last + _FIRST_LOOK
    with TraceReader(history.path) as reader:
        records = _records_after(reader, edited.first)
        try:
            for number, step, _ in records:
                history.names.learn(step)
                run.compare(plain, changed, number, step, edited.step_of(number, step))
                changed = run.after_record(changed, edited, number)
                on_record()
                if number >= next_look and not edited.has_facts:
                    if plain.save() == changed.save():
                        found.same_after = number
                        return found
                    next_look = number + 2 * (number - edited.last)
        except TraceError as error:
            found.damage = str(error)
    run.compare_states(plain, changed)
    return found


def _records_after(reader: TraceReader, number: int) -> Iterator[NumberedRecord]:
    """The records after a number. A file that was cut short has no index to find them by."""
    try:
        reader.read_index()
    except TraceError:
        return (record for record in reader.records() if record[0] > number)
    return reader.records(number + 1)


class _BothRuns:
    """Compares two machines, and collects what differs."""

    def __init__(self, found: WhatIf, names: StableNames, record_limit_s: float | None) -> None:
        self._found = found
        self._names = names
        self._limit_s = record_limit_s
        self._chains = Chains()

    def compare(
        self, plain: Machine, changed: Machine, number: int, step: Step, other: Step | None
    ) -> None:
        """Submit a record to both machines. Without ``other`` the second does not get it."""
        found = self._found
        expected = limited(plain, self._limit_s, number - 1).submit(step)
        found.compared += 1
        if other is None:
            self._add(number, step, self._dropped(step, expected))
            return
        actual = limited(changed, self._limit_s, number - 1).submit(other)
        if expected == actual:
            return
        if other is step:
            fields = outcome_differences(
                step.input, expected, actual, self._names, beyond_vectors=True
            )
        else:
            # Whether a call changed its buffers is known by what was passed to it.
            before, after = comparable(expected, actual)
            fields = rendered_differences(
                render_outcome(step.input, before, self._names),
                render_outcome(other.input, after, self._names),
            )
        if fields:
            self._add(number, step, fields)

    def after_record(self, changed: Machine, edited: EditedTrace, number: int) -> Machine:
        """Apply what edits do after a record. Returns the machine for the following records."""
        for step in edited.inserted_after(number):
            outcome = changed.submit(step)
            if outcome.errno:
                shown = title(step.input, self._names)
                raise UsageError(
                    f"the edit is refused: {shown} -> {errno_name(outcome.errno)}",
                    hint="Take it back with undo, or change an earlier record.",
                )
        facts: dict[str, Any] = dict(edited.facts_after(number))
        return changed.fork(replace(changed.profile, **facts)) if facts else changed

    def compare_states(self, plain: Machine, changed: Machine) -> None:
        """Compare the states at the end of the trace."""
        expected, actual = plain.snapshot(), changed.snapshot()
        if expected == actual:
            return
        fields = node_differences(
            snapshot_nodes(expected, self._names, beyond_vectors=True),
            snapshot_nodes(actual, self._names, beyond_vectors=True),
            layers_of_outcome("snapshot"),
        )
        if fields:
            self._found.final_state_differs = True
            self._keep(RecordDifference(None, FINAL_TITLE, "snapshot", Truth.RELEASE, fields))

    def _dropped(self, step: Step, outcome: Outcome) -> list[FieldDifference]:
        status = render_outcome(step.input, outcome, self._names).status
        return [FieldDifference(Layer.RETURN, "status", status, None)]

    def _add(self, number: int, step: Step, fields: list[FieldDifference]) -> None:
        self._found.differing += 1
        kind = kind_of_input(step.input)
        shown = title(step.input, self._names)
        self._keep(RecordDifference(number, shown, kind, Truth.RELEASE, fields))

    def _keep(self, difference: RecordDifference) -> None:
        if self._chains.place(difference) is not difference:
            return
        if len(self._found.causes) < MOST_KEPT:
            self._found.causes.append(difference)
        else:
            self._found.more_causes += 1
