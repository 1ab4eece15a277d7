"""COPY_UPDATED_RESULT_FINAL, from xnu-11215 on."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentOption8019
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.events.notifications import CreateRegistration
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import room
from necp_replay.scenario.process import NecpFdHandle
from tests.kernel.builders import REMOTE, Laptop, make_laptop, update
from tests.kernel.client_actions.arguments import Arguments, unreadable, verdict

RELEASE = "xnu-11215.1.10"
FINAL = ClientAction.COPY_UPDATED_RESULT_FINAL
FUNCTION = "necp_client_copy"


def copy(fd: NecpFdHandle, client_id: bytes, size_bytes: int = 2048) -> CallAnswer:
    return fd.action(FINAL, client_id, room(size_bytes))


def change(laptop: Laptop) -> None:
    """Change results, so that they are unread."""
    laptop.wifi.update(IfaceUpdate(0, mtu=1400))
    update(laptop)


def is_readable(laptop: Laptop) -> bool:
    (fd,) = (fd for fd in laptop.system.snapshot().fds if fd.pid == 100)
    return bool(fd.readable)


@pytest.mark.parametrize(
    ("arguments", "errno", "logs"),
    [
        pytest.param(Arguments(room(16), None), Errno.EINVAL, [], id="no buffer"),
        pytest.param(Arguments(room(15)), Errno.ERANGE, [FUNCTION], id="a short id"),
        pytest.param(Arguments(unreadable()), Errno.EFAULT, [FUNCTION], id="a fault"),
        pytest.param(Arguments(b"\x77" * 16), Errno.ENOENT, [], id="an unknown id"),
        pytest.param(Arguments(None), Errno.ENOENT, [], id="nothing unread"),
    ],
)
def test_bad_arguments_are_refused(arguments: Arguments, errno: Errno, logs: list[str]) -> None:
    assert verdict(arguments.call(make_laptop(RELEASE).fd, FINAL)) == (errno, logs)


def test_a_result_with_room_is_copied_once() -> None:
    laptop = make_laptop(RELEASE)
    client = laptop.fd.add(remote=REMOTE)
    client.copy_result()
    assert copy(laptop.fd, client.client_id).retval == 0
    other = laptop.fd.add(remote=REMOTE)
    assert copy(laptop.fd, other.client_id).retval == laptop.client(other).result_length


def test_what_has_no_room_counts_as_read() -> None:
    laptop = make_laptop(RELEASE)
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(CreateRegistration(client.client_id))
    client.copy_result()
    change(laptop)
    assert copy(laptop.fd, client.client_id, 40).errno == Errno.EINVAL
    assert copy(laptop.fd, client.client_id, 40).retval == 0
    assert not is_readable(laptop)


def test_members_of_a_group_without_room_stay_unread() -> None:
    laptop = make_laptop(RELEASE)
    client = laptop.fd.add(remote=REMOTE)
    client.copy_result()
    agent = laptop.system.add_agent("g1")
    agent.setsockopt(AgentOption8019.ASSIGN_GROUP_MEMBERS, client.client_id + b"members")
    for _ in range(2):
        assert copy(laptop.fd, client.client_id, 40).errno == Errno.EINVAL
    assert is_readable(laptop)


def test_a_client_that_was_never_read_stays_unread() -> None:
    laptop = make_laptop(RELEASE)
    client = laptop.fd.add(remote=REMOTE)
    for _ in range(2):
        assert copy(laptop.fd, client.client_id, 40).errno == Errno.EINVAL
    assert is_readable(laptop)


def test_an_observer_without_room_marks_the_client_of_another_process_read() -> None:
    laptop = make_laptop(RELEASE)
    client = laptop.fd.add(remote=REMOTE)
    client.copy_result()
    change(laptop)
    observer = laptop.system.add_process(200, privileged=True).necp_open(OpenFlag.OBSERVER)
    assert copy(observer, client.client_id, 40).errno == Errno.EINVAL
    assert not is_readable(laptop)


def test_earlier_releases_do_not_have_it() -> None:
    laptop = make_laptop("xnu-10063.141.1")
    client = laptop.fd.add(remote=REMOTE)
    assert verdict(copy(laptop.fd, client.client_id)) == (Errno.EINVAL, ["necp_client_action"])
