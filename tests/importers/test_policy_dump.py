"""A policy dump becomes session actions, after which the engine answers the same dump."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from necp_replay.abi.dumped_conditions import DumpedCondition
from necp_replay.abi.policy import PolicyCondition, PolicyResult, PolicyTlv, SessionAction
from necp_replay.abi.tlv import iterate_tlvs, pack_tlv
from necp_replay.errors import ImportedFileError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import SessionBuffer
from necp_replay.events.syscalls import NecpSessionAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.importers.import_file import import_file
from necp_replay.importers.policy_dump import DumpedPolicy, policy_tlvs, read_policy_dump
from necp_replay.importers.seen_call import LineNote, SeenCall
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import NEWEST, OLDEST, RELEASES
from necp_replay.scenario import System
from necp_replay.scenario.buffers import room
from necp_replay.scenario.policies import (
    account,
    all_interfaces,
    allow,
    bound_interface,
    deny,
    domain,
    drop,
    ip_tunnel,
    mark_qos,
    pass_through,
    pid,
    remote_address,
    route_rules,
    skip,
    socket_divert,
    socket_filter,
    socket_scoped,
    trigger_if_needed,
    uid,
    use_netagent,
)
from necp_replay.trace.reader import TraceReader

AGENT = bytes(range(16))
UID = DumpedCondition(PolicyCondition.UID, None, 4, bytes(4))


def dump_of(release: str) -> bytes:
    """What a release answers with policies of two processes in force."""
    system = System.of_release(release)
    for index, name in enumerate(("utun0", "en0"), 1):
        system.add_interface(name, index)
    vpnd = system.add_process(300, name="vpnd", privileged=True, platform_binary=True)
    triggers = PolicyResult.TRIGGER_IF_NEEDED in RELEASES[release].policy_results
    vpn = vpnd.open_policy_session(priority=2)
    for order, (conditions, result) in enumerate(
        [
            ([domain("corp.example")], ip_tunnel("utun0")),
            ([account("me"), all_interfaces()], skip(900)),
            ([bound_interface("en0"), pid(77)], use_netagent(AGENT)),
            ([uid(501)], trigger_if_needed(AGENT, 3) if triggers else pass_through()),
            ([all_interfaces()], socket_divert(5)),
            ([domain("a.example")], socket_scoped("en0")),
            ([all_interfaces()], route_rules(deny("en0"), deny(kinds=1))),
            ([uid(7)], route_rules(allow("en0"), deny())),
            ([uid(8)], route_rules(mark_qos(kinds=2), mark_qos())),
            ([uid(9)], pass_through()),
            ([remote_address("10.0.0.0/8")], drop()),
        ],
        1,
    ):
        assert vpn.add_policy(order=order, conditions=conditions, result=result).id
    vpn.apply_all()
    system.add_process(400, name="filterd", privileged=True)
    filterd = system.add_process(500, name="filterd", privileged=True, platform_binary=True)
    other = filterd.open_policy_session()
    other.add_policy(order=1, conditions=[uid(1)], result=socket_filter(7))
    other.apply_all()
    answer = other.session.action(SessionAction.POLICY_DUMP_ALL, None, room(8192))
    assert isinstance(answer.answer, SessionBuffer)
    content = answer.answer.out_buffer
    assert isinstance(content, bytes)
    total = int.from_bytes(content[:4], "little")
    return content.ljust(4 + total, b"\0")


@pytest.mark.parametrize("release", [OLDEST, NEWEST])
def test_the_imported_policies_dump_as_the_same_bytes(tmp_path: Path, release: str) -> None:
    dump = dump_of(release)
    (tmp_path / "dump").write_bytes(dump)
    report = import_file(tmp_path / "dump", tmp_path / "trace", release)
    assert (report.format.name, report.lost) == ("policy-dump", 0)
    machine = Machine(RELEASES[release])
    with TraceReader(tmp_path / "trace") as reader:
        for _, step, outcome in reader:
            assert outcome is None
            assert machine.submit(step).errno == 0
    ask = NecpSessionAction(1000, 3, SessionAction.POLICY_DUMP_ALL, None, 0, UserBuffer(b"", 8192))
    ask.out_buffer_length = 8192
    answer = machine.submit(Step(ask)).answer
    assert isinstance(answer, SessionBuffer)
    assert isinstance(answer.out_buffer, bytes)
    assert answer.out_buffer.ljust(len(dump), b"\0") == dump


def test_hexadecimal_digits_are_a_dump(tmp_path: Path) -> None:
    dump = dump_of(NEWEST)
    rows = [dump[at : at + 16] for at in range(0, len(dump), 16)]
    texts = {
        "plain": dump.hex(),
        "xxd": "".join(f"{16 * n:08x}: {row.hex(' ', 2)}  ....\n" for n, row in enumerate(rows)),
        "hexdump": "".join(
            f"{16 * n:08x}  {row[:8].hex(' ')}  {row[8:].hex(' ')}  |....|\n"
            for n, row in enumerate(rows)
        ),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "ascii")
        report = import_file(tmp_path / name, None, NEWEST)
        assert (report.format.name, report.taken, report.lost) == ("policy-dump", 12, 0), name


def test_a_dump_cut_anywhere_gives_the_policies_before_the_cut() -> None:
    dump = dump_of(NEWEST)
    for length in range(64, len(dump), 31):
        notes: list[LineNote] = []
        taken = list(read_policy_dump(io.BytesIO(dump[:length]), notes.append))
        assert taken or any(note.is_loss for note in notes)
        assert any(note.is_loss for note in notes)


def test_a_result_that_cannot_be_told_is_left_out_and_said() -> None:
    for result in ("", "Trigger (Unknown.0)", "IPTunnel ((null)-1)", "Reboot", "Skip (many)"):
        content, why = policy_tlvs(DumpedPolicy(1, result=result))
        assert (content, why) == (None, "its result is not known")


def taken_conditions(conditions: bytes) -> tuple[list[bytes], list[str]]:
    """The conditions that POLICY_ADD gets for a policy of a dump, and what is lost."""
    result = pack_tlv(PolicyTlv.POLICY_RESULT_STRING, b"Drop\0")
    policy = pack_tlv(
        PolicyTlv.POLICY_DUMP, result + pack_tlv(PolicyTlv.POLICY_CONDITION, conditions)
    )
    notes: list[LineNote] = []
    dump = len(policy).to_bytes(4, "little") + policy
    calls = list(read_policy_dump(io.BytesIO(dump), notes.append))
    added = [
        value
        for call in calls
        if isinstance(call, SeenCall) and call.arguments[1:2] == (SessionAction.POLICY_ADD,)
        for _, type_, value in iterate_tlvs(call.before[2])
        if type_ == PolicyTlv.POLICY_CONDITION
    ]
    return added, [note.text for note in notes if note.is_loss]


def test_a_negative_condition_of_a_dump_that_says_so_stays_negative() -> None:
    uid_7 = (7).to_bytes(4, "little")
    dumped = DumpedCondition(PolicyCondition.UID, 1, 4, uid_7)
    assert taken_conditions(dumped.pack(uid_7)) == ([bytes((PolicyCondition.UID, 1)) + uid_7], [])
    _, unsure = policy_tlvs(DumpedPolicy(1, result="Drop", conditions=[dumped]))
    assert unsure == ""


def test_flags_of_local_networks_are_taken() -> None:
    type_ = PolicyCondition.LOCAL_NETWORKS
    with_value = DumpedCondition(type_, 0, 1, b"\1").pack(b"\1")
    assert taken_conditions(with_value) == ([bytes((type_, 0, 1))], [])
    assert taken_conditions(pack_tlv(type_, b"")) == ([bytes((type_, 0))], [])


def test_a_policy_whose_conditions_do_not_end_is_left_out_and_said() -> None:
    added, (lost,) = taken_conditions(pack_tlv(PolicyCondition.UID, bytes(4)) + b"\xff" * 9)
    assert added == []
    assert "its conditions do not end where they should" in lost


def test_what_a_dump_does_not_say_is_said() -> None:
    _, unsure = policy_tlvs(DumpedPolicy(1, result="Drop", conditions=[UID]))
    assert "negative" in unsure
    _, unsure = policy_tlvs(DumpedPolicy(1, result="RouteRules (" + "!en0" * 13))
    assert "cut short" in unsure


@pytest.mark.parametrize("content", [b"", b"no dump", bytes(64), b"\xff" * 64, b"0" * 99])
def test_what_is_no_dump_is_refused(content: bytes) -> None:
    with pytest.raises(ImportedFileError):
        list(read_policy_dump(io.BytesIO(content), lambda note: None))
