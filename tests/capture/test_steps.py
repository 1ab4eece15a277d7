"""What steps become of calls, also where the library did not see everything."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.capture.recording import (
    CUT,
    FAULT,
    READONLY,
    CallKind,
    RecordedCall,
    RecordedMemory,
)
from necp_replay.capture.steps import CallSteps
from necp_replay.events import processes, sockets, syscalls
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import ActionBuffers, Outcome, Selected
from necp_replay.events.user_buffer import Unseen, UserBuffer, UserPointer
from tests.capture.recordings import call, memory

BEGINS = call(CallKind.BEGINS, 1, 501, 256)
OPEN = call(CallKind.NECP_OPEN, 0, result=3)


def recorded(*calls: RecordedCall) -> tuple[list[tuple[Step, Outcome | None]], dict[str, int]]:
    steps = CallSteps(212)
    found = [pair for each in calls for pair in steps.of(each)]
    return found, dict(steps.assumptions.counts)


def inputs_of(*calls: RecordedCall) -> list[object]:
    return [step.input for step, _ in recorded(*calls)[0]]


def action(
    *arguments: int,
    result: int = 0,
    errno: int = 0,
    before: dict[int, RecordedMemory] | None = None,
    after: dict[int, RecordedMemory] | None = None,
) -> RecordedCall:
    """An action on fd 3: COPY_PARAMETERS, unless arguments are given."""
    return call(
        CallKind.NECP_CLIENT_ACTION,
        *(arguments or (3, 3, 0x1000, 16, 0x2000, 3)),
        result=result,
        errno=errno,
        before={2: memory(bytes(16)), 4: memory(b"abc")} if before is None else before,
        after=after,
    )


def test_a_process_whose_start_was_not_recorded_is_added() -> None:
    (first, _), counts = recorded(OPEN)
    assert isinstance(first[0].input, processes.ProcAdd)
    assert counts == {"the start of a process was not recorded": 1}


def test_an_fd_that_is_opened_twice_was_closed_in_between() -> None:
    found = inputs_of(BEGINS, OPEN, OPEN)
    assert found[2] == syscalls.Close(7, 3)
    assert recorded(BEGINS, OPEN, OPEN)[1] == {"the closing of an fd was not recorded": 1}


def test_another_program_in_the_process_has_no_fds_of_the_one_before() -> None:
    found = inputs_of(BEGINS, OPEN, BEGINS)
    assert found[2] == syscalls.Close(7, 3)
    assert isinstance(found[3], processes.ProcUpdate)


def test_a_file_of_another_kind_was_opened_before() -> None:
    refused = action(errno=Errno.ENODEV, result=-1)
    assert inputs_of(BEGINS, refused)[1] == syscalls.OpenOther(7, 3)


def test_the_fd_of_a_call_is_not_known_without_the_call_that_opened_it() -> None:
    pairs, counts = recorded(BEGINS, action())
    assert pairs[1][0].unmeasured == ("fd",)
    assert counts == {"a call was made on an fd whose opening was not recorded": 1}


def test_an_open_that_failed_because_no_fd_was_left_is_left_out() -> None:
    refused = call(CallKind.NECP_OPEN, 0, result=-1, errno=Errno.EMFILE)
    assert len(inputs_of(BEGINS, refused)) == 1


def test_a_process_that_opens_a_session_may_do_so() -> None:
    found = inputs_of(BEGINS, call(CallKind.NECP_SESSION_OPEN, 0, result=3))
    assert found[1] == processes.ProcUpdate(7, privileged=("PRIV_NET_PRIVILEGED_NECP_POLICIES",))


def test_buffers_have_the_ends_that_were_found() -> None:
    ends_early = action(*(3, 3, 0, 0, 0x2000, 9), before={4: memory(b"abc", FAULT, 9)}, errno=14)
    unmapped = action(before={2: memory(b"", FAULT, 16), 4: memory(b"abc", CUT, 1 << 20)})
    readonly = action(after={4: memory(b"", READONLY, 3)})
    first, second, third = (
        each for each in inputs_of(BEGINS, OPEN, ends_early, unmapped, readonly)[2:]
    )
    assert isinstance(first, syscalls.NecpClientAction)
    assert (first.client_id, first.buffer) == (None, UserBuffer(b"abc", 9, mapped=3))
    assert isinstance(second, syscalls.NecpClientAction)
    assert second.client_id == UserBuffer(length=16, unmapped=True)
    assert second.buffer == UserBuffer(b"abc", 1 << 20, known=3)
    assert isinstance(third, syscalls.NecpClientAction)
    assert third.buffer == UserBuffer(b"abc", 3, readonly=True)


def test_a_pointer_in_a_buffer_is_followed_and_its_address_dropped() -> None:
    content = b"\1\1\0\0\2\0\0\0" + bytes(range(8))
    call_of_cache = action(
        *(3, 14, 0x1000, 16, 0x2000, 16),
        before={2: memory(bytes(16)), 4: memory(content), 20: memory(b"\5\6")},
    )
    event = inputs_of(BEGINS, OPEN, call_of_cache)[2]
    assert isinstance(event, syscalls.NecpClientAction)
    assert event.buffer == UserBuffer(
        b"\1\1\0\0\2", 16, pointers=(UserPointer(8, UserBuffer(b"\5\6", 2)),)
    )


def test_the_id_of_an_added_client_is_one_that_the_kernel_generated() -> None:
    add = action(*(3, 1, 0x1000, 16, 0x2000, 3), after={2: memory(b"i" * 16)})
    step, outcome = recorded(BEGINS, OPEN, add)[0][2]
    assert (step.uuids, step.unmeasured) == ((b"i" * 16,), ())
    assert outcome is not None
    assert outcome.answer == ActionBuffers(b"i" * 16, b"abc")
    failed = action(*(3, 1, 0, 0, 0x2000, 3), errno=Errno.EINVAL, result=-1)
    step, outcome = recorded(BEGINS, OPEN, failed)[0][2]
    assert step.unmeasured == ("uuids",)
    assert outcome is not None
    assert outcome.answer == ActionBuffers(Unseen.NO_BUFFER, b"abc")


def test_a_socket_of_a_client_is_made_connected_and_ends() -> None:
    name = memory(bytes((16, 2, 1, 187, 192, 0, 2, 1)).ljust(16, b"\0"))
    found = inputs_of(
        BEGINS,
        call(
            CallKind.SETSOCKOPT,
            9,
            1,
            0x1111,
            0x10,
            16,
            before={3: memory(b"i" * 16)},
            after={8: name},
        ),
        call(CallKind.CONNECT, 9, after={8: name, 9: name}),
        call(CallKind.CLOSE, 9, 2),
    )
    assert found[1] == sockets.SocketCreate("socket1", domain=2, local="192.0.2.1", lport=443)
    assert found[2] == sockets.RegisterSocketFlow(7, b"i" * 16, "socket1")
    assert isinstance(found[3], sockets.AssignFromSocket)
    assert (found[3].remote, found[3].fport) == ("192.0.2.1", 443)
    assert found[4] == sockets.InpcbDispose("socket1")


def test_time_does_not_go_back_where_calls_overlapped() -> None:
    pairs, _ = recorded(call(CallKind.BEGINS, begin=9), call(CallKind.NECP_OPEN, begin=5, result=3))
    assert [step.now_ns for step, _ in pairs] == [1_000_000_009, 1_000_000_009]


def test_a_poll_that_asks_for_no_readiness_makes_no_step() -> None:
    assert len(inputs_of(BEGINS, OPEN, call(CallKind.POLL, 3, 4, 4))) == 2
    assert len(inputs_of(BEGINS, OPEN, call(CallKind.POLL, 3, 1, 0))) == 3


@pytest.mark.parametrize(
    ("which", "is_ready", "name", "answer", "unmeasured"),
    [
        (0, 0, "read", Selected(0), ("effects",)),
        (1, 0, "write", Selected(0), ("effects",)),
        # Any error number that the operation returns is taken for ready.
        (2, 1, "except", None, ("answer", "effects")),
    ],
)
def test_select_is_the_select_operation_of_the_fd(
    which: int, is_ready: int, name: str, answer: Selected | None, unmeasured: tuple[str, ...]
) -> None:
    records, _ = recorded(BEGINS, OPEN, call(CallKind.SELECT, 3, which, is_ready))
    step, outcome = records[-1]
    assert step.input == syscalls.FdSelect(7, 3, name)
    assert outcome is not None
    assert (outcome.answer, tuple(sorted(outcome.unmeasured))) == (answer, unmeasured)


def test_a_refusal_of_a_sandbox_makes_one_that_stays_over_exec() -> None:
    denied = call(CallKind.NECP_OPEN, 0, result=-1, errno=1)
    found = inputs_of(BEGINS, denied, BEGINS, denied, OPEN)
    sandboxes = [
        each.sandbox
        for each in found
        if isinstance(each, processes.ProcUpdate) and each.sandbox is not None
    ]
    assert sandboxes == [processes.Sandbox(denies_open=True), processes.Sandbox()]


def test_an_action_that_a_sandbox_refuses_is_not_allowed() -> None:
    found, counts = recorded(BEGINS, OPEN, action(result=-1, errno=1), action())
    (first, last) = [
        step.input.sandbox
        for step, _ in found
        if isinstance(step.input, processes.ProcUpdate) and step.input.sandbox is not None
    ]
    assert first.allowed_actions is not None and 3 not in first.allowed_actions
    assert last == processes.Sandbox()
    assert counts["a sandbox denied what only a sandbox refuses with EPERM"] == 2
