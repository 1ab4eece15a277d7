"""Reports the differences of a trace between two releases, each with the fact that explains it.

Theory of operation
-------------------
Machines with facts of both releases replay the trace in step (``counterfactuals.py``, which
explains the method). For each record, and for the final state, they give the effect of each fact
that makes neighbouring machines differ. Each effect becomes one difference, whose sides are the
outcomes before and after this fact changed. Then the difference goes to the collector, which finds
causes and followers (``findings/chains.py``).

Invariants: a record is reported only if the two releases differ there. A difference has one fact.
It has none where a machine in between cannot answer, and where an external engine differs from our
engine of the newer release.

Cost: that of the counterfactual replays, up to the last record that differs. Rendering and
comparing are done for effects only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import Engine
from necp_replay.events.equality import same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Absent, NotDetermined, Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.outcomes.compare import outcome_differences, rendered_differences
from necp_replay.outcomes.hidden_bytes import field_differences
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.record_difference import FINAL_TITLE, RecordDifference, Truth
from necp_replay.outcomes.render_input import kind_of_input, title
from necp_replay.outcomes.render_outcome import Rendered
from necp_replay.outcomes.render_snapshot import snapshot_nodes
from necp_replay.outcomes.snapshot_parts import differing_parts
from necp_replay.releases.profile import Profile
from necp_replay.replay.facts.counterfactuals import Counterfactuals, FactEffect, same_state
from necp_replay.replay.facts.known_answers import KnownAnswers, KnownAnswersMachine
from necp_replay.replay.findings.collector import DifferenceCollector
from necp_replay.trace.record_codec import NumberedRecord


@dataclass(frozen=True, slots=True)
class ToExplain:
    """What is left to explain after both releases have replayed a trace once.

    ``facts`` are those to distinguish. ``last_record`` is the last record that differs.
    ``final_state`` says that the final states differ too.
    """

    facts: frozenset[str]
    last_record: int
    final_state: bool = False
    answers: tuple[KnownAnswers, KnownAnswers] | None = None
    """The outcomes of both releases where they differ, None if there were too many to keep."""

    def may_differ(self, record: int) -> bool:
        """Whether the releases differ in a record, as far as is known."""
        return self.answers is None or record in self.answers[0].outcomes


class Attribution:
    """Passes the differences of a trace to a collector, one for each record and fact.

    ``after`` is the engine of the newer release if that is an external program. Where it differs
    from our engine of that release, no fact explains the difference. ``record_limit_s`` is how much
    processor time one record may take in each machine.
    """

    def __init__(
        self,
        old: Profile,
        new: Profile,
        wanted: ToExplain,
        collector: DifferenceCollector,
        after: Engine | None = None,
        record_limit_s: float | None = None,
    ) -> None:
        ends = None
        if wanted.answers is not None:
            first, last = wanted.answers
            ends = (KnownAnswersMachine(first), KnownAnswersMachine(last))
        self.counterfactuals = Counterfactuals(old, new, wanted.facts, ends, record_limit_s)
        self._wanted = wanted
        self._collector = collector
        self._after = after
        self._names = StableNames()

    def run(self, records: Iterable[NumberedRecord]) -> tuple[int, int]:
        """Replay the records up to the last one that differs.

        Returns the number of records whose differences rules expect completely, and the same of
        final states (0 or 1).
        """
        expected = expected_states = 0
        for number, step, _ in records:
            may_differ = self._wanted.may_differ(number)
            if may_differ:
                self.counterfactuals.begin()
            outcomes = self.counterfactuals.submit(step)
            self._names.learn(step)
            after = outcomes[-1] if self._after is None else self._after.submit(step)
            if may_differ and not _is_open(outcomes[0]) and not _is_open(after):
                kept = [
                    self._add_record(number, step, effect)
                    for effect in self._effects(outcomes, after)
                ]
                expected += bool(kept) and not any(kept)
            if number == self._wanted.last_record:
                break
        if self._wanted.final_state:
            kept = [self._add_final_state(effect) for effect in self._final_effects()]
            expected_states += bool(kept) and not any(kept)
        return expected, expected_states

    def _effects(self, outcomes: list[Outcome], after: Outcome) -> Iterator[FactEffect[Outcome]]:
        if same_whole(outcomes[0], after):
            return iter(())
        if same_whole(outcomes[-1], after):
            return self.counterfactuals.effects(outcomes)
        return iter((FactEffect(None, outcomes[0], after, is_asked=False),))

    def _final_effects(self) -> Iterator[FactEffect[Snapshot]]:
        states = self.counterfactuals.snapshots()
        after = states[-1] if self._after is None else self._after.snapshot()
        if same_state(states[-1], after):
            return self.counterfactuals.state_effects(states)
        return iter((FactEffect(None, states[0], after, is_asked=False),))

    def _add_record(self, number: int, step: Step, effect: FactEffect[Outcome]) -> bool:
        """Report a difference of a record. Returns False if rules expect all of it."""
        old, new = effect.old, effect.new
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
            fact=effect.fact,
        )
        return self._collector.add(found, begins=effect.is_asked)

    def _add_final_state(self, effect: FactEffect[Snapshot]) -> bool:
        """The same for the final states. What their text does not show is told field by field."""
        old, new = (
            Rendered("", snapshot_nodes(state, self._names, beyond_vectors=True))
            for state in differing_parts(effect.old, effect.new)
        )
        shown = rendered_differences(old, new)
        found = RecordDifference(
            None,
            FINAL_TITLE,
            FINAL_TITLE,
            Truth.RELEASE,
            shown or field_differences(effect.old, effect.new, Layer.RESULT),
            fact=effect.fact,
        )
        return self._collector.add(found, begins=effect.is_asked)


def _is_open(outcome: Outcome) -> bool:
    """Whether the outcome is not known: not modelled, or not determined."""
    return type(outcome.answer) in (Absent, NotDetermined)
