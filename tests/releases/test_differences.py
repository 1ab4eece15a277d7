"""The list of differences between two releases is complete, and traces show each one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from necp_replay.releases.differences import DIFFERENCES, NEWER, OLDER, Difference
from necp_replay.releases.facts import differing_facts, find_release
from necp_replay.replay.two_releases import DiffOptions, diff_trace
from tests.complaints import assert_none

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


def test_every_difference_has_traces_and_a_fact_or_a_reason_why_nothing_shows_it() -> None:
    assert_none(
        f"{difference.title}: {complaint}"
        for difference in DIFFERENCES
        for complaint in complaints_about(difference)
    )


def complaints_about(difference: Difference) -> Iterator[str]:
    """What is missing from a difference, or is there although it cannot be."""
    if difference.traces and not difference.fact:
        yield "traces show it, but it has no fact"
    if difference.traces and difference.not_observable:
        yield "traces show it, but it says why it cannot be observed"
    if not difference.traces and not difference.not_observable.endswith("."):
        yield "no trace shows it, and no sentence says why"


@pytest.mark.parametrize("trace", SHOWN)
def test_a_trace_that_shows_a_difference_is_answered_differently(trace: str) -> None:
    diff = diff_trace(
        found(trace), trace, DiffOptions(find_release(OLDER), find_release(NEWER), NEWER)
    )
    assert (diff.error, diff.not_modelled) == (None, 0)
    assert diff.different > 0


@pytest.mark.parametrize("difference", [case for case in DIFFERENCES if case.traces], ids=_title)
def test_the_traces_of_a_difference_depend_on_its_fact_alone(
    difference: Difference,
) -> None:
    newer = find_release(NEWER)
    older = replace(newer, **{difference.fact: getattr(find_release(OLDER), difference.fact)})
    options = DiffOptions(older, newer, NEWER)
    diffs = [diff_trace(found(trace), trace, options) for trace in difference.traces]
    assert {key for diff in diffs for key in diff.kinds} == {difference.fact}


def test_every_trace_in_the_folder_shows_a_difference() -> None:
    assert sorted(path.stem for path in TRACES.glob("*.necptrace")) == SHOWN
