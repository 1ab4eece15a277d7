"""Decides whether a part of a trace still shows a difference in its last record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import Engine
from necp_replay.errors import EngineError
from necp_replay.events.equality import Likeness, compare_for
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Absent, NotDetermined, Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.minimize.final_state import state_of
from necp_replay.minimize.forks import Forks, OpenPair
from necp_replay.outcomes.compare import outcome_differences, rendered_differences
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.fingerprint import fingerprint_of
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import kind_of_input, title
from necp_replay.outcomes.render_outcome import Rendered, render_outcome
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.snapshot_parts import differing_parts
from necp_replay.tools.kept_steps import KeptSteps
from necp_replay.tools.packed_keys import History

OpenEngine: TypeAlias = Callable[[], Engine]
NumberedStep: TypeAlias = tuple[int, Step]
"""A step with the number of its record in the whole trace."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The two sides of a difference: the engine with the expected outcomes, and the other one.

    ``expected`` is None where the expected outcomes are those that are recorded or accepted.
    ``beyond_vectors`` and ``shown_only`` say how recorded outcomes are compared, as for
    :func:`~necp_replay.outcomes.compare.outcome_differences`. ``attempts`` is how often a part is
    replayed until it shows the difference: more than once for an engine that does not do the same
    twice.
    """

    expected: OpenEngine | None
    actual: OpenEngine
    beyond_vectors: bool = True
    shown_only: bool = False
    attempts: int = 1


@dataclass(slots=True)
class ShownDifference:
    """How a record differs. ``fingerprint`` is the same for the same kind of difference."""

    record: int
    title: str
    kind: str
    fields: list[FieldDifference]
    fingerprint: str = ""

    def __post_init__(self) -> None:
        self.fingerprint = fingerprint_of(self.kind, self.fields)


_LOOKED_AFTER: Final = 64
"""After so many records a replay looks whether its result is still wanted."""


class PartComparison:
    """Replays parts of one trace on both sides of a pair, and compares their last records.

    ``expected`` is the expected outcome of the last record where no engine gives it. ``names`` has
    learned the whole trace, so that a record has the same names in each part. ``final_state`` is
    the number that stands for the final state (``final_state.py``), if parts end with it.
    """

    def __init__(
        self,
        pair: Pair,
        names: StableNames,
        history: History,
        expected: Outcome | Rendered | None = None,
        final_state: int | None = None,
    ) -> None:
        self._pair = pair
        self._forks = Forks()
        self._names = names
        self._history = history
        self._expected = expected
        self._final_state = final_state
        self._compare = compare_for(beyond_vectors=pair.beyond_vectors, shown_only=pair.shown_only)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle what it was made of. Forks stay in their process."""
        return type(self), (self._pair, self._names, self._history, self._expected)

    def difference(
        self,
        part: Sequence[NumberedStep],
        *,
        is_plain: bool = False,
        shared: int = 0,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> ShownDifference | None:
        """How the last record of a part differs, None if it does not.

        A record that one side does not answer does not differ. A program that ends or breaks the
        protocol in the last record does. ``is_plain`` says that the steps have times and fds that
        are right for the part already. ``shared`` is how many records at its beginning the best
        part has too (``forks.py``). The replay ends early once ``is_wanted`` is false.
        """
        begin, sides = self._forks.start(part, shared)
        if sides is None:
            expecting = None if self._pair.expected is None else self._pair.expected()
            sides = OpenPair(expecting, self._pair.actual(), KeptSteps(self._history))
        expected, actual, kept = sides.expected, sides.actual, sides.kept
        shared = shared if sides.can_fork and not is_plain else 0
        last = len(part) - 1
        for place in range(begin, len(part)):
            number, step = part[place]
            if place % _LOOKED_AFTER == _LOOKED_AFTER - 1 and not is_wanted():
                return None
            if self._forks.is_due(place, part, shared):
                self._forks.add(place, part, sides)
            if number == self._final_state:
                return self._compare_states(number, step, sides)
            adapted = step if is_plain else kept.adapt(number, step)
            before = None if expected is None else expected.submit(adapted)
            try:
                after = actual.submit(adapted)
            except EngineError as error:
                known = before or self._expected
                return None if place != last else self.failure(number, step, known, error)
            if self._final_state is not None:
                sides.note(before, after)
            if not is_plain:
                kept.note(number, step, before or after)
            if place == last:
                return self.compare(number, step, before or self._expected, after)
        return None

    def _compare_states(self, number: int, step: Step, sides: OpenPair) -> ShownDifference | None:
        """How the states after a part differ."""
        if not sides.has_state:
            return None
        before = self._expected if sides.expected is None else state_of(sides.expected)
        return self.compare(number, step, before, state_of(sides.actual))

    def adapted(self, part: Sequence[NumberedStep]) -> list[Step]:
        """The steps as a trace of this part alone has them, with their times and fds."""
        engine = (self._pair.expected or self._pair.actual)()
        kept = KeptSteps(self._history)
        steps = []
        for place, (number, step) in enumerate(part):
            steps.append(kept.adapt(number, step))
            if place < len(part) - 1:
                kept.note(number, step, engine.submit(steps[-1]))
        return steps

    def compare(
        self, number: int, step: Step, expected: Outcome | Rendered | None, actual: Outcome
    ) -> ShownDifference | None:
        """How a record differs, None if it does not or if a side is not known."""
        fields = self._fields(step, expected, actual)
        if not fields:
            return None
        event = step.input
        return ShownDifference(number, title(event, self._names), kind_of_input(event), fields)

    def answers_as(self, step: Step, expected: Outcome | Rendered | None, actual: Outcome) -> bool:
        """Whether an outcome is known and is the expected one."""
        return not _is_open(actual) and not self._fields(step, expected, actual)

    def _fields(
        self, step: Step, expected: Outcome | Rendered | None, actual: Outcome
    ) -> list[FieldDifference]:
        if expected is None or _is_open(actual):
            return []
        if isinstance(expected, Rendered):
            return rendered_differences(expected, render_outcome(step.input, actual, self._names))
        if _is_open(expected) or self._compare(expected, actual) is not Likeness.DIFFERENT:
            return []
        if isinstance(expected.answer, Snapshot) and isinstance(actual.answer, Snapshot):
            old, new = differing_parts(expected.answer, actual.answer)
            expected, actual = replace(expected, answer=old), replace(actual, answer=new)
        return outcome_differences(
            step.input,
            expected,
            actual,
            self._names,
            beyond_vectors=self._pair.beyond_vectors,
            shown_only=self._pair.shown_only,
        )

    def failure(
        self, number: int, step: Step, expected: Outcome | Rendered | None, error: EngineError
    ) -> ShownDifference:
        """The difference of a record in which a program failed."""
        if isinstance(expected, Outcome):
            expected = render_outcome(step.input, expected, self._names)
        status = "an outcome" if expected is None else expected.status
        found = FieldDifference(Layer.RETURN, _ENGINE, status, escape(error.reason))
        event = step.input
        return ShownDifference(number, title(event, self._names), kind_of_input(event), [found])


_ENGINE: Final = "engine"
"""The field of a record in which a program failed."""


def _is_open(outcome: Outcome) -> bool:
    return type(outcome.answer) in (Absent, NotDetermined)
