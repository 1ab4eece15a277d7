"""``necp_client_action``: what it checks before any action."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.events.effects import TypeConfusionMark
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Absent, ActionBuffers, TypeConfused
from necp_replay.events.processes import ProcAdd
from necp_replay.events.syscalls import NecpClientAction, NecpSessionOpen
from necp_replay.events.user_buffer import BufferDigest, Unseen, UserBuffer, UserPointer
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import RELEASES
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import BufferLike, faulting, nowhere, room
from necp_replay.scenario.process import NecpFdHandle
from tests.kernel.builders import NEWER, OLDER, REMOTE, Laptop, make_laptop, make_system
from tests.kernel.client_actions.arguments import verdict

FUNCTION = "necp_client_action"
ACTIONS = [pytest.param(int(action), id=action.name) for action in ClientAction]


@pytest.mark.parametrize("action", [0, 6, 10, 13, 17, 18, 99, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("release", [OLDER, NEWER])
def test_actions_that_a_release_does_not_have_are_refused_with_a_log_record(
    action: int, release: str
) -> None:
    answer = make_laptop(release).fd.action(action, room(16), room(64))
    assert verdict(answer) == (Errno.EINVAL, [FUNCTION])


@pytest.mark.parametrize("action", [*ACTIONS, 99])
def test_an_fd_that_is_not_open_comes_before_everything_else(action: int) -> None:
    laptop = make_laptop()
    for fd in (77, -1):
        assert verdict(laptop.app.on_fd(fd).action(action)) == (Errno.EBADF, [FUNCTION])


@pytest.mark.parametrize("action", ACTIONS)
def test_a_file_of_another_type_is_enodev(action: int) -> None:
    laptop = make_laptop()
    assert verdict(laptop.app.open_other().action(action)) == (Errno.ENODEV, [FUNCTION])


def test_a_process_that_is_not_there_is_esrch() -> None:
    system = make_system()
    answer = system.submit(NecpClientAction(100, 3, ClientAction.COPY_RESULT))
    assert answer.errno == Errno.ESRCH


def _session_fd(laptop: Laptop) -> NecpFdHandle:
    """The fd of a new policy session, for client calls."""
    tool = laptop.system.add_process(200, uid=0)
    return tool.on_fd(tool.necp_session_open().fd)


def _mark(answer: CallAnswer) -> list[str]:
    return [e.function for e in answer.effects if isinstance(e, TypeConfusionMark)]


TAKES_THE_LOCK = [
    ClientAction.ADD,
    ClientAction.REMOVE,
    ClientAction.COPY_PARAMETERS,
    ClientAction.COPY_RESULT,
    ClientAction.AGENT,
    ClientAction.COPY_ROUTE_STATISTICS,
    ClientAction.COPY_UPDATED_RESULT,
]


@pytest.mark.parametrize("action", TAKES_THE_LOCK)
def test_a_session_fd_whose_lock_is_taken_is_a_type_confusion_after_which_nothing_is_known(
    action: int,
) -> None:
    laptop = make_laptop()
    answer = _session_fd(laptop).action(action, room(16), room(256))
    assert isinstance(answer.answer, TypeConfused)
    assert answer.effects == ()
    assert isinstance(laptop.fd.poll().answer, Absent)


def test_a_type_confusion_says_what_of_the_session_it_overwrites() -> None:
    confused = _session_fd(make_laptop()).action(ClientAction.REMOVE, room(16)).answer
    assert isinstance(confused, TypeConfused)
    assert confused.function == "necp_client_remove"
    assert confused.would_corrupt is not None and "policies" in confused.would_corrupt


def test_a_type_confusion_needs_no_generated_id_since_none_was_measured() -> None:
    call = NecpClientAction(200, 3, ClientAction.ADD, room(16), 16, room(16), 16)
    machine = Machine(RELEASES[NEWER])
    for event in (ProcAdd(200, uid=0), NecpSessionOpen(200)):
        machine.submit(Step(event))
    assert isinstance(machine.submit(Step(call)).answer, TypeConfused)


@pytest.mark.parametrize("action", [0, 6, 10, 13, 17, 99])
def test_an_unknown_action_of_a_session_fd_is_refused_as_of_any_other(action: int) -> None:
    laptop = make_laptop()
    answer = _session_fd(laptop).action(action, room(16), room(64))
    assert (verdict(answer), _mark(answer)) == ((Errno.EINVAL, [FUNCTION]), [FUNCTION])
    assert laptop.fd.poll().errno == 0


REFUSED = {
    "ADD without parameters": (ClientAction.ADD, room(16), None, Errno.EINVAL),
    "ADD whose parameters fault": (ClientAction.ADD, room(16), faulting(8, 2), Errno.EFAULT),
    "REMOVE without an id": (ClientAction.REMOVE, None, None, Errno.EINVAL),
    "COPY_RESULT without a buffer": (ClientAction.COPY_RESULT, room(16), None, Errno.EINVAL),
    "COPY_RESULT with a short id": (ClientAction.COPY_RESULT, room(8), room(64), Errno.ERANGE),
    "COPY_RESULT whose id faults": (
        ClientAction.COPY_RESULT,
        faulting(16, 2),
        room(64),
        Errno.EFAULT,
    ),
    "AGENT without a buffer": (ClientAction.AGENT, room(16), None, Errno.EINVAL),
    "COPY_CLIENT_UPDATE": (ClientAction.COPY_CLIENT_UPDATE, room(16), room(64), Errno.EINVAL),
    "COPY_LIST": (ClientAction.COPY_LIST, None, room(4), Errno.EACCES),
}


@pytest.mark.parametrize(("action", "id", "buffer", "errno"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_before_the_lock_is_answered_and_overwrites_nothing(
    action: int, id: BufferLike, buffer: BufferLike, errno: Errno
) -> None:
    laptop = make_laptop()
    answer = _session_fd(laptop).action(action, id, buffer)
    assert answer.errno == errno
    assert len(_mark(answer)) == 1
    assert laptop.fd.poll().errno == 0


def test_actions_that_do_not_look_at_the_fd_answer_as_on_any_other() -> None:
    laptop = make_laptop()
    fd = _session_fd(laptop)
    index = (4).to_bytes(4, "little")
    confused = fd.action(ClientAction.COPY_INTERFACE, index, room(256))
    usual = laptop.fd.action(ClientAction.COPY_INTERFACE, index, room(256))
    assert (confused.errno, confused.answer) == (0, usual.answer)
    assert fd.action(ClientAction.COPY_AGENT, b"\xa1" * 16, room(256)).errno == Errno.ENOENT


@pytest.mark.parametrize(("pid", "errno"), [(200, Errno.EACCES), (201, 0)])
def test_the_flags_of_a_session_fd_are_the_pid_of_the_last_process_that_acted_on_it(
    pid: int, errno: int
) -> None:
    laptop = make_laptop()
    laptop.fd.add(remote=REMOTE)
    tool = laptop.system.add_process(pid, uid=0)
    session = tool.necp_session_open()
    fd = tool.on_fd(session.fd)
    assert fd.action(ClientAction.COPY_LIST, None, bytes(4)).errno == Errno.EACCES
    session.action(99, None)
    assert fd.action(ClientAction.COPY_LIST, None, bytes(4)).errno == errno


def test_both_buffers_are_shown_as_they_are_after_the_call() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    answer = laptop.fd.action(ClientAction.COPY_RESULT, client.client_id, b"\xff" * 512)
    assert isinstance(answer.answer, ActionBuffers)
    assert answer.answer.client_id == client.client_id
    length = laptop.client(client).result_length
    assert isinstance(answer.answer.buffer, bytes)
    assert answer.answer.buffer[length:] == b"\xff" * (512 - length)


@pytest.mark.parametrize(
    ("buffer", "expected"),
    [
        pytest.param(None, Unseen.NO_BUFFER, id="NULL"),
        pytest.param(nowhere(), Unseen.NO_BUFFER, id="unmapped"),
        pytest.param(faulting(64, 2, b"abcd"), b"ab", id="mapped in part"),
        pytest.param(
            UserBuffer(b"ab", 16, pointers=(UserPointer(8),)), Unseen.NOT_SHOWN, id="pointers"
        ),
    ],
)
def test_buffers_are_shown_as_far_as_they_are_mapped(
    buffer: UserBuffer | None, expected: object
) -> None:
    answer = make_laptop().fd.action(99, room(16), buffer, buffer_size=64)
    assert isinstance(answer.answer, ActionBuffers)
    assert answer.answer.buffer == expected


def test_a_long_buffer_is_shown_as_a_digest() -> None:
    answer = make_laptop().fd.action(99, None, room(70_000))
    assert isinstance(answer.answer, ActionBuffers)
    assert isinstance(answer.answer.buffer, BufferDigest)
    assert answer.answer.buffer.length == 70_000


def test_a_buffer_that_claims_more_than_any_can_have_is_shown_at_its_longest() -> None:
    claim = UserBuffer(b"\x01", 1 << 63)
    answer = make_laptop().fd.action(99, None, claim)
    assert isinstance(answer.answer, ActionBuffers)
    assert isinstance(answer.answer.buffer, BufferDigest)
    assert answer.answer.buffer.length == 16 * 1024 * 1024
