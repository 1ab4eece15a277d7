"""SET_STATISTICS."""

from __future__ import annotations

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from tests.kernel.builders import log_functions
from tests.kernel.client_actions.skywalk import make_world

ACTION = ClientAction.SET_STATISTICS


def test_it_is_not_supported_by_releases_with_skywalk() -> None:
    answer = make_world().laptop.fd.action(ACTION)
    assert (answer.errno, answer.effects) == (Errno.ENOTSUP, ())


def test_releases_without_skywalk_do_not_handle_it() -> None:
    answer = make_world("xnu-8019.61.5").laptop.fd.action(ACTION)
    assert (answer.errno, log_functions(answer)) == (Errno.EINVAL, ["necp_client_action"])
