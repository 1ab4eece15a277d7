"""Finds the difference to minimize: the first one of a trace, or one that is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field, replace
from pathlib import Path
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import EngineError, UsageError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.golden.reader import GoldenReader
from necp_replay.golden.stanza import Stanza
from necp_replay.golden.version_2 import title_in
from necp_replay.golden.versions import VERSION, VERSIONS
from necp_replay.minimize.final_state import FINAL_STEP, loses_state, state_of
from necp_replay.minimize.part_comparison import Pair, PartComparison, ShownDifference
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.passed_text import passed_text
from necp_replay.outcomes.render_input import title
from necp_replay.outcomes.render_outcome import Rendered, render_outcome
from necp_replay.tools.packed_keys import History
from necp_replay.trace.reader import TraceReader


class DifferenceNotFound(UsageError):
    """The wanted difference is not there."""


OnRecords = Callable[[int], None]
PROGRESS_RECORDS: Final = 1024
"""Progress is told after this many records."""


@dataclass(slots=True)
class Target:
    """The difference to keep.

    ``expected`` is the expected outcome where no engine gives it. ``is_final_state`` says that only
    the final state differs: then the target is a snapshot after the last record.
    """

    difference: ShownDifference
    step: Step
    expected: Outcome | Rendered | None
    names: StableNames
    records: int = 0
    is_final_state: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which difference: that of a record, the first with a fingerprint, or the first of all."""

    record: int | None = None
    fingerprint: str | None = None

    def is_met_by(self, difference: ShownDifference) -> bool:
        """Whether a difference is the wanted one."""
        return self.record in (None, difference.record) and self.fingerprint in (
            None,
            difference.fingerprint,
        )

    def __str__(self) -> str:
        """The wanted difference, as part of a sentence."""
        parts = []
        if self.record is not None:
            parts.append(f"record {self.record:,} does not differ")
        if self.fingerprint is not None:
            parts.append(f"nothing differs with fingerprint {self.fingerprint}")
        return " or ".join(parts) or "nothing differs"


def find_target(
    path: Path,
    reader: TraceReader,
    pair: Pair,
    wanted: Wanted,
    golden: Path | None = None,
    on_records: OnRecords | None = None,
) -> Target:
    """Replay the trace up to the wanted difference.

    With ``golden``, what it has of each record is expected. Raises DifferenceNotFound if there is
    no such difference, UsageError for a golden of other records, GoldenError for one that cannot be
    read.
    """
    search = _TargetSearch(pair, wanted)
    if golden is None:
        found = search.run(reader, None, on_records)
    else:
        with GoldenReader(golden) as accepted:
            found = search.run(reader, accepted, on_records)
    if found is None:
        hint = (
            "`necp-replay replay` and `necp-replay diff` show what differs. With --golden DIR the"
            " golden is compared, also where outcomes are recorded."
        )
        reason = str(wanted)
        if wanted.record is not None and wanted.record > search.records:
            reason = "the final state does not differ"
            if wanted.record > search.records + 1:
                reason = f"there is no record {wanted.record:,}: the trace has {search.records:,}"
        raise DifferenceNotFound(reason, file=str(path), hint=hint)
    return found


@dataclass(slots=True)
class _TargetSearch:
    """One replay of the trace."""

    pair: Pair
    wanted: Wanted
    records: int = 0
    """How many were replayed."""
    names: StableNames = field(default_factory=StableNames)

    def run(
        self, reader: TraceReader, golden: GoldenReader | None, on_records: OnRecords | None
    ) -> Target | None:
        comparison = PartComparison(self.pair, self.names, History())
        expecting = None if self.pair.expected is None else self.pair.expected()
        actual = self.pair.actual()
        has_state = True
        stanzas = None if golden is None else iter(golden)
        records = 0
        for records, step, recorded in reader:
            named_before = self.names.count
            self.names.learn(step)
            expected: Outcome | Rendered | None = recorded
            if golden is not None and stanzas is not None:
                stanza = next(stanzas, None)
                if stanza is None or not self._is_of(stanza, golden, step, named_before):
                    raise self._of_other_records(golden, records)
                expected = stanza.rendered()
            elif expecting is not None:
                before = expected = expecting.submit(step)
                has_state = has_state and not loses_state(expecting, before)
            try:
                after = actual.submit(step)
                shown = comparison.compare(records, step, expected, after)
                has_state = has_state and not loses_state(actual, after)
            except EngineError as error:
                shown = comparison.failure(records, step, expected, error)
                if not self.wanted.is_met_by(shown):
                    raise
            if shown is not None and self.wanted.is_met_by(shown):
                return Target(
                    shown,
                    step,
                    None if expecting is not None else expected,
                    self.names,
                    records,
                )
            self.records = records
            if records == self.wanted.record:
                return None
            if on_records is not None and records % PROGRESS_RECORDS == 0:
                on_records(PROGRESS_RECORDS)
        if not records or not has_state or self.wanted.record not in (None, records + 1):
            return None
        step = FINAL_STEP
        after = state_of(actual)
        state: Outcome | Rendered | None = None
        if stanzas is not None and golden is not None:
            state = self._final_state(stanzas, golden, step, after)
        elif expecting is not None:
            state = state_of(expecting)
        shown = comparison.compare(records + 1, step, state, after)
        if shown is None or not self.wanted.is_met_by(shown):
            return None
        expected = None if expecting is not None else state
        return Target(shown, step, expected, self.names, records, is_final_state=True)

    def _final_state(
        self, stanzas: Iterator[Stanza], golden: GoldenReader, step: Step, after: Outcome
    ) -> Rendered:
        """The final state of a golden, as the outcome of a snapshot.

        Raises UsageError for a golden with more records than the trace.
        """
        stanza = next(stanzas, None)
        if stanza is not None:
            raise self._of_other_records(golden, stanza.number)
        actual = render_outcome(step.input, after, self.names)
        return replace(actual, nodes=golden.final.nodes())

    def _of_other_records(self, golden: GoldenReader, record: int) -> UsageError:
        return UsageError(
            f"the golden has other records than the trace, from record {record:,} on",
            file=str(golden.path),
            hint="Minimize against a release: --from R1 --to R2.",
        )

    def _is_of(self, stanza: Stanza, golden: GoldenReader, step: Step, named_before: int) -> bool:
        """Whether a record of the golden has this input."""
        if stanza.title != title_in(title(step.input, self.names), VERSION, golden.version):
            return False
        if not VERSIONS[golden.version].shows_passed:
            return True
        return stanza.passed == passed_text(step, self.names, named_before)
