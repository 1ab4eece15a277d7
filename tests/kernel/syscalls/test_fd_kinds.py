"""Calls on an fd of NECP's other kind, in releases that look at the kind."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import SessionAction
from necp_replay.events.effects import FdUseCountLeak
from necp_replay.scenario.policy_session import SessionHandle
from tests.kernel.builders import REGISTERED, effects_of, log_functions, make_laptop

REPAIRED = "xnu-4903.270.47"
"""The release that gives the fd back."""


@pytest.mark.parametrize(("release", "leaks"), [(REGISTERED, 1), (REPAIRED, 0)])
def test_a_call_on_the_other_kind_is_einval_and_may_leak_the_fd(release: str, leaks: int) -> None:
    laptop = make_laptop(release)
    root = laptop.system.add_process(300, "root", uid=0, privileged=True)
    fd, session = root.necp_open(), root.necp_session_open()
    on_session = root.on_fd(session.fd).action(ClientAction.COPY_LIST)
    on_client = SessionHandle(root, fd.fd).action(SessionAction.POLICY_APPLY_ALL)
    for answer, function in (
        (on_session, "necp_client_action"),
        (on_client, "necp_session_action"),
    ):
        assert answer.errno == Errno.EINVAL
        assert log_functions(answer) == [function]
        assert len(effects_of(answer, FdUseCountLeak)) == leaks
    for number in (fd.fd, session.fd):
        closed = root.on_fd(number).close()
        assert closed.errno == Errno.OK
        assert len(effects_of(closed, FdUseCountLeak)) == leaks
