"""What differs between two releases, and the fact that explains each difference."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.events.equality import same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Absent, Outcome, Panicked
from necp_replay.events.processes import ProcAdd
from necp_replay.events.snapshot import Snapshot
from necp_replay.events.syscalls import NecpOpen
from necp_replay.kernel.machine import Machine
from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.releases.names import find_release
from necp_replay.releases.profile import Profile, differing_facts
from necp_replay.replay import two_releases as releases
from necp_replay.replay.two_releases import DiffOptions, diff_trace
from necp_replay.rules.book import RuleBook
from necp_replay.rules.table import rule_of
from necp_replay.trace.header import Header
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

OLD = find_release("xnu-4570.41.2")
NEW = find_release("xnu-4570.51.1")
FACTS = [fact.name for fact in differing_facts(OLD, NEW)]
TRACES = Path(__file__).parents[2] / "traces"
SHOWN = sorted((TRACES / "differences").glob("*.necptrace"))
LONG = sorted((TRACES / "measured" / NEW.release / "random").glob("*.necptrace"))[:3]
EVERYTHING = None


def diff(path: Path, old: Profile = OLD, new: Profile = NEW, **options: Any) -> TraceReport:
    options = {"keep": EVERYTHING, **options}
    report = diff_trace(path, path.stem, DiffOptions(old, new, new.release, **options))
    assert report.error is None
    return report


def steps_of(path: Path) -> list[Step]:
    with TraceReader(path) as reader:
        return [step for _, step, _ in reader]


def with_facts(profile: Profile, other: Profile, names: set[str]) -> Profile:
    changes: dict[str, Any] = {name: getattr(other, name) for name in names}
    return replace(profile, **changes)


def outcomes_under(profile: Profile, steps: list[Step]) -> list[Outcome]:
    machine = Machine(profile)
    return [machine.submit(step) for step in steps]


@pytest.mark.parametrize("path", [*SHOWN, *LONG], ids=lambda path: path.stem)
def test_each_fact_named_does_change_the_record_all_others_being_equal(path: Path) -> None:
    report = diff(path)
    steps = steps_of(path)
    order = [entry.name for entry in fields(Profile)]
    for fact in report.kinds:
        before = {name for name in FACTS if order.index(name) < order.index(fact)}
        without = outcomes_under(with_facts(OLD, NEW, before), steps)
        with_it = outcomes_under(with_facts(OLD, NEW, before | {fact}), steps)
        records = [each.record for each in report.examples if each.fact == fact]
        for record in filter(None, records):
            assert not same_whole(without[record - 1], with_it[record - 1])


@pytest.mark.parametrize("path", [*SHOWN, *LONG], ids=lambda path: path.stem)
def test_every_record_that_differs_has_a_fact_and_no_other_record_has(path: Path) -> None:
    report = diff(path)
    steps = steps_of(path)
    pairs = zip(outcomes_under(OLD, steps), outcomes_under(NEW, steps), strict=True)
    differing = {
        number
        for number, (old, new) in enumerate(pairs, 1)
        if not isinstance(old.answer, Absent)
        and not isinstance(new.answer, Absent)
        and not same_whole(old, new)
    }
    assert {each.record for each in report.examples if each.record} == differing
    assert all(each.fact is not None for each in report.examples)
    final = any(each.record is None for each in report.examples)
    assert (report.different, report.differing_states) == (len(differing), int(final))
    assert report.identical + report.not_modelled == len(steps) - len(differing)


@settings(max_examples=20, deadline=None)
@given(st.sets(st.sampled_from(FACTS)), st.sampled_from(SHOWN))
def test_only_facts_that_differ_explain_anything(facts: set[str], path: Path) -> None:
    report = diff(path, with_facts(NEW, OLD, facts), NEW)
    assert set(report.kinds) <= facts


def test_a_release_does_not_differ_from_itself() -> None:
    for path in SHOWN:
        report = diff(path, NEW, NEW)
        assert (report.different, report.examples) == (0, [])


def test_releases_the_other_way_round_differ_in_the_same_records() -> None:
    for path in SHOWN:
        there, back = diff(path), diff(path, NEW, OLD)
        assert there.kinds == back.kinds
        assert there.different == back.different


@pytest.mark.parametrize("path", LONG, ids=lambda path: path.stem)
def test_what_is_kept_in_memory_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = diff(path)
    monkeypatch.setattr(releases, "MOST_ANSWERS", 0)
    monkeypatch.setattr(releases, "KEPT_FILE_BYTES", 0)
    again = diff(path)
    assert kept.examples
    assert (again.examples, again.kinds) == (kept.examples, kept.kinds)


def test_a_difference_begins_where_its_fact_was_asked_and_later_ones_follow() -> None:
    report = diff(TRACES / "differences" / "raw_socket_disposed.necptrace")
    first, *others = report.examples
    assert first.title == "inpcb_dispose socket=icmp"
    assert first.chain.follows is None
    assert others
    assert {each.chain.follows for each in others} == {first.record}
    assert first.chain.followers == len(others)


def test_what_shows_only_later_begins_where_it_shows_first() -> None:
    report = diff(TRACES / "differences" / "defunct_marks_result_unread.necptrace")
    begins = [each for each in report.examples if each.chain.follows is None]
    assert [each.title.split()[0] for each in begins] == ["fd_poll"]


def test_two_facts_that_change_one_record_are_both_told() -> None:
    report = diff(TRACES / "differences" / "route_statistics_layout.necptrace")
    by_record: dict[int | None, list[RecordDifference]] = {}
    for each in report.examples:
        by_record.setdefault(each.record, []).append(each)
    facts = [[each.fact for each in found] for found in by_record.values()]
    assert ["route_statistics_layout", "route_statistics_report_route_flags"] in facts


def test_a_difference_of_the_final_state_alone_is_not_missed(tmp_path: Path) -> None:
    trace = TRACES / "differences" / "defunct_marks_result_unread.necptrace"
    steps = steps_of(trace)
    polled = next(at for at, step in enumerate(steps) if type(step.input).__name__ == "FdPoll")
    machines = [Machine(OLD), Machine(NEW)]
    for step in steps[:polled]:
        old, new = (machine.submit(step) for machine in machines)
        assert same_whole(old, new)
    path = tmp_path / "cut.necptrace"
    with TraceReader(trace) as reader, TraceWriter.create(path, reader.header) as writer:
        for number, step, outcome in reader:
            if number <= polled:
                writer.write(step, outcome)
    report = diff(path)
    (only,) = report.examples
    assert (only.record, only.title) == (None, "final state")
    assert only.fact == "defunct_marks_result_unread"
    assert (report.different, report.differing_states) == (0, 1)


def test_after_a_panic_of_one_side_nothing_is_compared() -> None:
    path = TRACES / "vulnerabilities" / "tfo_cookie_heap_overflow.necptrace"
    steps = steps_of(path)
    down = next(
        number
        for number, outcome in enumerate(outcomes_under(OLD, steps), 1)
        if isinstance(outcome.answer, Panicked)
    )
    report = diff(path)
    assert max(each.record or 0 for each in report.examples) == down
    assert all(each.record is not None for each in report.examples)
    assert report.not_modelled == len(steps) - down


class OddEngine:
    """Our engine, but for one answer."""

    def __init__(self, profile: Profile, odd_step: int) -> None:
        self._machine = Machine(profile)
        self._left = odd_step

    def submit(self, step: Step) -> Outcome:
        outcome = self._machine.submit(step)
        self._left -= 1
        return replace(outcome, errno=99, retval=None) if self._left == 0 else outcome

    def snapshot(self) -> Snapshot:
        return self._machine.snapshot()


def test_differences_of_an_external_program_have_no_fact_and_all_others_have() -> None:
    path = TRACES / "differences" / "remove_unknown_client.necptrace"
    report = diff(path, open_to=lambda _: OddEngine(NEW, 2))
    assert [(each.record, each.fact) for each in report.examples] == [
        (2, None),
        (5, "remove_unknown_client_is_error"),
    ]
    report = diff(path, open_to=lambda _: OddEngine(NEW, 5))
    assert [(each.record, each.fact) for each in report.examples] == [(5, None)]


def test_a_program_of_a_release_that_is_not_modelled_is_compared_without_facts() -> None:
    path = TRACES / "differences" / "remove_unknown_client.necptrace"
    options = DiffOptions(OLD, None, "xnu-9", open_to=lambda _: OddEngine(NEW, 0))
    report = diff_trace(path, path.stem, options)
    assert [(each.record, each.fact) for each in report.examples] == [(5, None)]


def test_rules_hide_what_they_expect_and_nothing_else() -> None:
    path = TRACES / "differences" / "route_statistics_layout.necptrace"
    table = {"action": "known", "reason": "so it was", "from": OLD.release}
    rule = rule_of({**table, "fact": "route_statistics_layout"}, 1, None)
    plain, ruled = diff(path), diff(path, rules=RuleBook((rule,)))
    assert set(ruled.kinds) == set(plain.kinds) - {"route_statistics_layout"}
    assert ruled.hidden[1] > 0
    assert ruled.different + ruled.expected == plain.different
    assert ruled.identical + ruled.different == plain.identical + plain.different


def test_every_observable_difference_is_found_in_its_own_traces() -> None:
    found = {fact for path in SHOWN for fact in diff(path).kinds}
    assert found == {each.name for each in differing_facts(OLD, NEW) if each.fact.traces}


def test_each_client_whose_parameters_only_one_release_reads_begins_a_chain() -> None:
    older, newer = find_release("xnu-4903.270.47"), find_release("xnu-6153.11.26")
    trace = TRACES / "measured" / newer.release / "named" / "x6153_resolver_tag.necptrace"
    refused = [
        each
        for each in diff(trace, older, newer).examples
        if each.fact == "client_parameters" and each.kind == "ADD"
    ]
    assert len(refused) > 1
    assert all(each.chain.follows is None for each in refused)


def test_a_state_that_differs_in_no_line_of_its_text_says_in_which_field(tmp_path: Path) -> None:
    path = tmp_path / "opened.necptrace"
    old, new = find_release("macos-11.3"), find_release("macos-12.0.1")
    with TraceWriter.create(path, Header(release=new.release, name="opened")) as writer:
        for event in (ProcAdd(100, "app"), NecpOpen(100)):
            writer.write(Step(event))
    report = diff(path, replace(new, clients_have_groups=old.clients_have_groups), new)
    assert [each.path for each in report.examples[0].fields] == ["fds[0].background"]
