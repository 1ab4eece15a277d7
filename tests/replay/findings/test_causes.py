"""Groups of differences with the same likely fact are one cause."""

from __future__ import annotations

from necp_replay.outcomes.trace_report import KindCount, TraceReport
from necp_replay.replay.facts.likely_fact import LikelyFact
from necp_replay.replay.findings.causes import causes_of
from necp_replay.replay.findings.groups import Group

FACT = LikelyFact("remove_unknown_client_is_error", "True", "False", ("xnu-4570.41.2",))
OTHER = LikelyFact("has_reap_caches", "True", "False", ())


def test_groups_with_one_likely_fact_are_one_cause_at_the_place_of_the_first() -> None:
    one, two, three, four = (Group(key, begun=number) for number, key in enumerate("abcd", 1))
    facts = {"a": FACT, "b": OTHER, "d": FACT}

    causes = causes_of([one, two, three, four], facts)

    assert [cause.groups for cause in causes] == [(one, four), (two,), (three,)]
    assert [cause.fact for cause in causes] == [FACT, OTHER, None]
    assert [cause.begun for cause in causes] == [5, 2, 3]


def test_a_trace_with_several_kinds_of_a_cause_counts_once() -> None:
    both, neither, second = (TraceReport(f"{name}.necptrace", "r1") for name in "xyz")
    both.kinds = {"a": KindCount(), "b": KindCount()}
    second.kinds = {"b": KindCount()}
    (cause,) = causes_of([Group("a"), Group("b")], {"a": FACT, "b": FACT})
    assert cause.traces_among([both, neither, second]) == 2


def test_groups_without_a_likely_fact_are_causes_of_their_own() -> None:
    groups = [Group("a"), Group("b")]
    assert [cause.groups for cause in causes_of(groups, {})] == [(groups[0],), (groups[1],)]
