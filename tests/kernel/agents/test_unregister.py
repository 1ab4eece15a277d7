"""Unregistering agents and closing their sessions."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientResult
from necp_replay.abi.netagent import AgentEvent, AgentMessageError, AgentMessageType
from necp_replay.events import agents
from tests.kernel.agents.world import (
    A1,
    A2,
    announced,
    arms_timer,
    make_system,
    register,
    registry_of,
    response,
)


@pytest.mark.parametrize("via", ["setopt", "message", "kernel"])
@pytest.mark.parametrize("event", [agents.NetagentUnregister("a1"), agents.NetagentClose("a1")])
def test_unregistering_posts_an_event_and_arms_the_update_timer(
    via: str, event: agents.NetagentUnregister | agents.NetagentClose
) -> None:
    system = make_system()
    register(system, via=via)
    answer = system.submit(event)
    assert (announced(answer), arms_timer(answer)) == ([AgentEvent.UNREGISTERED], True)
    registry = registry_of(system)
    assert (registry.agents, registry.netagent_registered_count) == ((), 0)
    assert registry.netagent_active_count == 0


def test_unregistering_without_an_agent_succeeds_without_effects() -> None:
    system = make_system()
    register(system)
    system.submit(agents.NetagentUnregister("a1"))
    answer = system.submit(agents.NetagentUnregister("a1"))
    assert (answer.errno, answer.effects) == (0, ())


def test_unregistering_by_message_is_answered() -> None:
    system = make_system()
    register(system, via="message")
    answer = system.submit(agents.NetagentUnregister("a1"))
    assert response(answer) == (AgentMessageType.UNREGISTER, AgentMessageError.NONE)


def test_an_unregistered_agent_is_taken_off_every_interface() -> None:
    system = make_system()
    register(system)
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"], agents=[A1])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    client = system.add_process(7).necp_open().add(remote="198.51.100.1:443")
    assert [v[4:] for v in client.copy_result().values(ClientResult.NETAGENT)] == [A1]
    system.submit(agents.NetagentUnregister("a1"))
    system.fire_timer()
    assert list(client.copy_result().values(ClientResult.NETAGENT)) == []


def test_control_units_are_never_used_again() -> None:
    system = make_system()
    register(system, "a1", A1)
    system.submit(agents.NetagentClose("a1"))
    register(system, "a1", A2)
    assert registry_of(system).agents[0].control_unit == 2


def test_messages_to_a_session_that_was_opened_again_are_delivered() -> None:
    system = make_system()
    register(system, flags=0x8)
    system.submit(agents.NetagentFail("a1", 55))
    system.submit(agents.NetagentClose("a1"))
    register(system, flags=0x8)
    assert system.add_process(7).netagent_trigger(A1).errno == 0


def test_the_payload_of_a_message_to_unregister_is_ignored() -> None:
    system = make_system()
    register(system, via="message")
    plain = system.submit(agents.NetagentUnregister("a1", message_id=7, raw=b"\xaa" * 9))
    assert announced(plain) == [AgentEvent.UNREGISTERED]
    assert registry_of(system).agents == ()
