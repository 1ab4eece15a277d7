"""What would differ from a record on, if the past were otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from necp_replay.errors import UsageError
from necp_replay.explain.observed_machine import ObservedMachine
from necp_replay.history.history import StateHistory
from necp_replay.kernel.machine import Machine
from necp_replay.releases.profile import facts
from necp_replay.stepping.edits import Drop, Edit, OtherFacts
from necp_replay.stepping.parse_edit import parse_edit
from necp_replay.stepping.what_if import what_if
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

ROOT = Path(__file__).parents[2]
VPN = ROOT / "traces/policies/vpn.necptrace"
REMOVE = ROOT / "traces/differences/remove_unknown_client.necptrace"


@pytest.fixture
def vpn() -> Iterator[StateHistory]:
    with StateHistory(VPN, machine=ObservedMachine) as history:
        yield history


def _differing_by_hand(path: Path, dropped: int) -> list[int]:
    """The records whose outcomes differ in two whole replays, one without a record."""
    with TraceReader(path) as reader:
        records = [(number, step) for number, step, _ in reader]
        release = reader.header.release
    with StateHistory(path, release=release) as history:
        profile = history.profile
    plain, other = Machine(profile), Machine(profile)
    differing = []
    for number, step in records:
        expected = plain.submit(step)
        if number == dropped or other.submit(step) != expected:
            differing.append(number)
    return differing


@pytest.mark.parametrize("dropped", [5, 14, 23, 31])
def test_dropping_a_record_has_the_effect_of_a_whole_replay_without_it(
    vpn: StateHistory, dropped: int
) -> None:
    vpn.go_to(20)
    found = what_if(vpn, [Drop(dropped, "dropped")])
    assert vpn.number == 20, "the place is kept"
    expected = _differing_by_hand(VPN, dropped)
    assert found.differing == len(expected)
    assert found.causes[0].record == expected[0] == dropped


def test_setting_a_fact_changes_the_outcomes_that_depend_on_it() -> None:
    with StateHistory(REMOVE, machine=ObservedMachine, release="xnu-4570.51.1") as history:
        history.go_to(5)
        edit = parse_edit(["fact", "remove_unknown_client_is_error"], history)
        found = what_if(history, [edit])
    (cause,) = found.causes
    assert cause.record == 5
    assert (cause.fields[0].expected, cause.fields[0].actual) == ("ENOENT", "ok retval=0")


def test_facts_change_with_those_that_they_require(vpn: StateHistory) -> None:
    name, requires = next((name, fact.requires) for name, fact in facts().items() if fact.requires)
    edit = parse_edit(["fact", f"{name}=xnu-4570.41.2"], vpn)
    assert isinstance(edit, OtherFacts)
    assert set(edit.values) == {name, *requires}


def test_a_deleted_policy_decides_nothing(vpn: StateHistory) -> None:
    vpn.go_to(23)
    found = what_if(vpn, [parse_edit(["policy", "2@14", "off"], vpn)])
    assert any(each.expected == "6 IP_TUNNEL" for cause in found.causes for each in cause.fields)


def test_an_edit_that_the_engine_refuses_is_an_error(vpn: StateHistory) -> None:
    vpn.go_to(14)
    off = parse_edit(["policy", "2@14", "off"], vpn)
    with pytest.raises(UsageError, match=r"the edit is refused: .*ENOENT"):
        what_if(vpn, [off, off])


def test_the_comparison_ends_when_both_states_are_equal_again(tmp_path: Path) -> None:
    """A client that is removed leaves nothing behind, whether it was ever added or not."""
    long = tmp_path / "long.necptrace"
    with TraceReader(REMOVE) as reader, TraceWriter.create(long, reader.header) as writer:
        steps = [step for _, step, _ in reader]
        for step in (*steps, *[steps[-1]] * 50):
            writer.write(step)
    with StateHistory(long, machine=ObservedMachine) as history:
        history.go_to(5)
        found = what_if(history, [Drop(5, "the second REMOVE")])
    assert (found.differing, found.same_after, found.compared) == (1, 21, 17)


@pytest.mark.parametrize(
    ("words", "result"),
    [
        (["policy", "2@14", "POLICY_RESULT=DROP"], "3 DROP"),
        (["policy", "2001/20", "POLICY_RESULT=SOCKET_DIVERT:7"], "4 SOCKET_DIVERT"),
    ],
)
def test_a_policy_with_another_result_gives_clients_that_result(
    vpn: StateHistory, words: list[str], result: str
) -> None:
    vpn.go_to(23)
    found = what_if(vpn, [parse_edit(words, vpn)])
    fields = {each.path: each.actual for cause in found.causes for each in cause.fields}
    assert any(result == value for value in fields.values()), fields


def test_edits_of_several_records_hold_together(vpn: StateHistory) -> None:
    vpn.go_to(23)
    edits: list[Edit] = [Drop(23, "add"), parse_edit(["policy", "2@14", "off"], vpn)]
    both = what_if(vpn, edits)
    assert both.first == 14
    assert {23} <= {cause.record for cause in both.causes}


@pytest.mark.parametrize("edit", ["buffer.DOMAIN=none", 'buffer="abc"', "buffer=none"])
def test_an_edited_record_does_not_differ_in_what_was_passed(vpn: StateHistory, edit: str) -> None:
    vpn.go_to(23)
    found = what_if(vpn, [parse_edit(["arg", edit], vpn)])
    fields = [each.path for cause in found.causes if cause.record == 23 for each in cause.fields]
    assert found.causes and "buffer" not in fields


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "what-if needs an edit"),
        (["bogus"], "what-if bogus is not an edit"),
        (["drop", "0"], "there is no record 0"),
        (["drop", "36"], "there is no record 36"),
        (["drop", "x\x1b[31m"], r"x\x1b[31m is not the number of a record"),
        (["arg", "pid"], "pid is not NAME=VALUE"),
        (["arg", "pidd=1"], "the record has no field pidd"),
        (["arg", "pid=many"], "expected a whole number"),
        (["arg", "action=REMOV"], "there is no action REMOV"),
        (["arg", "client_id=#99"], "no id has the name #99"),
        (["arg", "buffer.DOMAN=1"], "no TLV has the name DOMAN"),
        (["arg", "buffer.URL=none"], "the buffer has no such URL"),
        (["arg", "buffer.DOMAIN/0=1"], "0 is not the place of a TLV"),
        (["arg", "buffer.DOMAIN=0x1"], "0x1 are no bytes"),
        (["arg", "buffer=0xzz"], "0xzz are no bytes"),
        (["arg", "buffer.IP_PROTOCOL=99999999999999999999"], "does not fit in 2 bytes"),
        (["arg", "in_buffer.DOMAIN=1"], "in_buffer is not a buffer with TLVs"),
        (["fact", "nothing_like_this"], "there is no fact nothing_like_this"),
        (["fact", "remove_unknown_client_is_error=perhaps"], "no release has perhaps"),
        (["fact", "remove_unknown_client_is_error="], "has no value"),
        (["policy", "9", "off"], "no record up to here added policy 9"),
        (["policy", "9" * 99, "off"], "is not the number of a policy"),
        (["policy", "1/1", "off"], "no policies have the orders 1/1"),
        (["policy", "2@14", "POLICY_RESULT=DORP"], "DORP is not known here"),
    ],
)
def test_an_invalid_edit_is_refused_without_a_move(
    vpn: StateHistory, words: list[str], reason: str
) -> None:
    vpn.go_to(23)
    with pytest.raises(UsageError) as refused:
        parse_edit(words, vpn)
    assert reason in str(refused.value)
    assert "\x1b" not in str(refused.value)
    assert vpn.number == 23


@pytest.mark.parametrize(
    ("edit", "field", "content"),
    [
        ('buffer.DOMAIN="a.example"', "buffer", b"a.example"),
        ('buffer.ACCOUNT="\x1b[31m"', "buffer", b"\x1b[31m"),
        ("buffer.IP_PROTOCOL=17", "buffer", b"\x0b\x02\x00\x00\x00\x11\x00"),
        ("buffer.IP_PROTOCOL=none", "buffer", None),
        ("buffer.TRAFFIC_CLASS=0x0a000000", "buffer", b"\n\x04\x00\x00\x00\n"),
        ("client_id=#1", "client_id", None),
    ],
)
def test_fields_and_tlvs_are_set_to_the_bytes_that_are_typed(
    vpn: StateHistory, edit: str, field: str, content: bytes | None
) -> None:
    vpn.go_to(23)
    moment = vpn.moment
    assert moment is not None
    changed: Any = parse_edit(["arg", edit], vpn)
    before: Any = getattr(moment.step.input, field)
    after: Any = getattr(changed.step.input, field)
    assert after != before
    assert content is None or content in after.content
    assert "\x1b" not in changed.text
    size = {"buffer": "buffer_size", "client_id": "client_id_len"}[field]
    grown = getattr(changed.step.input, size) - getattr(moment.step.input, size)
    if field == "buffer":
        assert len(after.content.ljust(after.length, b"\0")) >= getattr(changed.step.input, size)
        back = replace(changed.step.input, **{field: before, size: before.length})
        assert back == moment.step.input, f"only {field} and {size} differ, by {grown}"
