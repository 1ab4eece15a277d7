"""The trial of one part of a trace in another process, and what that process is sent for it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol, TypeAlias

from necp_replay.dataclass import dataclass
from necp_replay.events.inputs import Step
from necp_replay.minimize.forks import common_beginning
from necp_replay.minimize.part_comparison import NumberedStep, PartComparison


class PartMessage(NamedTuple):
    """A part: the numbers of its records, and the steps that are not those of the trace.

    ``is_plain`` and ``shared`` are those of :meth:`.PartComparison.difference`.
    """

    is_plain: bool
    shared: int
    numbers: array[int]
    changed: dict[int, Step]


@dataclass(frozen=True, slots=True)
class TrialWork:
    """What a process needs to try any part: it is the same for all parts of a search.

    It can be pickled if the engines of the comparison can.
    """

    comparison: PartComparison
    fingerprint: str
    attempts: int
    steps: Mapping[int, Step]

    def message(
        self, part: Sequence[NumberedStep], best: Sequence[NumberedStep], *, is_plain: bool
    ) -> PartMessage:
        """What is sent of a part; ``best`` is the one from which it was made."""
        shared = common_beginning(part, best)
        changed = {number: step for number, step in part if self.steps.get(number) is not step}
        return PartMessage(is_plain, shared, array("Q", (number for number, _ in part)), changed)

    def answer(self, message: PartMessage, is_wanted: Callable[[], bool] = lambda: True) -> int:
        """The replay of a part that showed the difference, from 1; 0 if none did.

        Raises what an engine raises. It ends early once ``is_wanted`` is false.
        """
        changed, steps = message.changed, self.steps
        part = [(number, changed.get(number) or steps[number]) for number in message.numbers]
        for attempt in range(1, self.attempts + 1):
            shown = self.comparison.difference(
                part, is_plain=message.is_plain, shared=message.shared, is_wanted=is_wanted
            )
            if shown is not None and shown.fingerprint == self.fingerprint:
                return attempt
            if not is_wanted():
                break
        return 0


class TriesParts(Protocol):
    """Other processes, on this machine or elsewhere, that try the parts of a row."""

    def answers(
        self,
        row: Iterator[Sequence[NumberedStep]],
        best: Sequence[NumberedStep],
        *,
        is_plain: bool,
    ) -> Iterator[tuple[Sequence[NumberedStep], int]]:
        """Each part of a row, in order, with the replay that showed the difference; 0 if none did.

        ``best`` is the best part so far, from which those of the row are made. No further parts are
        tried when the caller stops iterating. Raises what an engine raises.
        """


OpenTrials: TypeAlias = "Callable[[TrialWork], AbstractContextManager[TriesParts]]"
"""Opens processes for the parts of one search. Leaving the block ends their work."""
