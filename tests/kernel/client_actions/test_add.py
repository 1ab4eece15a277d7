"""ADD."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction, ObserverUpdateType, OpenFlag
from necp_replay.abi.errno import Errno
from necp_replay.events.effects import Wake
from necp_replay.scenario.buffers import BufferLike, nowhere, read_only, room
from necp_replay.scenario.parameters import client_parameters
from tests.kernel.builders import (
    NEWER,
    OLDER,
    REMOTE,
    effects_of,
    log_functions,
    make_laptop,
)
from tests.kernel.client_actions.arguments import Arguments, shown, unreadable, verdict

PARAMETERS = client_parameters(remote=REMOTE)
FUNCTION = "necp_client_add"
ID = room(16)


@pytest.mark.parametrize(
    ("arguments", "errno", "logs"),
    [
        pytest.param(Arguments(None, PARAMETERS), Errno.EINVAL, [], id="no room for the id"),
        pytest.param(
            Arguments(ID, PARAMETERS, client_id_len=15), Errno.EINVAL, [], id="a short id"
        ),
        pytest.param(Arguments(ID, PARAMETERS, client_id_len=17), Errno.EINVAL, [], id="a long id"),
        pytest.param(Arguments(ID, None), Errno.EINVAL, [], id="no parameters"),
        pytest.param(Arguments(ID, PARAMETERS, buffer_size=0), Errno.EINVAL, [], id="length 0"),
        pytest.param(Arguments(ID, room(1025)), Errno.EINVAL, [], id="more than 1024 bytes"),
        pytest.param(Arguments(ID, nowhere(), buffer_size=8), Errno.EFAULT, [FUNCTION], id="fault"),
    ],
)
def test_bad_arguments_are_refused_and_no_id_is_used_up(
    arguments: Arguments, errno: Errno, logs: list[str]
) -> None:
    laptop = make_laptop()
    wanted = b"\x55" * 16
    laptop.system.next_uuids(wanted)
    assert verdict(arguments.call(laptop.fd, ClientAction.ADD)) == (errno, logs)
    assert laptop.system.snapshot().necp_client_count == 0
    assert laptop.fd.add(PARAMETERS).client_id == wanted


def test_1024_bytes_of_parameters_are_not_too_many() -> None:
    laptop = make_laptop()
    assert Arguments(ID, room(1024)).call(laptop.fd, ClientAction.ADD).errno == 0


def test_a_push_observer_adds_no_clients_whatever_the_arguments() -> None:
    laptop = make_laptop(flags=OpenFlag.PUSH_OBSERVER)
    answer = Arguments(None, None).call(laptop.fd, ClientAction.ADD)
    assert verdict(answer) == (Errno.EINVAL, [FUNCTION])


@pytest.mark.parametrize("release", [OLDER, NEWER])
@pytest.mark.parametrize("id_buffer", [read_only(bytes(16)), nowhere(), unreadable()])
def test_an_id_that_cannot_be_copied_out_uses_up_an_id_and_leaves_no_client(
    release: str, id_buffer: BufferLike
) -> None:
    laptop = make_laptop(release)
    observer = laptop.app.necp_open(OpenFlag.PUSH_OBSERVER)
    first, second = b"\x01" * 16, b"\x02" * 16
    laptop.system.next_uuids(first, second)
    answer = laptop.fd.action(ClientAction.ADD, id_buffer, PARAMETERS, client_id_len=16)
    assert verdict(answer) == (Errno.EFAULT, [FUNCTION])
    assert observer.copy_client_update().errno == Errno.ENOENT
    assert laptop.system.snapshot().necp_client_count == 0
    assert laptop.fd.add(PARAMETERS).client_id == second


def test_the_id_is_what_the_generator_made() -> None:
    laptop = make_laptop()
    laptop.system.next_uuids(b"\x11" * 16)
    answer = Arguments(ID, PARAMETERS).call(laptop.fd, ClientAction.ADD)
    assert (answer.errno, answer.retval) == (0, 0)
    assert shown(answer)[0] == b"\x11" * 16


def test_a_new_client_is_evaluated_and_unread_and_wakes_no_process() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(PARAMETERS)
    assert client.added is not None and client.added.effects == ()
    state = laptop.client(client)
    assert (state.result_read, state.flow_result_read) == (0, 0)
    assert state.result_length > 0


def test_the_client_remembers_whether_its_process_is_a_platform_binary() -> None:
    laptop = make_laptop()
    tool = laptop.system.add_process(200, platform_binary=True).necp_open()
    assert laptop.client(tool.add(PARAMETERS)).platform_binary == 1
    assert laptop.client(laptop.fd.add(PARAMETERS)).platform_binary == 0


def test_push_observers_get_the_parameters_then_the_result() -> None:
    laptop = make_laptop()
    observer = laptop.app.necp_open(OpenFlag.PUSH_OBSERVER)
    client = laptop.fd.add(PARAMETERS)
    assert client.added is not None
    assert effects_of(client.added, Wake) == [Wake(100, observer.fd)] * 2
    types = [observer.copy_client_update().buffer[0] for _ in range(2)]
    assert types == [ObserverUpdateType.PARAMETERS, ObserverUpdateType.RESULT]


@pytest.mark.parametrize(("release", "read"), [("xnu-8019.61.5", 0), ("xnu-8019.80.24", 1)])
def test_network_statistics_read_the_parameters_from_8019_on(release: str, read: int) -> None:
    laptop = make_laptop(release)
    cut_short = b"\x0b\x09\0\0\0\x06"
    answer = laptop.fd.action(ClientAction.ADD, ID, PARAMETERS + cut_short)
    functions = list(log_functions(answer))
    assert functions.count("necp_find_conn_netstat_data") == read
    assert functions.count("necp_client_parse_parameters") == 1 + read


def test_an_id_that_exists_leaves_the_count_of_clients_one_too_high_for_good() -> None:
    laptop = make_laptop()
    laptop.system.next_uuids(b"\x11" * 16, b"\x11" * 16)
    client = laptop.fd.add(PARAMETERS)
    assert laptop.fd.add(client_parameters(remote="203.0.113.9:80")).client_id == client.client_id
    state = laptop.system.snapshot()
    assert (state.necp_client_count, len(state.fds[0].clients)) == (2, 1)
    assert client.copy_parameters().buffer == PARAMETERS
    client.remove()
    assert laptop.system.snapshot().necp_client_count == 1
