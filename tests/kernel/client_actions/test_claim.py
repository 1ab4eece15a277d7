"""CLAIM."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.scenario.buffers import room
from tests.kernel.builders import PID, REMOTE, make_laptop
from tests.kernel.client_actions.arguments import Arguments, unreadable, verdict

RELEASE = "xnu-6153.11.26"
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
