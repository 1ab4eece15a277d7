"""Which differences begin a chain, and which are counted under an earlier one."""

from __future__ import annotations

import pytest

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.fingerprint import fingerprint_of
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.outcomes.trace_report import KindCount, TraceReport
from necp_replay.replay.findings.collector import (
    GROUPS_COUNTED,
    OTHER_GROUPS,
    DifferenceCollector,
)
from necp_replay.replay.findings.kept_examples import GROUPS_KEPT
from tests.outcomes.differing import record_difference


def difference(record: int | None, title: str, *, value: str = "ENOENT") -> RecordDifference:
    found = FieldDifference(Layer.RETURN, "status", "ok retval=0", value)
    return record_difference(record, title, [found])


def collect(*differences: RecordDifference, keep: int | None = None) -> TraceReport:
    report = TraceReport("t.necptrace", "xnu-4570.51.1")
    collector = DifferenceCollector(report, keep)
    for each in differences:
        collector.add(each)
    return report


def test_a_later_difference_of_the_same_client_follows_from_the_first() -> None:
    report = collect(
        difference(3, "necp_client_action REMOVE pid=100 fd=3 client=#1"),
        difference(5, "necp_client_action COPY_RESULT pid=200 fd=4 client=#1"),
    )
    first, second = report.examples
    assert (first.chain.follows, first.chain.followers) == (None, 1)
    assert second.chain.follows == 3


def test_another_client_of_the_same_fd_begins_a_chain_of_its_own() -> None:
    report = collect(
        difference(3, "necp_client_action REMOVE pid=100 fd=3 client=#1"),
        difference(4, "necp_client_action REMOVE pid=100 fd=3 client=#2"),
    )
    assert [each.chain.follows for each in report.examples] == [None, None]


def test_what_is_about_an_fd_alone_follows_from_what_differed_on_it() -> None:
    report = collect(
        difference(3, "necp_client_action REMOVE pid=100 fd=3 client=#1"),
        difference(4, "fd_poll pid=100 fd=3"),
        difference(5, "fd_poll pid=100 fd=4"),
    )
    assert [each.chain.follows for each in report.examples] == [None, 3, None]


def test_an_fd_follows_from_what_woke_it() -> None:
    woken = FieldDifference(Layer.EFFECTS, "effects", None, "{wake: pid=100 fd=3}")
    report = collect(
        record_difference(2, "inpcb_dispose socket=s1", [woken]),
        difference(3, "fd_poll pid=100 fd=3"),
        difference(4, "necp_client_action COPY_RESULT pid=100 fd=3 client=#1"),
    )
    assert [each.chain.follows for each in report.examples] == [None, 2, None]


@pytest.mark.parametrize(("fact", "follows"), [("a_fact", 3), (None, None)])
def test_a_client_follows_from_what_differed_on_its_fd_alone_where_a_fact_connects_them(
    fact: str | None, follows: int | None
) -> None:
    differences = [
        difference(3, "fd_poll pid=100 fd=3"),
        difference(4, "necp_client_action COPY_UPDATED_RESULT pid=100 fd=3 client=#1"),
        difference(5, "necp_client_action COPY_UPDATED_RESULT pid=100 fd=4 client=#2"),
    ]
    for each in differences:
        each.fact = fact
    assert [each.chain.follows for each in collect(*differences).examples] == [None, follows, None]


def test_a_difference_that_begins_a_chain_follows_from_no_other() -> None:
    report = TraceReport("t.necptrace", "xnu-4570.51.1")
    collector = DifferenceCollector(report, None)
    for record in (3, 4):
        again = difference(record, "necp_client_action REMOVE pid=100 fd=3 client=#1")
        collector.add(again, begins=True)
    collector.add(difference(5, "necp_client_action COPY_RESULT pid=100 fd=3 client=#1"))
    assert [each.chain.follows for each in report.examples] == [None, None, 4]


def test_the_final_state_follows_from_the_latest_chain() -> None:
    report = collect(
        difference(3, "necp_client_action REMOVE pid=100 fd=3 client=#1"),
        difference(7, "necp_client_action REMOVE pid=100 fd=3 client=#2"),
        difference(None, "final state"),
    )
    assert report.examples[-1].chain.follows == 7


def test_ids_in_differing_fields_connect_records() -> None:
    effect = FieldDifference(Layer.EFFECTS, "effects > agent_message", "client=#4", None)
    timer = record_difference(9, "timer_fire", [effect])
    report = collect(difference(3, "necp_client_action ADD pid=1 fd=3 client=#4"), timer)
    assert timer.chain.follows == 3
    (count,) = report.kinds.values()
    assert (count.begun, count.followed) == (1, 1)


def test_a_report_keeps_the_first_of_each_group_and_counts_all() -> None:
    titles = [f"necp_client_action REMOVE pid=100 fd=3 client=#{n}" for n in range(1, 8)]
    report = collect(*(difference(n, title) for n, title in enumerate(titles, 1)), keep=2)
    (count,) = report.kinds.values()
    assert count.begun == 7
    assert [each.record for each in report.examples] == [1, 2]


def test_a_fingerprint_leaves_out_where_a_difference_happened() -> None:
    one = FieldDifference(Layer.OUTPUT, "buffer", "0xab01", "0xcd")
    other = FieldDifference(Layer.OUTPUT, "buffer", "0x00", "0x77aa")
    assert fingerprint_of("REMOVE", [one]) == fingerprint_of("REMOVE", [other, one])
    assert fingerprint_of("REMOVE", [one]) != fingerprint_of("ADD", [one])


def test_a_fingerprint_says_which_error_became_which() -> None:
    one = FieldDifference(Layer.RETURN, "status", "ok retval=3", "ENOENT")
    same = FieldDifference(Layer.RETURN, "status", "ok retval=71", "ENOENT")
    other = FieldDifference(Layer.RETURN, "status", "ok retval=3", "EINVAL")
    assert fingerprint_of("COPY_RESULT", [one]) == fingerprint_of("COPY_RESULT", [same])
    assert fingerprint_of("COPY_RESULT", [one]) != fingerprint_of("COPY_RESULT", [other])


def test_groups_above_the_limit_are_counted_as_one() -> None:
    report = TraceReport("t.necptrace", "xnu-4570.51.1")
    collector = DifferenceCollector(report)
    total = GROUPS_COUNTED + 50
    for record in range(total):
        status = "".join(chr(ord("a") + int(digit)) for digit in str(record))
        collector.add(
            difference(record, f"copy_nexus_parameters client_id=#{record}", value=status)
        )
    assert len(report.kinds) == GROUPS_COUNTED + 1
    assert report.kinds[OTHER_GROUPS] == KindCount(begun=50)
    assert sum(count.begun for count in report.kinds.values()) == total
    assert len(report.examples) == GROUPS_KEPT
