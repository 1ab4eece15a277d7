"""The live engine, on a library that stands in for the system."""

from __future__ import annotations

import errno

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.engines.live.calls import SystemCalls
from necp_replay.engines.live.engine import LiveEngine, LiveEngines
from necp_replay.errors import UsageError
from necp_replay.events import agents, interfaces, processes, syscalls
from necp_replay.events.inputs import Input, Step
from necp_replay.events.outcome import (
    Absent,
    ActionBuffers,
    MatchResult,
    NotDetermined,
    Outcome,
    Readiness,
)
from necp_replay.events.unmeasured_inputs import partial_step
from necp_replay.events.user_buffer import Unseen, UserBuffer, UserPointer
from tests.capture.built import built_programs, needs_compiler

pytestmark = needs_compiler
ID = b"an id of a trace"
PARAMETERS = bytes((250, 4, 0, 0, 0, 4))


def live(*, really: bool = False) -> LiveEngine:
    return LiveEngine(SystemCalls(built_programs().stand_in), really=really)


def submit(engine: LiveEngine, event: Input, uuids: tuple[bytes, ...] = ()) -> Outcome:
    return engine.submit(Step(event, uuids))


def action(
    number: int, client_id: bytes | None = None, buffer: UserBuffer | None = None, size: int = 64
) -> syscalls.NecpClientAction:
    passed = None if client_id is None else UserBuffer(client_id.rstrip(b"\0"), 16)
    return syscalls.NecpClientAction(7, 3, number, passed, 16, buffer, size)


def with_client(engine: LiveEngine) -> Outcome:
    submit(engine, syscalls.NecpOpen(7))
    parameters = UserBuffer(PARAMETERS, 16)
    return submit(engine, action(ClientAction.ADD, bytes(16), parameters, 16), (ID,))


def test_an_fd_has_the_number_of_the_trace() -> None:
    engine = live()
    assert submit(engine, syscalls.NecpOpen(7)).retval == 3
    assert submit(engine, syscalls.NecpOpen(7, 0, 40)).retval == 40
    assert submit(engine, syscalls.Close(7, 40)).errno == 0
    assert submit(engine, syscalls.Close(7, 40)).errno == errno.EBADF
    engine.close()


def test_an_id_of_the_system_has_the_name_of_the_trace() -> None:
    engine = live()
    assert with_client(engine).answer == ActionBuffers(ID, PARAMETERS)
    listed = submit(engine, action(ClientAction.COPY_LIST, None, UserBuffer(length=64)))
    assert (listed.retval, listed.answer) == (16, ActionBuffers(Unseen.NO_BUFFER, ID))
    copied = submit(engine, action(ClientAction.COPY_PARAMETERS, ID, UserBuffer(length=64)))
    assert (copied.errno, copied.answer) == (0, ActionBuffers(ID, PARAMETERS))
    unknown = submit(engine, action(ClientAction.REMOVE, b"another id"))
    assert (unknown.errno, unknown.retval) == (errno.ENOENT, None)
    engine.close()


@pytest.mark.parametrize(
    ("buffer", "error"),
    [
        pytest.param(UserBuffer(length=64), 0, id="whole"),
        pytest.param(None, errno.EFAULT, id="NULL"),
        pytest.param(UserBuffer(length=64, unmapped=True), errno.EFAULT, id="unmapped"),
        pytest.param(UserBuffer(length=64, mapped=8), errno.EFAULT, id="ends early"),
        pytest.param(UserBuffer(length=64, mapped=16), 0, id="ends where it is full"),
        pytest.param(UserBuffer(length=64, readonly=True), errno.EFAULT, id="read-only"),
    ],
)
def test_a_buffer_has_the_ends_and_rights_that_it_had(
    buffer: UserBuffer | None, error: int
) -> None:
    engine = live()
    with_client(engine)
    outcome = submit(engine, action(ClientAction.COPY_PARAMETERS, ID, buffer))
    assert outcome.errno == error
    engine.close()


def test_a_pointer_in_a_buffer_leads_to_memory() -> None:
    engine = live(really=True)
    with_client(engine)
    cache = UserBuffer(b"\1\1\0\0\1", 16, pointers=(UserPointer(8, UserBuffer(b"\1", 1)),))
    outcome = submit(engine, action(ClientAction.UPDATE_CACHE, ID, cache, 16))
    assert outcome == Outcome(0, 0, ActionBuffers(ID, Unseen.NOT_SHOWN), (), ("effects",))
    engine.close()


def test_a_match_and_a_poll_are_made() -> None:
    engine = live()
    with_client(engine)
    match = syscalls.NecpMatchPolicy(7, UserBuffer(PARAMETERS, 6), 6, UserBuffer(length=64))
    assert submit(engine, match).answer == MatchResult(PARAMETERS)
    assert submit(engine, syscalls.FdPoll(7, 3)).answer == Readiness(True)
    engine.close()


@pytest.mark.parametrize(
    "event",
    [
        processes.ProcAdd(7),
        interfaces.IfaceAttach(4),
        syscalls.NecpOpen(8),
        syscalls.NecpSessionOpen(7),
        syscalls.NetagentTrigger(7),
        agents.NetagentOpen("agent"),
        action(ClientAction.UPDATE_CACHE),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_cannot_or_may_not_be_done_is_not_modelled(event: Input) -> None:
    engine = live()
    submit(engine, syscalls.NecpOpen(7))
    assert isinstance(submit(engine, event).answer, Absent)
    engine.close()


def test_agents_need_a_system_that_has_their_control_socket() -> None:
    answer = submit(live(really=True), agents.NetagentOpen("agent")).answer
    assert answer == Absent("this system has no control socket for agents")


def test_what_is_not_known_is_not_called() -> None:
    engine = live()
    submit(engine, syscalls.NecpOpen(7))
    step = partial_step(action(ClientAction.ADD, bytes(16), UserBuffer(length=64, known=0)))
    assert isinstance(engine.submit(step).answer, NotDetermined)
    engine.close()


def test_an_id_that_the_trace_does_not_name_is_unmeasured() -> None:
    engine = live()
    submit(engine, syscalls.NecpOpen(7))
    event = action(ClientAction.ADD, bytes(16), UserBuffer(PARAMETERS, 16), 16)
    outcome = engine.submit(partial_step(event, unmeasured=("uuids",)))
    assert (outcome.errno, outcome.unmeasured) == (0, ("client_id", "effects"))
    engine.close()


def test_sessions_are_closed_with_the_trace() -> None:
    with LiveEngines(SystemCalls(built_programs().stand_in), really=True) as engines:
        engine = engines("xnu-0")
        assert submit(engine, syscalls.NecpSessionOpen(7)).retval == 3
        assert submit(engine, syscalls.NecpSessionAction(7, 3, 1)).errno == errno.EINVAL
    assert submit(engine, syscalls.NecpSessionAction(7, 3, 1)).errno == errno.EBADF


def test_a_library_without_the_calls_is_refused() -> None:
    with pytest.raises(UsageError, match="has no necp_open"):
        SystemCalls(None)
