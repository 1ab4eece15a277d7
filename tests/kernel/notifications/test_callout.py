"""The update timer fires."""

from __future__ import annotations

from necp_replay.abi.client import ClientResult, ClientResultFlag
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.abi.policy import PolicyResult
from necp_replay.events.effects import AgentMessage, Wake
from necp_replay.events.notifications import InjectNexusFlow
from tests.kernel.builders import REMOTE, effects_of, log_functions, make_laptop, update

NEXUS_PROVIDER_FLAGS = 0x83


def test_every_fd_with_news_is_woken_once_and_the_newest_first() -> None:
    laptop = make_laptop()
    newer = laptop.app.necp_open()
    for fd in (laptop.fd, newer, newer):
        fd.add(remote=REMOTE)
    laptop.system.delete_route("0.0.0.0/0@en0")
    woken = effects_of(laptop.system.fire_timer(), Wake)
    assert woken == [Wake(100, newer.fd), Wake(100, laptop.fd.fd)]


def test_a_timer_that_is_not_armed_does_nothing() -> None:
    laptop = make_laptop()
    laptop.system.fire_timer()
    assert not laptop.system.fire_timer().effects


def test_a_client_that_a_policy_drops_is_made_defunct_and_its_nexus_told() -> None:
    laptop = make_laptop()
    agent = laptop.system.add_agent("n1", flags=NEXUS_PROVIDER_FLAGS)
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(InjectNexusFlow(client.client_id, agent.uuid))
    laptop.system.set_sysctl("drop_all_level", 1)
    answer = update(laptop)
    (message,) = effects_of(answer, AgentMessage)
    assert isinstance(message, AgentMessage)
    # Control sockets do not know aborting.
    assert (message.type, message.client_id) == (AgentMessageType.CLOSE_NEXUS, client.client_id)
    result = client.copy_result()
    assert result.number(ClientResult.POLICY_RESULT) == PolicyResult.DROP
    assert ClientResultFlag.DEFUNCT in result.flags
    assert not effects_of(update(laptop), AgentMessage)


def test_a_nexus_that_cannot_be_told_is_logged() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(InjectNexusFlow(client.client_id, bytes(range(16))))
    laptop.system.set_sysctl("drop_all_level", 1)
    assert log_functions(update(laptop)) == ["necp_update_all_clients_callout"]


def test_a_dropped_client_without_a_requested_nexus_is_not_made_defunct() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.set_sysctl("drop_all_level", 1)
    update(laptop)
    assert ClientResultFlag.DEFUNCT not in client.copy_result().flags
