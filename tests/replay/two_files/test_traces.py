"""Two traces compared: what differs is reported, and renamed ids are not a difference."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.errors import TraceError
from necp_replay.events.effects import KernelPointerLeak, Log
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.processes import ProcAdd
from necp_replay.events.syscalls import Close
from necp_replay.events.unmeasured import with_unmeasured
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import FilePlace, RecordDifference
from necp_replay.replay.two_files.comparison import FileDiff, FileOptions, KindCounts
from necp_replay.replay.two_files.traces import diff_traces
from necp_replay.trace.header import OutcomeDetail
from tests.examples import examples
from tests.replay.two_files.id_traces import Call, Record, add, copy, played, write


@st.composite
def histories(draw: st.DrawFn) -> list[Call]:
    """Clients that are added, some alike, and used in any order."""
    calls: list[Call] = []
    clients = 0
    for _ in range(draw(st.integers(1, 30))):
        if not clients or draw(st.integers(0, 2)) == 0:
            clients += 1
            calls.append(("add", clients, draw(st.integers(1, 2))))
        else:
            calls.append(("copy", draw(st.integers(1, clients)), draw(st.integers(0, 1))))
    return calls


def diff_of(left: list[Record], right: list[Record]) -> FileDiff:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return diff_traces(
            write(folder / "a.necptrace", left),
            write(folder / "b.necptrace", right),
            FileOptions(keep=None),
        )


def found_in(diff: FileDiff) -> list[RecordDifference]:
    return diff.report.examples


def place(difference: RecordDifference) -> FilePlace:
    assert difference.place is not None
    return difference.place


def cost(diff: FileDiff) -> int:
    return diff.differing + diff.counts.replaced


@given(histories())
@settings(max_examples=examples(20, thorough=60), deadline=None)
def test_traces_that_differ_in_their_ids_only_are_the_same(calls: list[Call]) -> None:
    diff = diff_of(played(calls, "left"), played(calls, "right"))
    assert not diff.is_different
    assert diff.same == len(calls)


@given(histories(), st.data())
@settings(max_examples=examples(20, thorough=60), deadline=None)
def test_an_additional_client_renames_all_others_and_is_the_only_difference(
    calls: list[Call], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(calls)))
    # Ids come from a counter, so that every later client of the right has another's.
    more = [
        (what, client + 1 if clients_before(calls, place) < client else client, value)
        for what, client, value in calls
    ]
    extra: Call = ("add", clients_before(calls, place) + 1, 7)
    right = [*more[:place], extra, *more[place:]]
    for one, other in ((calls, right), (right, calls)):
        for side in ("left", "right"):
            assert cost(diff_of(played(one, "left"), played(other, side))) == 1


def clients_before(calls: list[Call], place: int) -> int:
    return sum(what == "add" for what, _, _ in calls[:place])


@given(histories(), st.data())
@settings(max_examples=examples(20, thorough=60), deadline=None)
def test_an_id_that_is_swapped_for_another_is_a_difference(
    calls: list[Call], data: st.DataObject
) -> None:
    calls = [*calls, ("add", clients_before(calls, len(calls)) + 1, 1)]
    clients = clients_before(calls, len(calls))
    used = data.draw(st.integers(1, clients))
    other = data.draw(st.integers(1, clients))
    left = [*calls, ("copy", used, 0)]
    right = [*calls, ("copy", other, 0)]
    for side in ("left", "right"):
        diff = diff_of(played(left, "left"), played(right, side))
        assert diff.is_different is (used != other)
        assert bool(found_in(diff)) is (used != other)


@pytest.mark.parametrize("side", ["left", "right"])
def test_of_clients_added_alike_any_one_may_be_the_additional_one(side: str) -> None:
    few: list[Call] = [("add", n, 1) for n in (2, 3)] + [("copy", n, n) for n in (2, 3, 2, 3)]
    many: list[Call] = [("add", 1, 1), *few]
    for one, other in ((few, many), (many, few)):
        assert cost(diff_of(played(one, "left"), played(other, side))) == 1


def test_a_deletion_among_round_robin_uses_is_found_where_it_is() -> None:
    calls: list[Call] = [("add", n, 1) for n in range(1, 11)]
    calls += [("copy", place % 10 + 1, 0) for place in range(2_000)]
    diff = diff_of(played(calls, "left"), played(calls[:500] + calls[501:], "right"))
    (found,) = found_in(diff)
    assert (place(found), diff.same) == (FilePlace(501, None), len(calls) - 1)


def test_scattered_differences_between_long_traces_are_reported_as_exactly_those() -> None:
    calls: list[Call] = [("add", n, n % 3) for n in range(1, 21)]
    calls += [("copy", place * 7 % 20 + 1, place * place % 11) for place in range(20_000)]
    left = played(calls, "left")
    right = played(calls, "right")
    places = range(600, 20_000, 400)
    for number, place in enumerate(reversed(places)):
        match number % 3:
            case 0:
                right[place] = copy(calls[place][1], side="right", value=99)
            case 1:
                del right[place]
            case _:
                right.insert(place, copy(calls[place][1], side="right", value=98))
    diff = diff_of(left, right)
    assert diff.counts == KindCounts(changed=17, removed=16, added=16)
    assert diff.same == len(left) - 33


CASES = {
    "nothing": ([add(1), copy(1)], [add(1), copy(1)], []),
    "a result": (
        [add(1), copy(1)],
        [add(1), copy(1, value=4)],
        [(Layer.RESULT, "buffer[55 bytes] > INTERFACE_INDEX", "0", "4")],
    ),
    "a clock": (
        [add(1, now_ns=5)],
        [add(1, now_ns=7)],
        [(Layer.INPUT, "now_ns", "5", "7")],
    ),
    "what was passed": (
        [add(1), copy(1)],
        [add(1, port=444), copy(1)],
        [(Layer.INPUT, "buffer[64 bytes] > BOUND_INTERFACE", "0x01bb", "0x01bc")],
    ),
    "a generated id less": (
        [(Step(Close(1, 3), (b"\1" * 16,)), Outcome(0, 0))],
        [(Step(Close(1, 3)), Outcome(0, 0))],
        [(Layer.INPUT, "generated ids", "#1", None)],
    ),
}


@pytest.mark.parametrize(("left", "right", "expected"), CASES.values(), ids=CASES)
def test_each_kind_of_difference_is_told_in_its_own_terms(
    left: list[Record], right: list[Record], expected: list[tuple[Layer, str, str, str]]
) -> None:
    diff = diff_of(left, right)
    found = [
        (each.layer, each.path, each.expected, each.actual)
        for difference in found_in(diff)
        for each in difference.fields
    ]
    assert found == expected
    assert diff.is_different is bool(expected)


def test_records_that_only_one_side_has_follow_from_the_first_of_them() -> None:
    block = [(Step(ProcAdd(number)), Outcome(0, 0)) for number in range(100)]
    diff = diff_of([add(1), copy(1)], [add(1), *block, copy(1)])
    first, *others = found_in(diff)
    assert (place(first), first.chain.followers) == (FilePlace(None, 2), 99)
    assert {each.chain.follows_place for each in others} == {first.place}
    assert diff.by_kind == {"proc_add": KindCounts(added=100)}


def test_of_a_measured_trace_only_what_was_measured_is_compared(tmp_path: Path) -> None:
    call = Step(Close(1, 3))
    measured = write(
        tmp_path / "a.necptrace",
        [(call, Outcome(9, effects=(Log(3, "f"),)))],
        detail=OutcomeDetail.VECTORS,
    )
    effects = (Log(3, "f", error=9), KernelPointerLeak("f", 8))
    full = write(tmp_path / "b.necptrace", [(call, Outcome(9, effects=effects))])
    for pair in ((measured, full), (full, measured)):
        diff = diff_traces(*pair)
        assert not diff.is_different
        assert len(diff.notes) == 1
    other = write(tmp_path / "c.necptrace", [(call, Outcome(9, effects=(Log(4, "f"),)))])
    assert diff_traces(measured, other).is_different


def test_other_releases_and_missing_outcomes_are_noted(tmp_path: Path) -> None:
    one = write(tmp_path / "a.necptrace", [add(1)])
    other = write(
        tmp_path / "b.necptrace",
        [(add(1)[0], None)],
        detail=OutcomeDetail.NONE,
        release="xnu-4570.41.2",
    )
    diff = diff_traces(one, other)
    assert not diff.is_different
    assert diff.notes == [
        "release: xnu-4570.51.1 and xnu-4570.41.2",
        "one has no outcomes, so only inputs are compared",
    ]


def test_a_damaged_trace_is_refused_with_its_place(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.necptrace", [add(1), copy(1)])
    cut = tmp_path / "b.necptrace"
    cut.write_bytes(whole.read_bytes()[:-20])
    for pair in ((whole, cut), (cut, whole)):
        with pytest.raises(TraceError) as caught:
            diff_traces(*pair)
        assert caught.value.file == str(cut)
        assert caught.value.offset is not None


def test_only_the_first_of_each_kind_are_kept_and_all_are_counted(tmp_path: Path) -> None:
    adds = [add(number) for number in range(200)]
    left = write(tmp_path / "a.necptrace", [*adds, *(copy(n) for n in range(200))])
    right = write(tmp_path / "b.necptrace", [*adds, *(copy(n, value=n) for n in range(200))])
    diff = diff_traces(left, right, FileOptions(keep=5))
    assert [place(each) for each in found_in(diff)] == [
        FilePlace(number, number) for number in range(202, 207)
    ]
    assert diff.counts == KindCounts(changed=199)
    (count,) = diff.report.kinds.values()
    assert (count.begun, count.followed) == (199, 0)


def test_counters_say_how_much_more_they_are() -> None:
    step, outcome = add(1, now_ns=5)
    later = dataclasses.replace(step, now_ns=8)
    (found,) = found_in(diff_of([(step, outcome)], [(later, outcome)]))
    assert found.fields == [FieldDifference(Layer.INPUT, "now_ns", "5", "8", 3)]


def test_later_differences_of_a_missing_client_follow_from_its_add() -> None:
    left = [add(1), add(2, port=7), copy(1), copy(2), copy(1), copy(2, value=3)]
    diff = diff_of(left, [add(1), copy(1), copy(1)])
    first, *others = found_in(diff)
    assert (place(first), first.kind, first.chain.followers) == (FilePlace(2, None), "ADD", 2)
    assert [place(each) for each in others] == [FilePlace(4, None), FilePlace(6, None)]
    assert {each.chain.follows_place for each in others} == {first.place}


def test_records_about_an_additional_client_follow_from_its_add() -> None:
    right = [add(1), add(2, port=7), copy(1), copy(2), copy(2, value=3)]
    diff = diff_of([add(1), copy(1)], right)
    first, *others = found_in(diff)
    assert (place(first), first.kind, first.chain.followers) == (FilePlace(None, 2), "ADD", 2)
    assert {each.title for each in others} == {
        "necp_client_action COPY_RESULT pid=100 fd=3 client=#+1"
    }


def test_what_differs_about_another_client_begins_a_chain_of_its_own() -> None:
    left = [add(1), add(2), copy(1), copy(2), copy(1), copy(2)]
    right = [add(1), add(2), copy(1, value=4), copy(2, value=5), copy(1, value=6), copy(2)]
    found = found_in(diff_of(left, right))
    assert [each.chain.follows for each in found] == [None, None, 3]
    assert len({each.fingerprint for each in found}) == 1


def test_a_replaced_record_shows_how_its_input_differs() -> None:
    left = [add(1), add(2), copy(1), copy(1, value=1)]
    right = [add(1), add(2), copy(1), copy(2, value=1)]
    (found,) = found_in(diff_of(left, right))
    assert place(found) == FilePlace(4, 4, is_replaced=True)
    assert found.fields[0].path == "input"


def test_both_sides_are_kept_whole_where_a_report_asks_for_them(tmp_path: Path) -> None:
    left = write(tmp_path / "a.necptrace", [add(1), copy(1), copy(1)])
    right = write(tmp_path / "b.necptrace", [add(9), copy(9, value=4), copy(9), add(2)])
    diff = diff_traces(left, right, FileOptions(extra_examples=100))
    changed, added = found_in(diff)
    assert changed.shown.sides is not None and added.shown.sides is not None
    lines = [
        line for line in changed.shown.sides.actual if line not in changed.shown.sides.expected
    ]
    assert [line.strip() for line in lines] == ["INTERFACE_INDEX: 4"]
    assert (added.shown.sides.expected, added.shown.sides.expected_outcome) == ((), None)
    assert added.shown.sides.actual and added.shown.sides.step and added.shown.sides.passed
    assert all(each.shown.sides is None for each in found_in(diff_traces(left, right)))


def test_an_outcome_that_only_one_side_knows_is_not_compared() -> None:
    diff = diff_of([add(1), (Step(Close(1, 3)), Outcome(0))], [add(1), (Step(Close(1, 3)), None)])
    assert not diff.is_different
    assert (diff.same, diff.report.not_compared, diff.report.in_part) == (2, 1, 0)


UNMEASURED = with_unmeasured(Outcome(0), ["effects"])


@pytest.mark.parametrize("is_left", [True, False])
@pytest.mark.parametrize(
    ("outcome", "different"),
    [(Outcome(0, effects=(Log(3, "f"),)), False), (Outcome(9), True)],
    ids=["in what is unmeasured", "in what is known"],
)
def test_what_is_unmeasured_on_either_side_is_not_compared(
    outcome: Outcome, different: bool, is_left: bool
) -> None:
    step = Step(Close(1, 3))
    sides = [add(1), (step, UNMEASURED)], [add(1), (step, outcome)]
    diff = diff_of(*(sides if is_left else sides[::-1]))
    assert diff.is_different is different
    assert diff.report.in_part == 1
    paths = [field.path for found in found_in(diff) for field in found.fields]
    assert paths == (["status"] if different else [])


def test_partial_records_keep_their_place_when_one_is_added() -> None:
    known = [add(1), (Step(Close(1, 3)), UNMEASURED), copy(1)]
    diff = diff_of(known, [known[0], (Step(ProcAdd(5)), Outcome(0)), *known[1:]])
    assert diff.counts == KindCounts(added=1)
    assert diff.same == 3
