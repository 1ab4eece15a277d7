"""``necp_client_action``: what it checks before any action."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.events.outcome import Absent, ActionBuffers, TypeConfused
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.events.user_buffer import BufferDigest, Unseen, UserBuffer, UserPointer
from necp_replay.scenario.buffers import faulting, nowhere, room
from tests.kernel.builders import NEWER, OLDER, REMOTE, make_laptop, make_system
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


@pytest.mark.parametrize("action", [*ACTIONS, 99])
def test_a_session_fd_is_a_type_confusion_after_which_nothing_is_known(action: int) -> None:
    laptop = make_laptop()
    tool = laptop.system.add_process(200, uid=0)
    fd = tool.on_fd(tool.necp_session_open().fd)
    answer = fd.action(action, room(16), room(64))
    assert isinstance(answer.answer, TypeConfused)
    assert answer.effects == ()
    assert isinstance(laptop.fd.poll().answer, Absent)


def test_a_type_confusion_says_what_of_the_session_it_would_overwrite() -> None:
    laptop = make_laptop()
    tool = laptop.system.add_process(200, uid=0)
    fd = tool.on_fd(tool.necp_session_open().fd)
    confused = fd.action(ClientAction.COPY_CLIENT_UPDATE, room(16), room(64)).answer
    assert isinstance(confused, TypeConfused)
    assert confused.function == "necp_client_copy_client_update"
    assert confused.would_corrupt is not None and "proc_uuid" in confused.would_corrupt


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
