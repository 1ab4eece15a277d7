"""The differences between two releases are all there, and their traces show them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from necp_replay.diff.releases import DiffOptions, diff_trace
from necp_replay.releases.differences import DIFFERENCES, NEWER, OLDER, Difference
from necp_replay.releases.facts import differing_facts, find_release

TRACES = Path(__file__).parents[2] / "traces" / "differences"
SHOWN = sorted({trace for each in DIFFERENCES for trace in each.traces})


def found(trace: str) -> Path:
    return TRACES / f"{trace}.necptrace"


def _title(difference: Difference) -> str:
    return difference.title


def test_each_fact_that_differs_belongs_to_exactly_one_difference() -> None:
    facts = differing_facts(find_release(OLDER), find_release(NEWER))
    named = Counter(each.fact for each in DIFFERENCES if each.fact)
    assert named == Counter(fact.name for fact in facts)


@pytest.mark.parametrize("difference", DIFFERENCES, ids=_title)
def test_a_difference_has_a_fact_and_traces_or_a_reason(difference: Difference) -> None:
    if difference.traces:
        assert difference.fact and not difference.not_observable
    else:
        assert difference.not_observable.endswith(".")


@pytest.mark.parametrize("trace", SHOWN)
def test_a_trace_that_shows_a_difference_is_answered_differently(trace: str) -> None:
    diff = diff_trace(
        found(trace), trace, DiffOptions(find_release(OLDER), find_release(NEWER), NEWER)
    )
    assert (diff.error, diff.not_modelled) == (None, 0)
    assert diff.different > 0


@pytest.mark.parametrize("difference", [case for case in DIFFERENCES if case.traces], ids=_title)
def test_the_traces_of_a_difference_depend_on_its_fact(difference: Difference) -> None:
    newer = find_release(NEWER)
    older = replace(newer, **{difference.fact: getattr(find_release(OLDER), difference.fact)})
    options = DiffOptions(older, newer, NEWER)
    diffs = [diff_trace(found(trace), trace, options) for trace in difference.traces]
    assert {key for diff in diffs for key in diff.kinds} == {difference.fact}


def test_every_trace_of_differences_shows_one() -> None:
    assert sorted(path.stem for path in TRACES.glob("*.necptrace")) == SHOWN
