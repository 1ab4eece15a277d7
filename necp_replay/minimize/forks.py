"""States in the middle of a part, from which similar parts are replayed.

Most parts that are tried one after the other begin alike: windows of records are removed from the
end to the beginning. So a replay of a long part leaves forks of both machines at some places of the
beginning that it shares with the best part, and the next one starts at the last of them that it can
use. This is done for our own engine alone. Others are replayed from the start.

Invariant: a checkpoint is used only for a part that has the same records before it, which are
compared by identity.

Cost: a fork takes as long as some hundred records. A checkpoint is made after at least
:data:`_LEAST_APART` records, and at most :data:`_MOST` are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import Engine
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.machine import Machine
from necp_replay.minimize.final_state import loses_state
from necp_replay.tools.kept_steps import KeptSteps

_LEAST_APART: Final = 1_000
_MOST: Final = 16


@dataclass(slots=True)
class OpenPair:
    """Both engines of a pair, and what is known of fds and times, before a record of a part.

    ``has_state`` says whether the states of both are known (``final_state.py``).
    """

    expected: Engine | None
    actual: Engine
    kept: KeptSteps
    has_state: bool = True

    def note(self, expected: Outcome | None, actual: Outcome) -> None:
        """Note the outcomes of a record."""
        if loses_state(self.actual, actual):
            self.has_state = False
        if expected is not None and self.expected is not None:
            self.has_state = self.has_state and not loses_state(self.expected, expected)

    def fork(self) -> OpenPair:
        """The same state, which shares nothing that can change. Both engines are our own."""
        assert isinstance(self.actual, Machine)
        expected = self.expected
        before = expected.fork() if isinstance(expected, Machine) else None
        return OpenPair(before, self.actual.fork(), self.kept.fork(), self.has_state)

    @property
    def can_fork(self) -> bool:
        """Whether the engines are our own, without anything around them."""
        return type(self.actual) is Machine and (
            self.expected is None or type(self.expected) is Machine
        )


class Forks:
    """The states before some records of a part."""

    def __init__(self) -> None:
        self._before: list[tuple[int, Step]] = []
        """The records that led to the last checkpoint."""
        self._states: dict[int, OpenPair] = {}

    def start(self, part: Sequence[tuple[int, Step]], shared: int) -> tuple[int, OpenPair | None]:
        """Where a replay of a part can begin, and a state for it. At 0 there is none.

        ``shared`` is how many records at its beginning the best part has too. Forks of
        another best part are dropped.
        """
        common = common_beginning(part, self._before)
        if common < min(shared, len(self._before)):
            self._states = {at: state for at, state in self._states.items() if at <= common}
            self._before = self._before[: max(self._states, default=0)]
        # The last record is always replayed.
        usable = [at for at in self._states if at <= min(common, len(part) - 1)]
        if not usable:
            return 0, None
        return max(usable), self._states[max(usable)].fork()

    def is_due(self, place: int, part: Sequence[tuple[int, Step]], shared: int) -> bool:
        """Whether to make a checkpoint before a record."""
        apart = max(_LEAST_APART, len(part) // _MOST)
        last = len(self._before)
        return last + apart <= place <= shared and place % apart == 0 and len(self._states) < _MOST

    def add(self, place: int, part: Sequence[tuple[int, Step]], sides: OpenPair) -> None:
        """Make a checkpoint before a record."""
        self._before = list(part[:place])
        self._states[place] = sides.fork()


def common_beginning(one: Sequence[tuple[int, Step]], other: Sequence[tuple[int, Step]]) -> int:
    """How many records two parts have in common at their beginning."""
    for place, (first, second) in enumerate(zip(one, other, strict=False)):
        if first[1] is not second[1] or first[0] != second[0]:
            return place
    return min(len(one), len(other))
