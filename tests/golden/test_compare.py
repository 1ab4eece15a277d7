"""A golden against what was replayed: aligned by record, with ids that may be renamed."""

from __future__ import annotations

from necp_replay.golden.compare import compare_documents
from necp_replay.golden.document import GoldenDocument
from necp_replay.golden.reader import parse_golden
from necp_replay.golden.stanza import Stanza
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import Truth


def document(
    *stanzas: str, final: str = "  counters\n    necp_client_count: 5\n"
) -> GoldenDocument:
    numbered = "".join(f"{number} {stanza}\n" for number, stanza in enumerate(stanzas, 1))
    return parse_golden(f"necp-replay golden 1\n{numbered}final state\n{final}")


def add(number: int) -> str:
    return f"necp_client_action ADD pid=100 fd=3 client=zero -> ok retval=0\n  client_id: #{number}"


def copy(number: int, mtu: int = 1500) -> str:
    return (
        f"necp_client_action COPY_RESULT pid=100 fd=3 client=#{number} -> ok retval=9\n"
        f"  buffer: 9 bytes\n    CLIENT_ID: #{number}\n    EFFECTIVE_MTU: {mtu}"
    )


def told(
    one: GoldenDocument, other: GoldenDocument
) -> list[tuple[int | None, list[FieldDifference]]]:
    compared, final = compare_documents(one, other)
    found = [each for *_, each in compared if each is not None]
    found += [] if final is None else [final]
    assert all(difference.truth is Truth.GOLDEN for difference in found)
    return [(difference.record, difference.fields) for difference in found]


OPEN = "necp_open pid=100 flags=0x0 -> ok retval=3"


def test_the_same_text_has_no_difference() -> None:
    one = document(OPEN, add(1), copy(1))
    assert told(one, document(OPEN, add(1), copy(1))) == []


def test_a_field_that_differs_is_named() -> None:
    one, other = document(OPEN, add(1), copy(1)), document(OPEN, add(1), copy(1, 1280))
    assert told(one, other) == [
        (3, [FieldDifference(Layer.RESULT, "buffer[9 bytes] > EFFECTIVE_MTU", "1500", "1280")])
    ]


def test_an_additional_client_shifts_all_names_and_is_the_only_difference() -> None:
    few = document(OPEN, add(1), copy(1), add(2), copy(2), copy(1))
    many = document(OPEN, add(1), add(2), copy(2), add(3), copy(3), copy(2))
    extra = FieldDifference(Layer.RETURN, "record", None, "ok retval=0")
    missing = FieldDifference(Layer.RETURN, "record", "ok retval=0", None)
    assert [differences for _, differences in told(few, many)] == [[extra]]
    assert [differences for _, differences in told(many, few)] == [[missing]]


def test_an_id_that_stands_for_another_is_a_difference() -> None:
    one = document(OPEN, add(1), add(2), copy(1), copy(2))
    other = document(OPEN, add(1), add(2), copy(2), copy(2))
    ((record, differences),) = told(one, other)
    assert record == 4
    assert (
        FieldDifference(
            Layer.INPUT,
            "input",
            "necp_client_action COPY_RESULT pid=100 fd=3 client=#1",
            "necp_client_action COPY_RESULT pid=100 fd=3 client=#2",
        )
        in differences
    )


def test_ids_in_the_final_state_are_renamed_too() -> None:
    final = "  fd: pid=100 fd=3\n    client: #{}\n      defunct: {}\n"
    few = document(add(1), copy(1), final=final.format(1, 0))
    many = document(add(1), add(2), copy(2), final=final.format(2, 1))
    *_, (record, differences) = told(few, many)
    assert record is None
    assert differences == [
        FieldDifference(Layer.CLIENTS, "fd[pid=100 fd=3] > client[#1] > defunct", "0", "1")
    ]


def test_the_final_state_comes_last() -> None:
    one, other = document(OPEN), document(OPEN, final="  counters\n    necp_client_count: 7\n")
    assert told(one, other) == [
        (None, [FieldDifference(Layer.STATISTICS, "counters > necp_client_count", "5", "7", 2)])
    ]


def test_a_name_that_looks_like_an_id_is_compared_as_it_is() -> None:
    stanzas = [Stanza(1, f"proc_add pid=100 name=\\x23{n}", "done") for n in (5, 6)]
    one, other = (GoldenDocument([stanza]) for stanza in stanzas)
    assert told(one, other)
