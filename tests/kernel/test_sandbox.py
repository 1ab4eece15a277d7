"""What the sandbox of a process refuses."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.abi.errno import Errno
from necp_replay.errors import ScenarioError
from necp_replay.events.effects import Log, SandboxDenial
from necp_replay.events.syscalls import NecpOpen
from necp_replay.scenario import sandbox
from tests.kernel.builders import REMOTE, make_system

ASKED, UNASKED = "xnu-8019.41.5", "xnu-7195.101.1"
POLICIES, MATCH = "PRIV_NET_PRIVILEGED_NECP_POLICIES", "PRIV_NET_PRIVILEGED_NECP_MATCH"
READS = (ClientAction.ADD, ClientAction.COPY_RESULT)


def test_an_open_is_refused_before_an_fd_is_taken() -> None:
    app = make_system(ASKED).add_process(100, fd_limit=3, sandbox=sandbox(denies_open=True))
    answer = app.necp_open(OpenFlag.OBSERVER)
    assert answer.fd == -1
    app.update(sandbox=sandbox(), fd_limit=4)
    assert app.necp_open().fd == 3


def test_a_refused_open_says_so_and_writes_no_log_record() -> None:
    app = make_system(ASKED).add_process(100, sandbox=sandbox(denies_open=True))
    refused = app.submit(NecpOpen(100, OpenFlag.OBSERVER))
    assert refused.errno == Errno.EPERM
    assert refused.outcome.effects == (SandboxDenial(100, "necp-client-open", OpenFlag.OBSERVER),)


def test_an_action_that_is_not_allowed_is_refused_and_does_nothing() -> None:
    app = make_system(ASKED).add_process(100)
    fd = app.necp_open()
    client = fd.add(remote=REMOTE)
    app.update(sandbox=sandbox(allowed_actions=READS))
    assert client.copy_result().errno == 0
    refused = client.remove()
    assert refused.errno == Errno.EPERM
    denied = SandboxDenial(100, "system-necp-client-action", ClientAction.REMOVE)
    assert refused.outcome.effects == (denied,)
    app.update(sandbox=sandbox())
    assert client.remove().errno == 0


def test_an_unknown_action_is_refused_by_the_sandbox_first() -> None:
    app = make_system(ASKED).add_process(100, sandbox=sandbox(allowed_actions=()))
    refused = app.necp_open().action(99)
    assert refused.errno == Errno.EPERM
    assert not [each for each in refused.outcome.effects if isinstance(each, Log)]


def test_an_fd_that_is_not_open_is_refused_before_the_sandbox_is_asked() -> None:
    app = make_system(ASKED).add_process(100, sandbox=sandbox(allowed_actions=()))
    assert app.on_fd(9).action(ClientAction.ADD).errno == Errno.EBADF


def test_releases_that_do_not_ask_refuse_nothing() -> None:
    denying = sandbox(denies_open=True, allowed_actions=())
    fd = make_system(UNASKED).add_process(100, sandbox=denying).necp_open()
    assert fd.fd == 3
    assert fd.add(remote=REMOTE).copy_result().errno == 0


@pytest.mark.parametrize("release", [ASKED, UNASKED])
def test_a_denied_privilege_is_missing_whatever_grants_it(release: str) -> None:
    system = make_system(release)
    denying = sandbox(denied_privileges=[POLICIES])
    app = system.add_process(100, privileged=True, sandbox=denying)
    assert app.necp_session_open().fd == -1
    # Root opens a session without being asked for the privilege, and is asked for it later.
    daemon = system.add_process(200, uid=0, sandbox=denying)
    session = daemon.open_policy_session()
    assert session.session.fd == 3
    assert session.set_priority(1).errno == Errno.EPERM


def test_a_name_that_is_no_privilege_is_refused() -> None:
    with pytest.raises(ScenarioError, match="no privilege 'PRIV_NET_NOSUCH'"):
        sandbox(denied_privileges=["PRIV_NET_NOSUCH"])
    assert sandbox(denied_privileges=[MATCH, 10004]).denied_privileges == (10006, 10004)
