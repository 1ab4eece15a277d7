"""COPY_UPDATED_RESULT."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction, ClientResultFlag, OpenFlag
from necp_replay.abi.errno import Errno
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.scenario.buffers import read_only, room
from tests.kernel.builders import NEWER, OLDER, REMOTE, make_laptop, update
from tests.kernel.client_actions.arguments import Arguments, unreadable, verdict

FUNCTION = "necp_client_copy"


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
    answer = arguments.call(make_laptop().fd, ClientAction.COPY_UPDATED_RESULT)
    assert verdict(answer) == (errno, logs)


def test_a_result_is_copied_once_and_again_after_a_change() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    assert client.copy_updated_result().retval == laptop.client(client).result_length
    assert client.copy_updated_result().retval == 0
    laptop.wifi.update(IfaceUpdate(0, mtu=1400))
    update(laptop)
    assert client.copy_updated_result().retval == laptop.client(client).result_length


def test_a_client_that_was_read_needs_no_memory_to_copy_to() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    client.copy_result()
    answer = laptop.fd.action(
        ClientAction.COPY_UPDATED_RESULT, client.client_id, read_only(bytes(1))
    )
    assert (answer.errno, answer.retval) == (0, 0)


def test_an_observer_sees_news_until_the_owner_has_read_it() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    observed = laptop.app.necp_open(OpenFlag.OBSERVER).client(client.client_id)
    assert observed.copy_updated_result().retval == observed.copy_updated_result().retval != 0
    client.copy_updated_result()
    assert observed.copy_updated_result().retval == 0


@pytest.mark.parametrize(("release", "is_news"), [(OLDER, False), (NEWER, True)])
def test_being_made_defunct_is_news_in_newer_releases_only(release: str, is_news: bool) -> None:
    laptop = make_laptop(release)
    client = laptop.fd.add(remote=REMOTE)
    client.copy_result()
    laptop.fd.defunct()
    assert bool(client.copy_updated_result().retval) is is_news
    assert client.copy_result().flags & ClientResultFlag.DEFUNCT
