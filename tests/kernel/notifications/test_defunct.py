"""A process is made defunct."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientResultFlag
from necp_replay.events.effects import AgentMessage, Wake
from necp_replay.events.notifications import InjectNexusFlow
from tests.kernel.builders import NEWER, OLDER, REMOTE, effects_of, log_functions, make_laptop

LOW, HIGH = bytes((1,)) * 16, bytes((2,)) * 16


@pytest.mark.parametrize(("release", "result_read"), [(OLDER, 1), (NEWER, 0)])
def test_newer_releases_mark_the_result_unread(release: str, result_read: int) -> None:
    laptop = make_laptop(release)
    client = laptop.fd.add(remote=REMOTE)
    client.copy_result()
    assert effects_of(laptop.fd.defunct(), Wake)
    assert laptop.client(client).result_read == result_read
    assert ClientResultFlag.DEFUNCT in client.copy_result().flags


def test_only_the_last_client_that_was_not_defunct_decides_whether_the_fd_is_woken() -> None:
    laptop = make_laptop()
    laptop.system.next_uuids(LOW)
    laptop.fd.add(remote=REMOTE)
    laptop.fd.defunct()
    laptop.system.next_uuids(HIGH)
    laptop.fd.add(remote=REMOTE)
    assert effects_of(laptop.fd.defunct(), Wake)
    assert not laptop.fd.defunct().effects


@pytest.mark.parametrize("release", [OLDER, NEWER])
def test_a_nexus_that_cannot_be_told_is_logged_under_the_releases_function(release: str) -> None:
    laptop = make_laptop(release)
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(InjectNexusFlow(client.client_id, LOW))
    expected = {OLDER: "necp_defunct_client", NEWER: "necp_fd_defunct"}[release]
    assert log_functions(laptop.fd.defunct()) == [expected]


def test_the_nexuses_of_a_client_are_told_the_oldest_first() -> None:
    laptop = make_laptop()
    agents = [laptop.system.add_agent(name, flags=0x83).uuid for name in ("n1", "n2")]
    client = laptop.fd.add(remote=REMOTE)
    for agent in agents:
        laptop.system.submit(InjectNexusFlow(client.client_id, agent))
    messages = effects_of(laptop.fd.defunct(), AgentMessage)
    assert [each.agent for each in messages if isinstance(each, AgentMessage)] == agents


def test_push_observers_are_not_told() -> None:
    laptop = make_laptop()
    laptop.fd.add(remote=REMOTE)
    observer = laptop.system.add_process(200, uid=0).necp_open(5)
    while observer.copy_client_update().errno == 0:
        pass
    laptop.fd.defunct()
    assert observer.copy_client_update().errno != 0


def test_a_session_fd_is_ignored_and_others_are_refused() -> None:
    laptop = make_laptop()
    root = laptop.system.add_process(1, uid=0)
    session = root.necp_session_open()
    assert root.on_fd(session.fd).defunct().errno == 0
    assert root.open_other().defunct().errno == 19
    assert root.on_fd(99).defunct().errno == 9
