"""The messages that tell agents about clients."""

from __future__ import annotations

from dataclasses import replace

import pytest

from necp_replay.abi.client import ClientAction, ClientParameter
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import OS_LOG_DEFAULT, OS_LOG_ERROR
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events import agents
from necp_replay.events.effects import (
    ControlSocketMessage,
    KernelAgentMessage,
    Log,
    NetworkPolicyEvent,
)
from necp_replay.releases.profile import Profile
from necp_replay.releases.xnu_4570 import XNU_4570_41_2, XNU_4570_51_1
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import room
from necp_replay.scenario.system import System
from tests.kernel.agents.world import (
    A1,
    inject_flow,
    logs,
    make_system,
    messages,
    only_agent,
    register,
)

TRIGGER = pack_tlv(ClientParameter.TRIGGER_AGENT, A1)
ASSERT = pack_tlv(ClientParameter.ASSERT_AGENT, A1)
UNASSERT = pack_tlv(ClientParameter.UNASSERT_AGENT, A1)
FUNCTION = "netagent_client_message_with_params"


def agent_action(system: System, tlvs: bytes) -> CallAnswer:
    """A new client of a new process makes an AGENT call with these TLVs."""
    return system.add_process(7, "app").necp_open().add().agent_action(tlvs)


@pytest.mark.parametrize(
    ("tlv", "message_type"),
    [(TRIGGER, AgentMessageType.CLIENT_TRIGGER), (ASSERT, AgentMessageType.CLIENT_ASSERT)],
)
def test_a_control_socket_gets_the_client_id(tlv: bytes, message_type: AgentMessageType) -> None:
    system = make_system()
    register(system, flags=0x9)
    (sent,) = messages(agent_action(system, tlv).effects)
    assert sent.type == message_type
    assert sent.client_id is not None
    assert sent.delivery == ControlSocketMessage(0, 0, 0, sent.client_id)


def test_a_kernel_agent_gets_the_parameters_of_the_client() -> None:
    system = make_system()
    register(system, flags=0x9, via="kernel")
    (sent,) = messages(agent_action(system, ASSERT).effects)
    assert isinstance(sent.delivery, KernelAgentMessage)
    assert sent.delivery.nexus_parameters is not None
    assert sent.delivery.nexus_parameters.pid == 7


def test_a_kernel_agent_gets_no_parameters_when_a_client_is_removed() -> None:
    system = make_system()
    register(system, flags=0x9, via="kernel")
    client = system.add_process(7).necp_open().add()
    client.agent_action(ASSERT)
    (sent,) = messages(client.remove().effects)
    assert sent.type == AgentMessageType.CLIENT_UNASSERT
    assert sent.delivery == KernelAgentMessage(None, 0)


def test_a_kernel_agent_without_handler_is_einval() -> None:
    system = make_system()
    register(system, flags=0x9, via="kernel_nohandler")
    answer = agent_action(system, ASSERT)
    assert (answer.errno, messages(answer.effects)) == (Errno.EINVAL, [])
    assert logs(answer) == [(3, FUNCTION)]


def test_an_unknown_agent_is_enoent_without_a_log_record() -> None:
    answer = agent_action(make_system(), TRIGGER)
    assert (answer.errno, answer.effects) == (Errno.ENOENT, ())


def test_an_agent_without_user_activated_is_enotsup_without_a_log_record() -> None:
    system = make_system()
    register(system, flags=0x1)
    answer = agent_action(system, TRIGGER)
    assert (answer.errno, answer.effects) == (Errno.ENOTSUP, ())


def test_a_trigger_of_a_cellular_agent_without_user_activated_posts_the_failure() -> None:
    system = make_system()
    register(system, flags=0x1, domain=b"Cellular")
    answer = agent_action(system, TRIGGER)
    assert [type(effect) for effect in answer.effects] == [NetworkPolicyEvent]


@pytest.mark.parametrize(
    ("profile", "records"),
    [(XNU_4570_41_2.profile, []), (XNU_4570_51_1.profile, [(5, FUNCTION)])],
    ids=["older", "newer"],
)
def test_newer_releases_log_a_trigger_at_notice_level(
    profile: Profile, records: list[tuple[int, str]]
) -> None:
    system = make_system(profile)
    register(system, flags=0x9)
    assert logs(agent_action(system, TRIGGER)) == records


def test_a_trigger_that_was_delivered_stays_pending() -> None:
    system = make_system()
    register(system, flags=0x9)
    (sent,) = messages(agent_action(system, TRIGGER).effects)
    assert only_agent(system).pending_triggers == (sent.client_id,)


def test_a_trigger_that_was_not_delivered_is_not_pending() -> None:
    system = make_system()
    register(system, flags=0x9)
    system.submit(agents.NetagentFail("a1", 55))
    answer = agent_action(system, TRIGGER)
    assert answer.errno == 55
    assert logs(answer)[:2] == [(3, "netagent_send_client_message"), (3, FUNCTION)]
    assert only_agent(system).pending_triggers == ()


@pytest.mark.parametrize(
    ("via", "message_type"),
    [("setopt", AgentMessageType.CLOSE_NEXUS), ("kernel", AgentMessageType.ABORT_NEXUS)],
)
def test_aborting_a_nexus_is_closing_it_for_a_control_socket(
    via: str, message_type: AgentMessageType
) -> None:
    system = make_system()
    register(system, flags=0x83, via=via)
    client = system.add_process(7).necp_open().add()
    inject_flow(system, client.client_id)
    (sent,) = messages(client.remove().effects)
    assert sent.type == message_type


@pytest.mark.parametrize(("flags", "records"), [(0x3, [(3, FUNCTION)]), (0x81, [])])
def test_nexus_messages_go_to_active_nexus_providers_only(
    flags: int, records: list[tuple[int, str]]
) -> None:
    system = make_system()
    register(system, flags=flags)
    client = system.add_process(7).necp_open().add()
    inject_flow(system, client.client_id)
    answer = client.remove()
    assert messages(answer.effects) == []
    assert [record for record in logs(answer) if record[1] == FUNCTION] == records


def test_debug_records_are_printed_as_notices_when_the_sysctl_admits_them() -> None:
    system = make_system()
    system.set_sysctl("netagent_debug", 7)
    assert logs(agent_action(system, TRIGGER)) == [(5, FUNCTION)]


def test_no_record_is_printed_when_the_sysctl_is_zero() -> None:
    system = make_system()
    system.set_sysctl("netagent_debug", 0)
    register(system)
    assert logs(register(system)) == []


def test_records_go_to_os_log_as_errors_or_by_default_where_the_release_says_so() -> None:
    system = make_system(replace(XNU_4570_51_1.profile, agent_logs_go_to_os_log=True))
    fd = system.add_process(7).necp_open()
    copied = fd.action(ClientAction.COPY_AGENT, A1, room(16))
    assert copied.effects == ()
    system.set_sysctl("netagent_debug", 7)
    copied = fd.action(ClientAction.COPY_AGENT, A1, room(16))
    register(system)
    refused = fd.action(ClientAction.COPY_AGENT, A1, room(16))
    assert [*copied.effects, *refused.effects] == [
        Log(0, "netagent_copyout", os_log_type=OS_LOG_DEFAULT),
        Log(0, "netagent_copyout", os_log_type=OS_LOG_ERROR),
    ]
