"""The second reading of a trace that differs: each difference, with the fact that explains it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from necp_replay.engines.engine import Engine
from necp_replay.events.equality import same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Absent, Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.outcomes.compare import outcome_differences, rendered_differences
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.record_difference import FINAL_TITLE, RecordDifference, Truth
from necp_replay.outcomes.render_input import kind_of_input, title
from necp_replay.outcomes.render_outcome import Rendered
from necp_replay.outcomes.render_snapshot import snapshot_nodes
from necp_replay.outcomes.snapshot_parts import differing_parts
from necp_replay.releases.profile import Profile
from necp_replay.replay.facts.counterfactuals import Change, Ladder, same_state
from necp_replay.replay.facts.known_answers import KeptAnswers, KeptMachine
from necp_replay.replay.findings.collector import Collector
from necp_replay.trace.codec import NumberedRecord


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the first reading leaves to do: the facts to distinguish, and where differences end."""

    facts: frozenset[str]
    last_record: int
    final_state: bool = False
    answers: tuple[KeptAnswers, KeptAnswers] | None = None
    """What both releases answered where they differ; None where that was too much to keep."""


class Attribution:
    """Gives a collector the differences of a trace, one for each record and fact.

    ``after`` is the newer release's engine where that is a program; a difference of its own, one
    that our engine of that release does not have, has no fact.
    """

    def __init__(
        self,
        old: Profile,
        new: Profile,
        wanted: Wanted,
        collector: Collector,
        after: Engine | None = None,
    ) -> None:
        ends = None
        if wanted.answers is not None:
            first, last = wanted.answers
            ends = (KeptMachine(first), KeptMachine(last))
        self.ladder = Ladder(old, new, wanted.facts, ends)
        self._wanted = wanted
        self._collector = collector
        self._after = after
        self._names = StableNames()

    def run(self, records: Iterable[NumberedRecord]) -> tuple[int, int]:
        """Go through the trace's records as far as it differs.

        Returns of how many records rules expect all that differs, and of how many final states.
        """
        expected = expected_states = 0
        for number, step, _ in records:
            outcomes = self.ladder.submit(step)
            self._names.learn(step)
            after = outcomes[-1] if self._after is None else self._after.submit(step)
            if not _is_absent(outcomes[0]) and not _is_absent(after):
                kept = [
                    self._add_record(number, step, change)
                    for change in self._changes(outcomes, after)
                ]
                expected += bool(kept) and not any(kept)
            if number == self._wanted.last_record:
                break
        if self._wanted.final_state:
            kept = [self._add_final_state(change) for change in self._final_changes()]
            expected_states += bool(kept) and not any(kept)
        return expected, expected_states

    def _changes(self, outcomes: list[Outcome], after: Outcome) -> Iterator[Change[Outcome]]:
        if same_whole(outcomes[0], after):
            return iter(())
        if same_whole(outcomes[-1], after):
            return self.ladder.changes(outcomes)
        return iter((Change(None, outcomes[0], after, is_asked=False),))

    def _final_changes(self) -> Iterator[Change[Snapshot]]:
        states = self.ladder.snapshots()
        after = states[-1] if self._after is None else self._after.snapshot()
        if same_state(states[-1], after):
            return self.ladder.state_changes(states)
        return iter((Change(None, states[0], after, is_asked=False),))

    def _add_record(self, number: int, step: Step, change: Change[Outcome]) -> bool:
        """Report a difference of a record; False if rules expect all of it."""
        old, new = change.old, change.new
        if isinstance(old.answer, Snapshot) and isinstance(new.answer, Snapshot):
            before, after = differing_parts(old.answer, new.answer)
            old, new = replace(old, answer=before), replace(new, answer=after)
        differences = outcome_differences(step.input, old, new, self._names, beyond_vectors=True)
        event = step.input
        found = RecordDifference(
            number,
            title(event, self._names),
            kind_of_input(event),
            Truth.RELEASE,
            differences,
            fact=change.fact,
        )
        return self._collector.add(found, begins=change.is_asked)

    def _add_final_state(self, change: Change[Snapshot]) -> bool:
        """The same for the state after the last record."""
        old, new = (
            Rendered("", snapshot_nodes(state, self._names, beyond_vectors=True))
            for state in differing_parts(change.old, change.new)
        )
        found = RecordDifference(
            None,
            FINAL_TITLE,
            FINAL_TITLE,
            Truth.RELEASE,
            rendered_differences(old, new),
            fact=change.fact,
        )
        return self._collector.add(found, begins=change.is_asked)


def _is_absent(outcome: Outcome) -> bool:
    return type(outcome.answer) is Absent
