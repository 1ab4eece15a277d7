"""The coverage of traces: the points each exercises, and the facts that change its outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import field, fields, replace
from typing import Any

from necp_replay.abi.aggregate_result import AGGREGATE_RESULT, AggregateLayout
from necp_replay.coverage.count_points import PointCounter
from necp_replay.coverage.points import POINTS, UNREACHABLE, Area, Point
from necp_replay.dataclass import dataclass
from necp_replay.engines.limited import LimitedMachine
from necp_replay.errors import UsageError
from necp_replay.events.equality import same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.names import canonical_tag, find_release
from necp_replay.releases.observed_profile import ObservedProfile
from necp_replay.releases.profile import Profile
from necp_replay.releases.span import span_of
from necp_replay.trace.find import FoundTrace
from necp_replay.trace.header import SourceKind
from necp_replay.trace.reader import TraceReader

WITNESSES = 3
"""How many traces are named for each point: the first that exercise it."""


@dataclass(slots=True)
class Coverage:
    """The points that traces exercise, how often, and by which traces (``witnesses``)."""

    traces: int = 0
    records: int = 0
    counts: dict[Point, int] = field(default_factory=dict)
    witnesses: dict[Point, list[str]] = field(default_factory=dict)

    def add(self, name: str, counts: Iterable[tuple[Point, int]]) -> None:
        """Add the counts of one trace."""
        for point, count in counts:
            self.counts[point] = self.counts.get(point, 0) + count
            names = self.witnesses.setdefault(point, [])
            if len(names) < WITNESSES:
                names.append(name)

    def missing(self) -> list[Point]:
        """The points that no trace exercises, without those that no input can reach."""
        return [p for p in POINTS if p not in self.counts and p not in UNREACHABLE]


def coverage_of(traces: Iterable[FoundTrace]) -> Coverage:
    """The coverage of traces with recorded outcomes. Raises TraceError."""
    coverage = Coverage()
    for trace in traces:
        add_trace(coverage, trace)
    return coverage


def add_trace(coverage: Coverage, trace: FoundTrace, record_limit_s: float | None = None) -> None:
    """Add one trace to the coverage. ``record_limit_s`` limits a record's processor time.

    A scenario counts with its outcomes on every release that it can run on, because goldens check
    them all. Of other traces, records of which not every outcome is known count with the engine's.
    A fact is exercised if changing it alone, to its value in another release, changes an outcome.
    Facts that an earlier trace exercised, or that nothing can observe, are not tried.
    """
    read = read_trace(trace, record_limit_s)
    coverage.traces += 1
    coverage.records += len(read.steps)
    coverage.add(trace.name, read.counts.items())
    for point in read.facts(coverage.counts):
        coverage.add(trace.name, [(point, 1)])


@dataclass(slots=True)
class ReadTrace:
    """The steps of a trace, and how often it exercises each point that is no fact.

    ``profile`` is the release that it was recorded on, None for one that is not modelled.
    """

    steps: list[Step]
    counts: Counter[Point]
    profile: Profile | None
    record_limit_s: float | None

    def facts(self, known: Container[Point]) -> list[Point]:
        """The facts that the trace exercises, but for those in ``known``, which are not tried."""
        if self.profile is None:
            return []
        found = _deciding_facts(self.steps, self.profile, known, self.record_limit_s)
        return [Point(Area.RELEASE_FACT, fact) for fact in found]


def read_trace(trace: FoundTrace, record_limit_s: float | None = None) -> ReadTrace:
    """Read a trace, and count the points in its outcomes. Raises TraceError."""
    counter = PointCounter()
    steps = []
    with TraceReader(trace.path) as reader:
        release = canonical_tag(reader.header.release)
        layout = _match_result_of(release)
        is_scenario = reader.header.source_kind is SourceKind.SCENARIO
        runs_on = span_of(reader.header.properties).modelled()
        replayed = {*runs_on} - {release} if is_scenario else set()
        if reader.read_index().outcomes < reader.read_index().records:
            replayed.add(release)
        for _, step, outcome in reader:
            steps.append(step)
            if outcome is not None:
                counter.add(step, outcome, layout)
    for profile in RELEASES.values():
        if profile.release in replayed:
            machine = LimitedMachine(profile, record_limit_s)
            machine.make_missing_ids()
            for step in steps:
                counter.add(step, machine.submit(step), profile.match_result)
    recorded_on = find_release(release) if release in RELEASES else None
    return ReadTrace(steps, counter.seen, recorded_on, record_limit_s)


def _match_result_of(release: str) -> AggregateLayout:
    """What ``necp_match_policy`` writes in a release; in one that is not known, the shortest."""
    try:
        return find_release(release, under_way=True).match_result
    except UsageError:
        return AGGREGATE_RESULT


def _deciding_facts(
    steps: list[Step], profile: Profile, known: Container[Point], record_limit_s: float | None
) -> list[str]:
    observed = ObservedProfile.of(profile)
    machine = LimitedMachine(observed, record_limit_s)
    outcomes = [machine.submit(step) for step in steps]
    # A fact that the engine does not ask for changes nothing.
    wanted = sorted(each for each in observed.asked if _is_wanted(each, known))
    tried: set[tuple[str, Any]] = set()
    found: list[str] = []
    for other in RELEASES.values():
        untried = [
            (name, value)
            for name in wanted
            if name not in found
            and (value := getattr(other, name)) != getattr(profile, name)
            and (name, value) not in tried
        ]
        # If all facts together change nothing, trying them one by one is not worth the time.
        if not untried or not _differs(steps, outcomes, other, record_limit_s):
            continue
        tried.update(untried)
        for name, value in untried:
            changed: dict[str, Any] = {name: value}
            if _differs(steps, outcomes, replace(profile, **changed), record_limit_s):
                found.append(name)
    return found


def _is_wanted(name: str, known: Container[Point]) -> bool:
    fact = Point(Area.RELEASE_FACT, name)
    return fact not in known and fact not in UNREACHABLE


def _differs(
    steps: list[Step], outcomes: list[Outcome], profile: Profile, record_limit_s: float | None
) -> bool:
    machine = LimitedMachine(profile, record_limit_s)
    machine.make_missing_ids()
    return any(
        not same_whole(outcome, machine.submit(step))
        for step, outcome in zip(steps, outcomes, strict=True)
    )


assert {each.name for each in fields(Profile)} >= {
    point.name for point in POINTS if point.area is Area.RELEASE_FACT
}
