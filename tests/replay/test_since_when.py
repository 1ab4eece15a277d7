"""Which facts explain each change of a trace along the lineage."""

from __future__ import annotations

from pathlib import Path

from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import differing_facts
from necp_replay.replay.since_when import since_when

TRACES = Path(__file__).parents[2] / "traces"
ALL = list(RELEASES.values())


def test_every_change_of_the_traces_about_facts_is_explained_by_a_fact_of_its_step() -> None:
    complaints = []
    for path in sorted((TRACES / "differences").glob("*.necptrace"))[::8]:
        for each in since_when(path, ALL).changes:
            old, new = RELEASES[each.change.old], RELEASES[each.change.new]
            known = {fact.name for fact in differing_facts(old, new)}
            complaints += [
                (path.stem, new.release, group.key)
                for group in each.groups
                if group.fact not in known
            ]
            if not each.groups:
                complaints.append((path.stem, new.release, "nothing"))
    assert not complaints


def test_of_one_record_only_what_explains_this_record_is_named() -> None:
    path = TRACES / "client" / "copy_result.necptrace"
    whole = next(each for each in since_when(path, ALL).changes if each.change.records > 1)
    first = whole.change.first
    alone = next(
        each
        for each in since_when(path, ALL, record=first).changes
        if each.change.new == whole.change.new
    )
    assert alone.change.records == 1
    assert {example.record for example in alone.report.examples} == {first}
    named = {group.fact for group in alone.groups}
    assert named <= {group.fact for group in whole.groups}
    assert named
