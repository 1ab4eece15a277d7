"""Updating agents, and what an update means for clients that triggered the agent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentEvent, AgentMessageError, AgentMessageType
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events import agents, notifications
from necp_replay.events.effects import NetworkPolicyEvent, Wake
from necp_replay.events.outcome import Absent, Panicked
from necp_replay.releases.names import find_release
from necp_replay.releases.xnu_4570 import XNU_4570_51_1
from necp_replay.scenario.system import System
from tests.kernel.agents.world import (
    A1,
    A2,
    announced,
    arms_timer,
    encoded_agent,
    logs,
    make_system,
    message,
    only_agent,
    register,
    registry_of,
    response,
    send,
)

VIAS = ["setopt", "message", "kernel"]


@pytest.mark.parametrize("via", VIAS)
def test_a_change_takes_a_new_generation_and_arms_the_update_timer(via: str) -> None:
    system = make_system()
    register(system, via=via)
    answer = system.submit(agents.NetagentSetFlags("a1", 0xB))
    assert (announced(answer), arms_timer(answer)) == ([AgentEvent.UPDATED], True)
    assert (only_agent(system).generation, only_agent(system).flags) == (2, 0xB)


@pytest.mark.parametrize("via", VIAS)
def test_an_update_without_a_change_posts_an_event_and_does_nothing_else(via: str) -> None:
    system = make_system()
    register(system, via=via)
    answer = system.submit(agents.NetagentUpdate("a1"))
    assert (announced(answer), arms_timer(answer)) == ([AgentEvent.UPDATED], False)
    assert only_agent(system).generation == 1


def test_a_changed_agent_moves_to_the_head_of_the_list() -> None:
    system = make_system()
    register(system, "a1", A1)
    register(system, "a2", A2)
    system.submit(agents.NetagentSetFlags("a1", 0x1))
    assert [agent.uuid for agent in registry_of(system).agents] == [A1, A2]


@pytest.mark.parametrize(("before", "after", "active"), [(2, 0, 0), (0, 2, 1), (2, 2, 1)])
def test_the_count_of_active_agents_follows_their_flags(
    before: int, after: int, active: int
) -> None:
    system = make_system()
    register(system, flags=before)
    system.submit(agents.NetagentSetFlags("a1", after | 0x10))
    assert registry_of(system).netagent_active_count == active


def test_a_changed_agent_keeps_its_use_count() -> None:
    system = make_system()
    register(system)
    system.submit(agents.NetagentSetopt("a1", 16, (7).to_bytes(8, "little")))
    system.submit(agents.NetagentSetFlags("a1", 0x1))
    assert only_agent(system).use_count == 7


OTHER_IDENTITIES = {
    "uuid": agents.NetagentUpdate("a1", uuid=A2),
    "domain": agents.NetagentUpdate("a1", domain=b"Other"),
    "type": agents.NetagentUpdate("a1", type=b"Other"),
}


@pytest.mark.parametrize("event", OTHER_IDENTITIES.values(), ids=OTHER_IDENTITIES.keys())
@pytest.mark.parametrize("via", ["setopt", "kernel"])
def test_an_update_of_another_identity_is_einval(via: str, event: agents.NetagentUpdate) -> None:
    system = make_system()
    register(system, via=via)
    answer = system.submit(event)
    assert (answer.errno, logs(answer)) == (Errno.EINVAL, [(3, "netagent_handle_update_inner")])


def test_an_update_starts_from_the_last_one_even_if_that_was_refused() -> None:
    system = make_system()
    register(system)
    system.submit(agents.NetagentUpdate("a1", uuid=A2))
    assert system.submit(agents.NetagentSetFlags("a1", 0x1)).errno == Errno.EINVAL


@pytest.mark.parametrize(
    ("via", "errno"), [("setopt", Errno.ENOENT), ("kernel", Errno.EINVAL), ("message", 0)]
)
def test_an_update_without_an_agent_has_the_errno_of_the_way_it_was_sent(
    via: str, errno: int
) -> None:
    system = make_system()
    register(system, via=via)
    system.submit(agents.NetagentUnregister("a1"))
    assert system.submit(agents.NetagentUpdate("a1")).errno == errno


WRAPPER_BYTES = 280


def test_a_data_size_of_minus_the_size_of_the_allocation_is_enomem() -> None:
    system = make_system()
    register(system, via="kernel")
    answer = system.submit(agents.NetagentUpdate("a1", data_size=-WRAPPER_BYTES))
    assert (answer.errno, logs(answer)) == (Errno.ENOMEM, [(3, "netagent_update")])


@pytest.mark.parametrize("data_size", [-1, -217, -WRAPPER_BYTES])
def test_later_releases_take_no_data_size_for_a_negative_number(data_size: int) -> None:
    system = make_system(replace(XNU_4570_51_1.profile, agent_data_size_is_signed=False))
    register(system, via="kernel")
    answer = system.submit(agents.NetagentUpdate("a1", data_size=data_size))
    assert (answer.errno, logs(answer)) == (Errno.EINVAL, [(3, "netagent_update")])


@pytest.mark.parametrize("data_size", [-1, -7])
def test_a_data_size_of_minus_one_to_minus_seven_is_an_ordinary_update(data_size: int) -> None:
    system = make_system()
    register(system, via="kernel")
    answer = system.submit(agents.NetagentUpdate("a1", data_size=data_size))
    assert (answer.errno, announced(answer), arms_timer(answer)) == (0, [AgentEvent.UPDATED], True)
    again = system.submit(agents.NetagentUpdate("a1", data_size=0))
    assert arms_timer(again)
    assert (only_agent(system).generation, only_agent(system).flags) == (3, 0x3)


@pytest.mark.parametrize("data_size", [-1, -7])
def test_what_depends_on_a_data_size_that_was_never_written_is_not_modelled(
    data_size: int,
) -> None:
    system = make_system()
    register(system, via="kernel")
    system.submit(agents.NetagentUpdate("a1", data_size=data_size))
    copied = system.add_process(7, "app").necp_open().copy_agent(A1)
    same = system.submit(agents.NetagentUpdate("a1"))
    snapshot = system.submit(notifications.TakeSnapshot(full=True))
    assert [type(answer.answer) for answer in (copied, same, snapshot)] == [Absent] * 3
    assert system.submit(agents.NetagentUnregister("a1")).errno == 0


@pytest.mark.parametrize("data_size", [-8, -136, -137, -200, -216])
def test_a_negative_data_size_that_reaches_other_memory_is_not_modelled(
    data_size: int,
) -> None:
    system = make_system()
    register(system, via="kernel")
    answer = system.submit(agents.NetagentUpdate("a1", data_size=data_size))
    assert isinstance(answer.answer, Absent)
    assert str(data_size) in answer.answer.why


@pytest.mark.parametrize("data_size", [-7, -8, -200])
def test_an_identity_that_differs_in_what_was_copied_is_einval(data_size: int) -> None:
    system = make_system()
    register(system, via="kernel")
    answer = system.submit(agents.NetagentUpdate("a1", uuid=A2, data_size=data_size))
    assert (answer.errno, logs(answer)) == (Errno.EINVAL, [(3, "netagent_handle_update_inner")])


@pytest.mark.parametrize("data_size", [-217, -279, -WRAPPER_BYTES - 1, -0x8000_0000])
def test_a_data_size_that_makes_the_copy_or_the_allocation_wrap_panics(data_size: int) -> None:
    system = make_system()
    register(system, via="kernel")
    answer = system.submit(agents.NetagentUpdate("a1", data_size=data_size))
    assert isinstance(answer.answer, Panicked)


BAD_OPTIONS = {
    "nothing": (b"", Errno.EINVAL),
    "too short": (b"x" * 215, Errno.EINVAL),
    "data size too large": (encoded_agent(data_size=4097), Errno.EINVAL),
    "data size that differs": (encoded_agent(data_size=1), Errno.EINVAL),
}


@pytest.mark.parametrize(("payload", "errno"), BAD_OPTIONS.values(), ids=BAD_OPTIONS.keys())
def test_an_option_that_is_not_one_whole_agent_is_refused(payload: bytes, errno: Errno) -> None:
    system = make_system()
    register(system)
    assert system.submit(agents.NetagentSetopt("a1", 3, payload)).errno == errno


def test_a_message_of_another_identity_is_answered_with_an_error() -> None:
    system = make_system()
    register(system)
    answer = send(system, message(3, encoded_agent(A2)))
    assert response(answer) == (AgentMessageType.UPDATE, AgentMessageError.CANNOT_UPDATE)


def test_an_update_message_without_an_agent_is_answered_with_an_error() -> None:
    system = make_system()
    register(system)
    system.submit(agents.NetagentUnregister("a1"))
    answer = send(system, message(3, encoded_agent()))
    assert response(answer) == (AgentMessageType.UPDATE, AgentMessageError.NOT_REGISTERED)


def _system_with_a_waiting_client(domain: bytes) -> System:
    system = make_system()
    register(system, flags=0x9, domain=domain)
    client = system.add_process(7, "app").necp_open().add()
    client.agent_action(pack_tlv(ClientParameter.TRIGGER_AGENT, A1))
    return system


def test_an_update_without_a_change_wakes_the_clients_that_triggered() -> None:
    system = _system_with_a_waiting_client(b"Dom")
    answer = system.submit(agents.NetagentUpdate("a1"))
    assert [e for e in answer.effects if isinstance(e, Wake)] == [Wake(7, 3)]
    assert only_agent(system).pending_triggers == ()


def test_an_update_with_a_change_forgets_the_clients_that_triggered() -> None:
    system = _system_with_a_waiting_client(b"Dom")
    answer = system.submit(agents.NetagentSetFlags("a1", 0x1))
    assert not [e for e in answer.effects if isinstance(e, Wake)]
    assert only_agent(system).pending_triggers == ()


def test_a_cellular_agent_that_does_not_change_reports_the_failure() -> None:
    system = _system_with_a_waiting_client(b"Cellular")
    answer = system.submit(agents.NetagentUpdate("a1"))
    (failed,) = (e for e in answer.effects if isinstance(e, NetworkPolicyEvent))
    assert (failed.code, failed.data[8:12], failed.data[32:36]) == (2, b"\7\0\0\0", b"\5\0\0\0")


CONTENT_FIRST = find_release("xnu-8792.41.9", under_way=True)
"""A release that looks at the session after it looked at what was sent."""


@pytest.mark.parametrize("via", ["setopt", "kernel"])
def test_later_releases_find_no_agent_without_a_record(via: str) -> None:
    system = make_system(CONTENT_FIRST)
    system.submit(agents.NetagentOpen("a1", via))
    answer = system.submit(agents.NetagentUpdate("a1", A1))
    assert (answer.errno, answer.effects) == (Errno.ENOENT, ())
    answer = system.submit(agents.NetagentUpdate("a1", A1, data_size=4097))
    assert (answer.errno, len(logs(answer))) == (Errno.EINVAL, 1)


def test_later_releases_look_at_an_update_by_message_first() -> None:
    system = make_system(CONTENT_FIRST)
    system.submit(agents.NetagentOpen("a1", "message"))
    for content, error, records in (
        (encoded_agent(), AgentMessageError.NOT_REGISTERED, 0),
        (b"short", AgentMessageError.INVALID_DATA, 1),
    ):
        answer = send(system, message(AgentMessageType.UPDATE, content))
        assert response(answer) == (AgentMessageType.UPDATE, error)
        assert len(logs(answer)) == records
