"""Records of calls that were seen: what is known of them, and what had to be assumed."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.events import processes, syscalls
from necp_replay.events.inputs import Step
from necp_replay.events.interfaces import IfaceAttach
from necp_replay.events.outcome import ActionBuffers, NotDetermined, Outcome
from necp_replay.events.user_buffer import Unseen, UserBuffer
from necp_replay.importers.records import Assumption, RecordMaker
from necp_replay.importers.seen_call import FaultingBuffer, SeenCall
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import NEWEST, RELEASES

ID = bytes(range(16))
OPEN = SeenCall("necp_open", (0,), pid=8, errno=0, retval=4)


def action(**fields: object) -> SeenCall:
    call = SeenCall("necp_client_action", (4, 1, 0x10, 16, 0x20, 7), pid=8, errno=0, retval=0)
    for name, value in fields.items():
        setattr(call, name, value)
    return call


def made(*calls: SeenCall, maker: RecordMaker | None = None) -> list[tuple[Step, Outcome | None]]:
    maker = maker or RecordMaker()
    return [record for call in calls for record in maker.records_of(call)]


def last(*calls: SeenCall) -> tuple[Step, Outcome]:
    step, outcome = made(*calls)[-1]
    assert outcome is not None
    return step, outcome


def test_what_a_tracer_does_not_show_is_unmeasured() -> None:
    step, outcome = last(OPEN, action())
    assert step.unmeasured == ("buffer.content", "client_id.content", "uuids")
    assert isinstance(step.input, syscalls.NecpClientAction)
    assert step.input.buffer == UserBuffer(b"", 7, known=0)
    assert (outcome.errno, outcome.retval) == (0, 0)
    assert outcome.unmeasured == ("buffer", "client_id", "effects")


def test_bytes_that_are_shown_are_known() -> None:
    parameters = bytes.fromhex("0b020000000600")
    step, outcome = last(
        OPEN, action(before={2: bytes(16), 4: parameters}, after={2: ID, 4: parameters[:4]})
    )
    assert isinstance(step.input, syscalls.NecpClientAction)
    assert (step.input.buffer, step.uuids) == (UserBuffer(parameters.rstrip(b"\0"), 7), (ID,))
    assert step.unmeasured == ()
    assert outcome.answer == ActionBuffers(ID, parameters[:4].rstrip(b"\0"))
    assert outcome.unmeasured == ("buffer[4:]", "effects")


def test_a_null_pointer_and_a_fault_are_known() -> None:
    call = action(arguments=(4, 1, 0, 0, 0x20, 7), before={4: FaultingBuffer()})
    step, outcome = last(OPEN, call)
    assert isinstance(step.input, syscalls.NecpClientAction)
    assert (step.input.client_id, step.input.buffer) == (None, UserBuffer(length=7, unmapped=True))
    assert isinstance(outcome.answer, ActionBuffers)
    assert outcome.answer.client_id is Unseen.NO_BUFFER


def test_arguments_that_are_missing_are_unmeasured_fields() -> None:
    step, _ = last(OPEN, action(arguments=(4, 1)))
    assert step.unmeasured == ("buffer", "buffer_size", "client_id", "client_id_len", "uuids")


def test_an_error_without_its_number_is_known_to_return_nothing() -> None:
    _, outcome = last(OPEN, action(errno=None, retval=None, failed=True))
    assert "errno" in outcome.unmeasured
    assert "retval" not in outcome.unmeasured
    _, outcome = last(OPEN, action(errno=None, retval=None))
    assert {"errno", "retval"} <= set(outcome.unmeasured)


def test_a_trace_begins_with_a_network_that_is_not_known() -> None:
    (first, outcome), *_ = made(OPEN)
    assert isinstance(first.input, IfaceAttach)
    assert (first.unmeasured, outcome) == (("index", "name"), None)
    machine = Machine(RELEASES[NEWEST])
    assert isinstance(machine.submit(first).answer, NotDetermined)


def test_an_fd_that_was_open_before_is_opened() -> None:
    maker = RecordMaker()
    records = made(action(), maker=maker)
    opened = records[-2][0]
    assert opened.input == syscalls.NecpOpen(8, assigned_fd=4)
    assert opened.unmeasured == ("flags",)
    assert Assumption.OPEN_BEFORE in maker.assumed


def test_an_fd_that_is_refused_is_not_opened() -> None:
    assert len(made(action(errno=9))) == len(made(OPEN))
    other = made(action(errno=19))[-2][0].input
    assert other == syscalls.OpenOther(8, 4)


def test_an_fd_that_is_opened_twice_was_closed() -> None:
    records = made(OPEN, OPEN)
    assert [type(step.input) for step, _ in records][-2:] == [syscalls.Close, syscalls.NecpOpen]


def test_closing_an_fd_of_something_else_is_no_record() -> None:
    close = SeenCall("close", (5,), pid=8, errno=0, retval=0)
    assert made(close) == []
    assert len(made(OPEN, close)) == len(made(OPEN))
    (closed, outcome) = last(OPEN, SeenCall("close", (4,), pid=8, errno=0, retval=0))
    assert closed.input == syscalls.Close(8, 4)
    assert outcome.errno == 0


def test_a_process_has_the_privileges_that_its_calls_show() -> None:
    session = SeenCall("necp_session_open", (0,), pid=8, errno=0, retval=5)
    refused = SeenCall("necp_session_open", (0,), pid=8, errno=13)
    updates = [step.input for step, _ in made(refused, session, session)]
    granted = [each for each in updates if isinstance(each, processes.ProcUpdate)]
    held = ("PRIV_NET_PRIVILEGED_NECP_POLICIES",)
    assert granted == [processes.ProcUpdate(8, privileged=held, platform_binary=True)]


def test_what_a_sandbox_alone_refuses_shows_a_sandbox() -> None:
    denied = SeenCall("necp_open", (0,), pid=8, errno=1)
    removed = SeenCall("necp_client_action", (4, 2), pid=8, errno=1)
    worked = SeenCall("necp_client_action", (4, 2), pid=8, errno=0, retval=0)
    maker = RecordMaker()
    records = made(denied, denied, OPEN, removed, removed, worked, maker=maker)
    shown = [
        step.input.sandbox
        for step, _ in records
        if isinstance(step.input, processes.ProcUpdate) and step.input.sandbox is not None
    ]
    allowed = tuple(each for each in range(64) if each != 2)
    assert shown == [
        processes.Sandbox(denies_open=True),
        processes.Sandbox(),
        processes.Sandbox(allowed_actions=allowed),
        processes.Sandbox(),
    ]
    assert maker.assumed[Assumption.SANDBOX] == 4


@pytest.mark.parametrize(
    ("call", "errno"),
    [
        # ADD can be refused by NECP itself, ADD_FLOW by an agent.
        (SeenCall("necp_client_action", (4, 1), pid=8, errno=1), 1),
        (SeenCall("necp_client_action", (4, 17), pid=8, errno=1), 1),
        (SeenCall("necp_client_action", (4, 2), pid=8, errno=9), 9),
        (SeenCall("necp_session_open", (0,), pid=8, errno=1), 1),
    ],
)
def test_what_others_refuse_shows_no_sandbox(call: SeenCall, errno: int) -> None:
    maker = RecordMaker()
    made(OPEN, call, maker=maker)
    assert Assumption.SANDBOX not in maker.assumed


def test_time_moves_only_forward_from_the_start_of_a_trace() -> None:
    maker = RecordMaker()
    calls = [
        SeenCall("necp_open", (0,), pid=8, errno=0, retval=fd, time_ns=ns)
        for fd, ns in ((4, 1_000), (5, 3_000), (6, 2_000))
    ]
    times = [step.now_ns for step, _ in made(*calls, maker=maker) if step.now_ns]
    assert [each - times[0] for each in times] == [0, 2_000, 2_000]
    assert Assumption.TIME_STOOD_STILL in maker.assumed


def test_calls_of_hostile_numbers_are_records() -> None:
    huge = (1 << 63) + 5
    for call in (
        action(arguments=(huge, huge, huge, huge, huge, huge)),
        action(arguments=(-1, -1, 1, 1 << 62, 1, 1 << 62)),
        SeenCall("necp_open", (-huge,), pid=-5, errno=0, retval=huge),
    ):
        machine = Machine(RELEASES[NEWEST])
        for step, _ in made(call):
            machine.submit(step)


def test_an_imported_trace_is_compared_only_where_it_is_known() -> None:
    remove = action(arguments=(4, ClientAction.REMOVE, 0x10, 16, 0, 0), errno=2, retval=None)
    machine = Machine(RELEASES[NEWEST])
    answers = [machine.submit(step) for step, _ in made(OPEN, action(), remove)]
    assert [isinstance(each.answer, NotDetermined) for each in answers] == [
        *(True, False, False, True, True)
    ]
