"""The parts of records that a scenario leaves out of its trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from necp_replay.errors import ScenarioError
from necp_replay.events.hide_parts import ALL_OF_OUTCOME, Hidden, hidden_names, hide
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome

_HINT = "docs/scenarios.md says which parts there are."


class LeftOut:
    """What the records of a scenario leave out now; blocks may be nested."""

    def __init__(self) -> None:
        self._blocks: list[tuple[Hidden, set[str]]] = []

    def of(self, step: Step, outcome: Outcome) -> tuple[Step, Outcome]:
        """What is recorded of a step and its outcome."""
        for hidden, seen in self._blocks:
            step, outcome, found = hide(step, outcome, hidden)
            seen |= found
        return step, outcome

    @contextmanager
    def block(
        self, outcome: Sequence[str] | bool, inputs: Sequence[str], known: Mapping[str, int]
    ) -> Iterator[None]:
        """Leave these parts out of the records of a block. Raises ScenarioError."""
        parts = tuple(outcome) if not isinstance(outcome, bool) else ALL_OF_OUTCOME * outcome
        hidden = Hidden(parts, tuple(inputs), known)
        try:
            hidden.check()
        except ValueError as error:
            raise ScenarioError(str(error), hint=_HINT) from None
        seen: set[str] = set()
        self._blocks.append((hidden, seen))
        try:
            yield
        finally:
            self._blocks.pop()
        if outcome is True:
            seen.update(ALL_OF_OUTCOME)
        for name in hidden_names(hidden):
            if name not in seen:
                raise ScenarioError(f"unmeasured: no record of the block has {name}", hint=_HINT)
