"""Asks, part by part, whether the difference is still there, and counts what that costs.

Parts are asked about in rows (``delta_debugging.py``). Answers that are kept from an earlier run
come first, in the order in which they were given: the search is the same, so they are about the
same parts. Several processes can try the parts of a row (``trial_processes.py``).

Invariant: the answers of a row are taken in its order, up to the first part that shows the
difference. So the result, what is kept and what is counted are the same for any number of
processes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import TypeAlias

from necp_replay.dataclass import dataclass
from necp_replay.minimize.effort import Effort
from necp_replay.minimize.forks import common_beginning
from necp_replay.minimize.kept_work import KeptWork, StaleWork
from necp_replay.minimize.part_comparison import NumberedStep, PartComparison
from necp_replay.minimize.target import OnRecords
from necp_replay.minimize.trial_processes import TrialProcesses
from necp_replay.minimize.trial_work import OpenTrials, TrialWork, TriesParts

Part: TypeAlias = "Sequence[NumberedStep]"


class OverBudget(Exception):
    """The search has had all the replays that it may have."""


@dataclass(frozen=True, slots=True)
class TrialLimits:
    """How the search asks.

    A part is replayed up to ``attempts`` times, until it shows the difference. ``most_replays`` is
    for the replays of this run; None for no limit. ``jobs`` is the number of processes here, and
    ``elsewhere`` opens others in their place.
    """

    attempts: int = 1
    most_replays: int | None = None
    jobs: int = 1
    elsewhere: OpenTrials | None = None


class Trials:
    """Tries parts. ``best`` is the last part that showed the difference.

    Use it as a context manager: leaving it ends the processes that it started.
    """

    def __init__(
        self,
        comparison: PartComparison,
        fingerprint: str,
        limits: TrialLimits,
        kept: KeptWork,
        work: Effort,
        on_records: OnRecords | None = None,
    ) -> None:
        self.best: Part = ()
        self.work = work
        self._comparison = comparison
        self._fingerprint = fingerprint
        self._limits = limits
        self._kept = kept
        self._on_records = on_records
        self._is_plain = False
        self._begun = self._done = 0
        self._is_over = False
        self._processes: TriesParts | None = None
        self._resources = ExitStack()

    def __enter__(self) -> Trials:
        """Enter the block in which parts are tried."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes."""
        self._resources.close()
        self._processes = None

    def share_out(self) -> None:
        """From now on parts are of the best one, and processes may try them."""
        limits = self._limits
        work = TrialWork(self._comparison, self._fingerprint, limits.attempts, dict(self.best))
        if limits.elsewhere is not None:
            self._processes = self._resources.enter_context(limits.elsewhere(work))
        elif limits.jobs > 1 and TrialProcesses.can_start():
            self._processes = self._resources.enter_context(TrialProcesses(limits.jobs, work))

    def first_that_shows(self, parts: Iterable[Part], *, is_plain: bool = False) -> int | None:
        """The place of the first part in a row that shows the difference. It is the best one then.

        ``is_plain`` is that of :meth:`.PartComparison.difference`. Raises OverBudget, and StaleWork
        if the answers of an earlier run turn out to be wrong.
        There is no budget for the first part that shows it.
        """
        place = 0
        row = iter(parts)
        for part in row:
            if not self._kept.has_next:
                break
            if self._take(part, self._kept.next(), is_plain=is_plain):
                return place
            place += 1
        else:
            return None
        self._check_resumed()
        self._begun = self._done
        for tried, answer in self._answers(self._within_budget(part, row), is_plain=is_plain):
            self._kept.add(answer)
            if self._on_records is not None:
                self._on_records(len(tried))
            self._done += answer or self._limits.attempts
            if self._take(tried, answer, is_plain=is_plain):
                return place
            place += 1
        if self._is_over:
            raise OverBudget
        return None

    def shows(self, part: Part, *, is_plain: bool = False) -> bool:
        """Whether one replay of a part shows the difference. It is not counted."""
        shared = common_beginning(part, self.best)
        shown = self._comparison.difference(part, is_plain=is_plain, shared=shared)
        return shown is not None and shown.fingerprint == self._fingerprint

    def _take(self, part: Part, answer: int, *, is_plain: bool) -> bool:
        replays = answer or self._limits.attempts
        self.work.replays += replays
        self.work.records += replays * len(part)
        if answer:
            self.best = list(part)
            self._is_plain = is_plain
        return bool(answer)

    def _check_resumed(self) -> None:
        """Right after the answers of an earlier run, replay the part that they led to."""
        if not self._kept.is_to_be_checked:
            return
        self._kept.is_to_be_checked = False
        again = range(self._limits.attempts)
        if self.best and not any(self.shows(self.best, is_plain=self._is_plain) for _ in again):
            raise StaleWork

    def _within_budget(self, first: Part, row: Iterator[Part]) -> Iterator[Part]:
        """The parts that may be tried, as if none of them showed the difference."""
        most = self._limits.most_replays
        part: Part | None = first
        while part is not None:
            if most is not None and self._begun >= most and self.best:
                self._is_over = True
                return
            self._begun += self._limits.attempts
            yield part
            part = next(row, None)

    def _answers(self, row: Iterator[Part], *, is_plain: bool) -> Iterator[tuple[Part, int]]:
        """Each part with the replay that showed the difference, counted from 1; 0 if none did."""
        if self._processes is not None:
            yield from self._processes.answers(row, self.best, is_plain=is_plain)
            return
        for part in row:
            answer = 0
            for attempt in range(1, self._limits.attempts + 1):
                if self.shows(part, is_plain=is_plain):
                    answer = attempt
                    break
            yield part, answer
