"""Rules remove fields from the differences of a trace, or expect them as a whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.fingerprint import fingerprint_of
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import RecordDifference, Truth
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.collector import DifferenceCollector
from necp_replay.rules.book import RuleBook
from necp_replay.rules.table import rule_of
from tests.outcomes.differing import record_difference

NEW = "xnu-4570.51.1"

STATUS = ("status", "ok retval=0", "ENOENT")
LENGTH = ("length", "100", "104")
FLAGS = ("flags", "0x1", "0x2")
FINAL = "final state"


def remove(client: int, record: int = 1) -> tuple[int, str]:
    return record, f"necp_client_action REMOVE pid=1 fd=3 client=#{client}"


def difference(
    place: tuple[int | None, str],
    *fields: tuple[str, str | None, str | None],
    truth: Truth = Truth.RECORDED,
    layer: Layer = Layer.RETURN,
) -> RecordDifference:
    found = [FieldDifference(layer, *field) for field in fields]
    return record_difference(*place, found, truth)


def rules(*tables: dict[str, Any]) -> RuleBook:
    return RuleBook(
        tuple(
            rule_of({"reason": "because", **table}, number, None)
            for number, table in enumerate(tables, 1)
        )
    )


def collect(book: RuleBook, *differences: RecordDifference) -> TraceReport:
    report = TraceReport("t.necptrace", NEW)
    collector = DifferenceCollector(report, None, book.for_replay("area/t", NEW))
    for each in differences:
        report.different += collector.add(each)
    return report


ALL_THREE = fingerprint_of(
    "REMOVE", [FieldDifference(Layer.RETURN, *field) for field in (STATUS, LENGTH, FLAGS)]
)
WITHOUT_FLAGS = fingerprint_of(
    "REMOVE", [FieldDifference(Layer.RETURN, *field) for field in (STATUS, LENGTH)]
)
IGNORE_FLAGS = {"action": "ignored", "field": "flags"}


@pytest.mark.parametrize(
    ("tables", "left"),
    [
        pytest.param([], ["status", "length", "flags"], id="no rule"),
        pytest.param([IGNORE_FLAGS], ["status", "length"], id="ignored field"),
        pytest.param([{"action": "ignored", "record": "rem*"}], [], id="ignored record"),
        pytest.param(
            [{"action": "ignored", "record": "ADD"}],
            ["status", "length", "flags"],
            id="another record",
        ),
        pytest.param(
            [{"action": "ignored", "trace": "other/*"}],
            ["status", "length", "flags"],
            id="another trace",
        ),
        pytest.param(
            [{"action": "ignored", "trace": "area/*", "release": "another"}],
            ["status", "length", "flags"],
            id="another release",
        ),
        pytest.param(
            [{"action": "ignored", "trace": "area/*", "from": NEW}],
            ["status", "length", "flags"],
            id="a rule for diff",
        ),
        pytest.param(
            [{"action": "ignored", "layer": "effects"}],
            ["status", "length", "flags"],
            id="another layer",
        ),
        pytest.param(
            [{"action": "tolerated", "tolerance": 4, "record": "REMOVE"}],
            ["status", "flags"],
            id="close enough",
        ),
        pytest.param(
            [{"action": "tolerated", "tolerance": 3, "record": "REMOVE"}],
            ["status", "length", "flags"],
            id="too far",
        ),
        pytest.param(
            [
                {"action": "tolerated", "tolerance": 3, "record": "REMOVE"},
                {"action": "ignored", "field": "length"},
            ],
            ["status", "flags"],
            id="a field that is too far is left to later rules",
        ),
        pytest.param([{"action": "known", "fingerprint": ALL_THREE}], [], id="known"),
        pytest.param(
            [{"action": "known", "field": ["status", "length"]}],
            ["status", "length", "flags"],
            id="not known, because one field does not match",
        ),
        pytest.param(
            [IGNORE_FLAGS, {"action": "known", "field": ["status", "length"]}],
            [],
            id="known, except for an ignored field",
        ),
        pytest.param(
            [IGNORE_FLAGS, {"action": "known", "fingerprint": WITHOUT_FLAGS}],
            [],
            id="known by the fingerprint after an ignored field",
        ),
        pytest.param(
            [IGNORE_FLAGS, {"action": "known", "fingerprint": ALL_THREE}],
            [],
            id="known by the original fingerprint",
        ),
        pytest.param(
            [{"action": "exact", "field": "flags"}, {"action": "ignored", "record": "REMOVE"}],
            ["flags"],
            id="exact before ignored",
        ),
        pytest.param(
            [{"action": "ignored", "record": "REMOVE"}, {"action": "exact", "field": "flags"}],
            [],
            id="exact after ignored",
        ),
        pytest.param(
            [{"action": "exact", "field": "flags"}, {"action": "known", "record": "REMOVE"}],
            ["status", "length", "flags"],
            id="not known, because one field is exact",
        ),
    ],
)
def test_rules_leave_the_other_fields(tables: list[dict[str, Any]], left: list[str]) -> None:
    report = collect(rules(*tables), difference(remove(1), STATUS, LENGTH, FLAGS))
    shown = [field.path for each in report.examples for field in each.fields]
    assert shown == left
    assert (report.different, report.expected) == ((1, 0) if left else (0, 1))


def test_each_rule_that_hid_something_counts_the_record_once() -> None:
    book = rules(
        IGNORE_FLAGS,
        {"action": "tolerated", "tolerance": "4%", "field": "*"},
        {"action": "known", "field": "status"},
        {"action": "ignored", "field": "*"},
    )
    report = collect(book, difference(remove(1), STATUS, LENGTH, FLAGS))
    assert report.hidden == {1: 1, 2: 1, 3: 1}


def test_the_fingerprint_is_that_of_the_remaining_fields() -> None:
    report = collect(rules(IGNORE_FLAGS), difference(remove(1), STATUS, LENGTH, FLAGS))
    assert list(report.kinds) == [WITHOUT_FLAGS]


KNOWN = {"action": "known", "record": "REMOVE", "field": "status"}


def test_followers_of_a_known_difference_count_for_its_rule() -> None:
    report = collect(
        rules(KNOWN),
        difference(remove(1), STATUS),
        difference((2, "necp_client_action COPY_RESULT pid=1 fd=3 client=#1"), LENGTH),
        difference((None, FINAL), ("fd[pid=1 fd=3] > client", "#1", None)),
    )
    assert (report.different, report.expected, report.hidden) == (0, 2, {1: 3})
    assert report.expected_apart == 1


def test_an_exact_difference_does_not_follow_from_a_known_one() -> None:
    report = collect(
        rules({"action": "exact", "record": "final state"}, KNOWN),
        difference(remove(1), STATUS),
        difference((None, FINAL), ("fd[pid=1 fd=3] > client", "#1", None)),
    )
    assert (report.different, report.expected, report.hidden) == (1, 1, {2: 1})
    (final,) = report.examples
    assert (final.title, final.chain.follows) == (FINAL, None)


def test_a_known_difference_is_not_counted_as_a_follower_of_an_unknown_one() -> None:
    report = collect(
        rules(KNOWN),
        difference((1, "necp_client_action ADD pid=1 fd=3 client=#1"), LENGTH),
        difference(remove(1, 2), STATUS),
        difference((3, "necp_client_action COPY_RESULT pid=1 fd=3 client=#1"), LENGTH),
    )
    assert (report.different, report.expected, report.hidden) == (2, 1, {1: 1})
    assert [each.chain.followers for each in report.examples] == [1, 0]


@pytest.mark.parametrize("golden", [True, False])
def test_a_record_that_differs_from_recording_and_golden_is_expected_once(golden: bool) -> None:
    found = [STATUS] if golden else [STATUS, LENGTH]
    report = collect(
        rules({"action": "ignored", "field": "status"}),
        difference(remove(1), STATUS),
        difference(remove(1), *found, truth=Truth.GOLDEN),
    )
    assert report.hidden == {1: 1}
    assert (report.different, report.expected) == ((0, 1) if golden else (1, 0))


FIELDS = st.lists(st.sampled_from([STATUS, LENGTH, FLAGS]), unique=True, min_size=1)
PLACES = st.tuples(st.none() | st.integers(1, 9), st.sampled_from([remove(1)[1], FINAL]))
TABLES = st.lists(
    st.fixed_dictionaries(
        {
            "action": st.sampled_from(["exact", "ignored", "known"]),
            "field": st.sampled_from(["status", "length", "*", "*s"]),
        },
        optional={"record": st.sampled_from(["REMOVE", "final*", "ADD"])},
    ),
    max_size=4,
)


@given(TABLES, st.lists(st.tuples(PLACES, FIELDS), max_size=8))
def test_every_difference_is_reported_or_counted_as_expected(
    tables: list[dict[str, Any]],
    found: list[tuple[tuple[int | None, str], list[tuple[str, str, str]]]],
) -> None:
    report = TraceReport("t", NEW)
    collector = DifferenceCollector(report, None, rules(*tables).for_replay("t", NEW))
    for number, ((record, title), fields) in enumerate(found, 1):
        place = (None if record is None else number, title)
        report.different += collector.add(difference(place, *fields))
    expected = report.expected + report.expected_apart
    assert report.different + expected == len(found)
    assert len(report.examples) == report.different
    assert sum(c.begun + c.followed for c in report.kinds.values()) == report.different
    assert not tables or sum(report.hidden.values()) >= expected
