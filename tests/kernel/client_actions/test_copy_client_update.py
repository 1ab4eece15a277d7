"""COPY_CLIENT_UPDATE."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction, ObserverUpdateType, OpenFlag
from necp_replay.abi.errno import Errno
from necp_replay.scenario.buffers import BufferLike, faulting, nowhere, read_only, room
from necp_replay.scenario.parameters import client_parameters
from necp_replay.scenario.process import ClientHandle, NecpFdHandle
from tests.kernel.builders import REMOTE, Laptop, make_laptop
from tests.kernel.client_actions.arguments import Arguments, shown, verdict

FUNCTION = "necp_client_copy_client_update"
COPY = ClientAction.COPY_CLIENT_UPDATE
PARAMETERS = client_parameters(remote=REMOTE)
UPDATE_BYTES = 4 + len(PARAMETERS)


def observed() -> tuple[Laptop, NecpFdHandle, ClientHandle]:
    """A push observer with two updates about a client queued."""
    laptop = make_laptop()
    observer = laptop.app.necp_open(OpenFlag.PUSH_OBSERVER)
    return laptop, observer, laptop.fd.add(PARAMETERS)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(Arguments(None), id="no room for the id"),
        pytest.param(Arguments(room(15)), id="a short id"),
        pytest.param(Arguments(room(17)), id="a long id"),
        pytest.param(Arguments(room(16), None), id="no buffer"),
        pytest.param(Arguments(room(16), buffer_size=0), id="length 0"),
    ],
)
def test_bad_arguments_are_refused_and_lose_nothing(arguments: Arguments) -> None:
    laptop, observer, _ = observed()
    assert verdict(arguments.call(observer, COPY)) == (Errno.EINVAL, [FUNCTION])
    assert laptop.system.snapshot().observers[0].update_count == 2


@pytest.mark.parametrize("flags", [0, OpenFlag.OBSERVER, OpenFlag.BACKGROUND])
def test_only_push_observers_get_updates(flags: int) -> None:
    answer = make_laptop(flags=flags).fd.copy_client_update()
    assert verdict(answer) == (Errno.EINVAL, [FUNCTION])


def test_an_empty_queue_is_enoent() -> None:
    answer = make_laptop(flags=OpenFlag.PUSH_OBSERVER).fd.copy_client_update()
    assert verdict(answer) == (Errno.ENOENT, [])


def test_updates_come_in_order_each_with_its_type_its_client_and_its_tlvs() -> None:
    laptop, observer, client = observed()
    answer = observer.copy_client_update()
    assert answer.retval == UPDATE_BYTES
    assert shown(answer)[0] == client.client_id
    assert answer.buffer == bytes((ObserverUpdateType.PARAMETERS, 0, 0, 0)) + PARAMETERS
    result = laptop.client(client).result
    answer = observer.copy_client_update()
    assert answer.buffer == bytes((ObserverUpdateType.RESULT, 0, 0, 0)) + result
    client.remove()
    assert observer.copy_client_update().buffer == bytes((ObserverUpdateType.REMOVE, 0, 0, 0))
    assert observer.copy_client_update().errno == Errno.ENOENT


@pytest.mark.parametrize(
    ("id_buffer", "buffer", "errno", "is_id_written"),
    [
        pytest.param(
            read_only(bytes(16)), room(512), Errno.EFAULT, False, id="an id that cannot be written"
        ),
        pytest.param(room(16), room(UPDATE_BYTES - 1), Errno.EINVAL, True, id="too short a buffer"),
        pytest.param(room(16), faulting(512, 3), Errno.EFAULT, True, id="a buffer that faults"),
        pytest.param(room(16), nowhere(), Errno.EFAULT, True, id="no memory at all"),
    ],
)
def test_an_update_that_cannot_be_taken_is_lost(
    id_buffer: BufferLike, buffer: BufferLike, errno: Errno, is_id_written: bool
) -> None:
    laptop, observer, client = observed()
    size_bytes = 512 if buffer == nowhere() else None
    answer = Arguments(id_buffer, buffer, buffer_size=size_bytes).call(observer, COPY)
    assert verdict(answer) == (errno, [FUNCTION])
    assert shown(answer)[0] == (client.client_id if is_id_written else b"")
    assert laptop.system.snapshot().observers[0].update_count == 1
    assert observer.copy_client_update().buffer[0] == ObserverUpdateType.RESULT


def test_a_buffer_that_just_fits_is_long_enough() -> None:
    _, observer, _ = observed()
    assert observer.copy_client_update(UPDATE_BYTES).retval == UPDATE_BYTES


def test_evaluation_shows_in_later_updates_only() -> None:
    laptop = make_laptop()
    early = laptop.app.necp_open(OpenFlag.PUSH_OBSERVER)
    laptop.fd.add(client_parameters(remote=REMOTE, domain=b"ab"))
    late = laptop.app.necp_open(OpenFlag.PUSH_OBSERVER)
    assert b"ab" in early.copy_client_update().buffer
    assert b"ab" not in late.copy_client_update().buffer
