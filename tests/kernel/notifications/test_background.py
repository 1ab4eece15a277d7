"""A process goes to the background."""

from __future__ import annotations

from necp_replay.abi.client import ClientResult
from necp_replay.events.notifications import InjectNexusFlow
from tests.kernel.builders import REMOTE, log_functions, make_laptop


def test_clients_without_an_assigned_flow_are_not_told() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(InjectNexusFlow(client.client_id))
    assert not laptop.fd.set_background().effects
    assert client.copy_result().number(ClientResult.TRAFFIC_MGMT_BG) is None


def test_clients_with_an_assigned_flow_are_told_at_once() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(InjectNexusFlow(client.client_id, assigned=True))
    assert laptop.fd.set_background().effects
    assert client.copy_result().number(ClientResult.TRAFFIC_MGMT_BG) == 1
    laptop.fd.set_background(False)
    assert client.copy_result().number(ClientResult.TRAFFIC_MGMT_BG) == 0


def test_a_session_fd_is_logged() -> None:
    laptop = make_laptop()
    root = laptop.system.add_process(1, uid=0)
    answer = root.on_fd(root.necp_session_open().fd).set_background()
    assert answer.errno == 0
    assert log_functions(answer) == ["necp_set_client_as_background"]
