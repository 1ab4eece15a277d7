"""Every release states its change as facts, and traces show each fact that can be observed."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from necp_replay.releases.fact import shown_value
from necp_replay.releases.lineage import LINEAGE, RELEASES, changed_in, path, steps
from necp_replay.releases.profile import FACT_NAMES, differing_facts, facts
from necp_replay.releases.published import PUBLISHED, VERSIONS
from necp_replay.releases.span import span_of
from necp_replay.releases.under_way import UNDER_WAY
from necp_replay.replay.two_releases import DiffOptions, diff_trace
from necp_replay.trace.reader import TraceReader
from tests.complaints import assert_none

TRACES = Path(__file__).parents[2] / "traces" / "differences"
STEPS = [(release.parent, tag) for tag, release in LINEAGE.items() if release.parent is not None]
CHANGES = [
    (old, new, fact.fact)
    for old, new in STEPS
    for fact in differing_facts(RELEASES[old], RELEASES[new])
]
LATER = {tag: entry.release for tag, entry in UNDER_WAY.items()}
PROFILES = RELEASES | {tag: release.profile for tag, release in LATER.items()}
LATER_STEPS = [
    (release.parent, tag) for tag, release in LATER.items() if release.parent is not None
]
LATER_CHANGES = [
    (old, new, fact.fact)
    for old, new in LATER_STEPS
    for fact in differing_facts(PROFILES[old], PROFILES[new])
]
TOLD = {
    new
    for _, new in LATER_STEPS
    if all(fact.traces or fact.not_observable for _, tag, fact in LATER_CHANGES if tag == new)
}
"""Releases under way of which every change has its traces, which are held to it."""
SHOWN = sorted({trace for fact in facts().values() for trace in fact.traces})


def found(trace: str) -> Path:
    return TRACES / f"{trace}.necptrace"


def test_every_value_of_a_fact_has_a_text() -> None:
    assert_none(
        f"{name} in {tag}"
        for tag, profile in PROFILES.items()
        for name in FACT_NAMES
        if not isinstance(shown_value(getattr(profile, name)), str)
    )


def test_a_parent_comes_before_its_children() -> None:
    tags = list(LINEAGE)
    assert all(tags.index(old) < tags.index(new) for old, new in STEPS)


def test_every_release_is_a_published_version() -> None:
    assert set(LINEAGE) <= set(VERSIONS)
    assert {entry.version for entry in PUBLISHED.values()} == set(VERSIONS)


def test_a_path_leads_over_the_parents_in_both_directions() -> None:
    first, *_, last = LINEAGE
    forwards = path(first, last)
    assert (forwards[0], forwards[-1]) == (first, last)
    assert path(last, first) == forwards[::-1]
    assert path(first, first) == [first]
    assert set(steps(first, last)) <= set(STEPS)


def test_every_fact_changes_in_some_release_or_is_the_same_in_all() -> None:
    first, *_, last = LINEAGE
    for fact in FACT_NAMES:
        values = [getattr(RELEASES[tag], fact) for tag in path(first, last)]
        changes = sum(before != after for before, after in itertools.pairwise(values))
        assert len(changed_in(fact, first, last)) == changes


def test_a_fact_that_changes_has_traces_or_a_reason() -> None:
    assert_none(
        f"{new} {fact.name}: needs either traces that show it or a reason why nothing can"
        for _, new, fact in CHANGES
        if bool(fact.traces) == bool(fact.not_observable)
    )


def test_a_change_without_a_fact_says_why_it_has_none() -> None:
    assert_none(
        f"{release.tag} {change.title}: the reason is no sentence"
        for release in LINEAGE.values()
        for change in release.unseen
        if not change.reason.endswith(".")
    )


def test_a_fact_says_what_each_value_means_that_a_release_has() -> None:
    assert_none(
        f"{tag} {name}: no meaning for {getattr(profile, name)!r}"
        for tag, profile in RELEASES.items()
        for name, fact in facts().items()
        if fact.meanings and getattr(profile, name) not in fact.meanings
    )


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        (old, new, fact.name)
        for old, new, fact in CHANGES + LATER_CHANGES
        if fact.traces and (new in RELEASES or new in TOLD)
    ],
)
def test_the_traces_of_a_fact_depend_on_it(old: str, new: str, name: str) -> None:
    newer = PROFILES[new]
    older = replace(newer, **{name: getattr(PROFILES[old], name)})
    options = DiffOptions(older, newer, new)
    diffs = [diff_trace(found(trace), trace, options) for trace in facts()[name].traces]
    assert {key for diff in diffs for key in diff.kinds} == {name}


@pytest.mark.parametrize("trace", SHOWN)
def test_a_trace_that_shows_a_fact_is_answered_differently_in_some_step(trace: str) -> None:
    with TraceReader(found(trace)) as reader:
        span = span_of(reader.header.properties)
    different = 0
    for old, new in STEPS + LATER_STEPS:
        if span.includes(old) and span.includes(new):
            diff = diff_trace(found(trace), trace, DiffOptions(PROFILES[old], PROFILES[new], new))
            assert (diff.error, diff.not_modelled) == (None, 0)
            different += diff.different
    assert different > 0


def test_every_trace_of_differences_shows_a_fact() -> None:
    assert sorted(path.stem for path in TRACES.glob("*.necptrace")) == SHOWN


def test_of_a_set_only_what_differs_is_told() -> None:
    old, new = RELEASES["xnu-4903.270.47"], RELEASES["xnu-6153.11.26"]
    (fact,) = [each for each in differing_facts(old, new) if each.name == "client_actions"]
    assert fact.change == "+CLAIM, +SIGN"
    assert (fact.old_meaning, fact.new_meaning) == ("without CLAIM, SIGN", "with CLAIM, SIGN")
    (back,) = [each for each in differing_facts(new, old) if each.name == "client_actions"]
    assert back.change == "-CLAIM, -SIGN"
