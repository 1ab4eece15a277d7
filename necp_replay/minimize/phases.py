"""The phases that make a part smaller and simpler, in order; ``minimize.py`` explains them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.events.inputs import Step
from necp_replay.minimize.delta_debugging import without_groups, without_windows
from necp_replay.minimize.groups import groups_of
from necp_replay.minimize.part_comparison import NumberedStep, PartComparison
from necp_replay.minimize.plain_forms import PLAIN_FORMS
from necp_replay.minimize.simpler_inputs import simpler_steps
from necp_replay.minimize.trials import Part, Trials
from necp_replay.tools.packed_keys import History

_LONG: Final = 256
"""If a slice has more records than this, large windows are removed first."""
_WINDOWS: Final = 64
"""The smallest of these windows is this part of the slice."""


@dataclass(slots=True)
class Phases:
    """One search, from the slice on. Each phase begins with the best part of the trials.

    ``sizes`` are the records that were left after each phase, and ``simpler`` counts the parts of
    inputs that were left out. ``plain`` is the result once its times and fds are those of a trace
    of its own.
    """

    trials: Trials
    history: History
    sizes: dict[str, int] = field(default_factory=dict)
    simpler: int = 0
    plain: Part | None = None

    def run(self, comparison: PartComparison) -> None:
        """Go through all phases."""
        if len(self.trials.best) > _LONG:
            smallest = len(self.trials.best) // _WINDOWS
            without_windows(self._earlier, self._first, smallest=smallest)
            self.note("windows of records")
        by_number = dict(self._earlier)
        groups = groups_of(self.history, by_number)
        without_groups(
            list(by_number),
            groups,
            lambda rows: self._first([(each, by_number[each]) for each in rest] for rest in rows),
        )
        self.note("groups of records")
        self._remove_records("single records")
        while self._simplify_each():
            self._remove_records("simpler inputs")
        self._make_plain(comparison)

    def note(self, phase: str) -> None:
        """Note what was left after a phase."""
        self.sizes[phase] = len(self.trials.best)

    @property
    def _earlier(self) -> Sequence[NumberedStep]:
        """The records before the one that differs, which is never left out."""
        return self.trials.best[:-1]

    def _first(self, rows: Iterator[list[NumberedStep]]) -> int | None:
        last = self.trials.best[-1]
        return self.trials.first_that_shows([*rest, last] for rest in rows)

    def _remove_records(self, phase: str) -> None:
        without_windows(self._earlier, self._first)
        self.note(phase)

    def _simplify_each(self) -> bool:
        """Make every input as simple as it can be. Returns whether one of them changed."""
        before = self.simpler
        place = 0
        while True:
            places: list[int] = []
            found = self.trials.first_that_shows(self._simpler(place, places))
            if found is None:
                return self.simpler != before
            self.simpler += 1
            place = places[found]

    def _simpler(self, begin: int, places: list[int]) -> Iterator[Part]:
        """The part with one input simpler, from a place on. Notes at which place each one is."""
        best = self.trials.best
        for place in range(begin, len(best)):
            number, step = best[place]
            for simpler in simpler_steps(step):
                places.append(place)
                yield [*best[:place], (number, simpler), *best[place + 1 :]]

    def _make_plain(self, comparison: PartComparison) -> None:
        """Give the part times, fds and ids of its own, if it shows the difference with them."""
        numbers = [number for number, _ in self.trials.best]
        plain = list(zip(numbers, comparison.adapted(self.trials.best), strict=True))
        if self.trials.first_that_shows([plain], is_plain=True) is None:
            return
        self.plain = plain
        for forms in PLAIN_FORMS:
            while self._try_forms(numbers, forms([step for _, step in self.plain])):
                self.plain = self.trials.best

    def _try_forms(self, numbers: Sequence[int], forms: Iterator[Sequence[Step]]) -> bool:
        rows = (list(zip(numbers, steps, strict=True)) for steps in forms)
        return self.trials.first_that_shows(rows, is_plain=True) is not None
