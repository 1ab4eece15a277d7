"""COPY_PARAMETERS."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.abi.errno import Errno
from necp_replay.scenario.buffers import BufferLike, faulting, read_only, room
from necp_replay.scenario.parameters import client_parameters
from tests.kernel.builders import NEWER, OLDER, REMOTE, make_laptop
from tests.kernel.client_actions.arguments import Arguments, shown, unreadable, verdict

FUNCTION = "necp_client_copy"
PARAMETERS = client_parameters(remote=REMOTE)


@pytest.mark.parametrize(
    ("arguments", "errno", "logs"),
    [
        pytest.param(Arguments(room(16), None), Errno.EINVAL, [], id="no buffer"),
        pytest.param(Arguments(room(16), buffer_size=0), Errno.EINVAL, [], id="length 0"),
        pytest.param(Arguments(room(17)), Errno.ERANGE, [FUNCTION], id="a long id"),
        pytest.param(Arguments(room(0)), Errno.ERANGE, [FUNCTION], id="an id of length 0"),
        pytest.param(Arguments(unreadable()), Errno.EFAULT, [FUNCTION], id="a fault"),
        pytest.param(Arguments(b"\x77" * 16), Errno.ENOENT, [], id="an unknown id"),
        pytest.param(Arguments(None), Errno.ENOENT, [], id="no id, for which there is no wildcard"),
    ],
)
def test_bad_arguments_are_refused(arguments: Arguments, errno: Errno, logs: list[str]) -> None:
    laptop = make_laptop()
    laptop.fd.add(PARAMETERS)
    assert verdict(arguments.call(laptop.fd, ClientAction.COPY_PARAMETERS)) == (errno, logs)


def test_parameters_come_back_as_given_in_a_buffer_that_just_fits() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(PARAMETERS)
    answer = client.copy_parameters(len(PARAMETERS))
    assert (answer.retval, answer.buffer) == (len(PARAMETERS), PARAMETERS)
    assert client.copy_parameters(len(PARAMETERS) - 1).errno == Errno.EINVAL


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param(client_parameters(remote=REMOTE, domain=b"ab"), id="domain"),
        pytest.param(client_parameters(remote=REMOTE, account=b"ab"), id="account"),
    ],
)
def test_evaluation_puts_a_zero_at_the_end_of_domain_and_account(parameters: bytes) -> None:
    laptop = make_laptop()
    client = laptop.fd.add(parameters)
    assert client.copy_parameters().buffer == parameters.replace(b"ab", b"a\0")


@pytest.mark.parametrize("flags", [0, OpenFlag.PUSH_OBSERVER])
def test_only_observers_see_the_parameters_of_other_fds(flags: int) -> None:
    laptop = make_laptop()
    client = laptop.fd.add(PARAMETERS)
    stranger = laptop.system.add_process(300).necp_open(flags).client(client.client_id)
    observer = laptop.app.necp_open(OpenFlag.OBSERVER).client(client.client_id)
    assert stranger.copy_parameters().errno == Errno.ENOENT
    assert observer.copy_parameters().buffer == PARAMETERS


@pytest.mark.parametrize(("release", "errno"), [(OLDER, 0), (NEWER, Errno.ENOENT)])
@pytest.mark.parametrize("client_id", [None, room(16)])
def test_a_zero_id_finds_a_client_with_a_zero_id_in_older_releases_only(
    release: str, errno: int, client_id: BufferLike
) -> None:
    laptop = make_laptop(release)
    laptop.system.next_uuids(bytes(16))
    laptop.fd.add(PARAMETERS)
    answer = laptop.fd.action(ClientAction.COPY_PARAMETERS, client_id, room(512))
    assert answer.errno == errno


def test_an_observer_finds_a_client_with_a_zero_id_in_any_release() -> None:
    laptop = make_laptop(flags=OpenFlag.OBSERVER)
    laptop.system.next_uuids(bytes(16))
    laptop.fd.add(PARAMETERS)
    assert laptop.fd.action(ClientAction.COPY_PARAMETERS, None, room(512)).errno == 0


def test_a_fault_leaves_the_first_bytes_written() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(PARAMETERS)
    answer = Arguments(client.client_id, faulting(512, 7)).call(
        laptop.fd, ClientAction.COPY_PARAMETERS
    )
    assert verdict(answer) == (Errno.EFAULT, ["necp_client_copy_internal"])
    assert shown(answer)[1] == PARAMETERS[:7].rstrip(b"\0")
    answer = Arguments(client.client_id, read_only(bytes(512))).call(
        laptop.fd, ClientAction.COPY_PARAMETERS
    )
    assert (answer.errno, shown(answer)[1]) == (Errno.EFAULT, b"")
