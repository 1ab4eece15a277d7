"""CLAIM."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.scenario.buffers import room
from necp_replay.scenario.process import ClientHandle, NecpFdHandle
from tests.kernel.builders import PID, REMOTE, Laptop, make_laptop
from tests.kernel.client_actions.arguments import Arguments, unreadable, verdict

RELEASE = "xnu-6153.11.26"
SKYWALK = "xnu-8019.80.24"
UNIQUE_PID = 0x1_0000_0000 + PID


@pytest.mark.parametrize(
    ("arguments", "errno", "logs"),
    [
        pytest.param(Arguments(None), Errno.EINVAL, [], id="no id"),
        pytest.param(Arguments(room(15)), Errno.EINVAL, [], id="a short id"),
        pytest.param(
            Arguments(unreadable()), Errno.EFAULT, ["necp_client_claim"], id="an id that faults"
        ),
        pytest.param(Arguments(b"\x77" * 16), Errno.ENOENT, [], id="an unknown client"),
    ],
)
def test_bad_arguments_are_refused(arguments: Arguments, errno: Errno, logs: list[str]) -> None:
    laptop = make_laptop(RELEASE)
    assert verdict(arguments.call(laptop.fd, ClientAction.CLAIM)) == (errno, logs)


def test_a_client_added_for_the_process_cannot_be_claimed() -> None:
    laptop = make_laptop(RELEASE)
    client = laptop.fd.add(remote=REMOTE, delegated_upid=UNIQUE_PID)
    other = laptop.app.necp_open()
    for fd in (laptop.fd, other):
        assert verdict(fd.action(ClientAction.CLAIM, client.client_id, None)) == (2, [])


def test_an_older_release_does_not_know_it() -> None:
    answer = make_laptop().fd.action(ClientAction.CLAIM, room(16), None)
    assert verdict(answer) == (Errno.EINVAL, ["necp_client_action"])


def acting(release: str) -> tuple[Laptop, ClientHandle, NecpFdHandle]:
    """A client that acts for another process, and an fd of that process."""
    laptop = make_laptop(release)
    client = laptop.fd.add(remote=REMOTE)
    client.act_for(200)
    other = laptop.system.add_process(200, "tool", platform_binary=True).necp_open()
    return laptop, client, other


@pytest.mark.parametrize(("release", "binary"), [(RELEASE, 0), ("xnu-7195.50.7.100.1", 1)])
def test_a_client_that_acts_for_the_process_is_taken_over(release: str, binary: int) -> None:
    laptop, client, other = acting(release)
    assert verdict(other.claim(client.client_id)) == (0, [])
    shown = laptop.client(client)
    assert (shown.proc_pid, shown.platform_binary) == (200, binary)
    assert client.copy_result().errno == Errno.ENOENT
    assert other.copy_result(client.client_id).errno == Errno.OK


def test_with_skywalk_the_parameters_say_for_whom_a_client_acts() -> None:
    laptop = make_laptop(SKYWALK)
    laptop.app.update(privileged=True)
    client = laptop.fd.add(remote=REMOTE, delegated_upid=UNIQUE_PID)
    assert laptop.client(client).delegated_upid == UNIQUE_PID
    other = laptop.app.necp_open()
    assert verdict(other.claim(client.client_id)) == (0, [])


@pytest.mark.parametrize(
    ("release", "by_client", "by_flow"),
    [
        (SKYWALK, (0, []), (0, [])),
        ("xnu-8792.61.2", (0, []), (Errno.EINVAL, ["necp_client_claim"])),
        ("xnu-8792.81.2", (Errno.ENOENT, []), (Errno.EINVAL, ["necp_client_claim"])),
    ],
)
def test_whether_a_client_with_flows_can_be_claimed_depends_on_the_release(
    release: str, by_client: tuple[int, list[str]], by_flow: tuple[int, list[str]]
) -> None:
    for is_flow, expected in ((False, by_client), (True, by_flow)):
        _, client, other = acting(release)
        flow = client.add_flow()
        identity = flow.client_id if is_flow else client.client_id
        assert verdict(other.claim(identity)) == expected
