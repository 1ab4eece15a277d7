"""What ends a flow, or keeps it from being viable, from xnu-6153 on."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import FlowFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentFlag, AgentMessageType
from necp_replay.events.effects import AgentMessage
from necp_replay.scenario import policies
from necp_replay.scenario.answers import CallAnswer
from tests.kernel.builders import REGISTERED, REMOTE, Laptop, effects_of, make_laptop, update

RELEASE = "xnu-6153.11.26"
VIABLE_RELEASE = "xnu-6153.41.3"
NEXUS = AgentFlag.REGISTERED | AgentFlag.ACTIVE | AgentFlag.NEXUS_PROVIDER


def told(answer: CallAnswer) -> list[int]:
    """The types of messages that agents got."""
    return [
        each.type for each in effects_of(answer, AgentMessage) if isinstance(each, AgentMessage)
    ]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (FlowFlag(0), AgentMessageType.ABORT_NEXUS),
        (FlowFlag.BROWSE, AgentMessageType.CLIENT_UNASSERT),
        (FlowFlag.RESOLVE, AgentMessageType.CLIENT_UNASSERT),
        (FlowFlag.BROWSE | FlowFlag.ALLOW_NEXUS, AgentMessageType.ABORT_NEXUS),
    ],
)
def test_a_flow_that_browses_without_a_nexus_ends_as_an_assertion(
    flags: FlowFlag, message: AgentMessageType
) -> None:
    laptop = make_laptop(RELEASE)
    agent = laptop.system.add_agent("a1", flags=int(NEXUS), via="kernel")
    client = laptop.fd.add(remote=REMOTE)
    client.create_registration(int(flags)).inject_nexus_flow(agent.uuid)
    assert told(laptop.fd.defunct()) == [message]
    assert told(client.remove()) == [message]


def test_older_releases_close_the_nexus_of_a_flow_that_browses() -> None:
    laptop = make_laptop(REGISTERED)
    agent = laptop.system.add_agent("a1", flags=int(NEXUS))
    client = laptop.fd.add(remote=REMOTE)
    client.create_registration(int(FlowFlag.BROWSE)).inject_nexus_flow(agent.uuid)
    assert told(client.remove()) == [AgentMessageType.CLOSE_NEXUS]


@pytest.mark.parametrize(
    "kind",
    [
        AgentFlag.NEXUS_LISTENER,
        AgentFlag.CUSTOM_ETHER_NEXUS,
        AgentFlag.CUSTOM_IP_NEXUS,
        AgentFlag.INTERPOSE_NEXUS,
    ],
)
@pytest.mark.parametrize(
    ("release", "types"), [(REGISTERED, []), (RELEASE, [AgentMessageType.CLOSE_NEXUS])]
)
def test_every_kind_of_nexus_agent_is_told_of_the_end_of_a_flow(
    kind: AgentFlag, release: str, types: list[int]
) -> None:
    laptop = make_laptop(release)
    flags = AgentFlag.REGISTERED | AgentFlag.ACTIVE | kind
    agent = laptop.system.add_agent("a1", flags=int(flags))
    client = laptop.fd.add(remote=REMOTE)
    client.create_registration().inject_nexus_flow(agent.uuid)
    assert told(client.remove()) == types


def laptop_with_flow(release: str, agent_flags: int) -> Laptop:
    """A socket's flow is updated after the agent registered that a policy uses for it."""
    laptop = make_laptop(release)
    daemon = laptop.system.add_process(300, "daemon", privileged=True)
    agent = bytes.fromhex("ab" * 16)
    session = laptop.system.add_policy_session(daemon)
    session.add_policy(order=1, result=policies.use_netagent(agent))
    session.apply_all()
    client = laptop.fd.add(remote=REMOTE)
    socket = laptop.system.add_socket(
        "s1", local="192.0.2.10:1024", remote=REMOTE, last_outif=laptop.wifi.index
    )
    assert socket.register(client).errno == Errno.OK
    update(laptop)
    laptop.system.add_agent("a1", uuid=agent, flags=agent_flags)
    update(laptop)
    return laptop


@pytest.mark.parametrize(
    ("flags", "blocks"),
    [
        (AgentFlag.REGISTERED, True),
        (AgentFlag.REGISTERED | AgentFlag.ACTIVE, False),
        (AgentFlag.REGISTERED | AgentFlag.VOLUNTARY, False),
        (AgentFlag.REGISTERED | AgentFlag.SPECIFIC_USE_ONLY, False),
    ],
)
def test_an_agent_that_is_not_active_blocks_the_flows_that_policies_give_it(
    flags: AgentFlag, blocks: bool
) -> None:
    for release, is_over in ((RELEASE, False), (VIABLE_RELEASE, blocks)):
        laptop = laptop_with_flow(release, int(flags))
        ((registration,),) = [
            client.registrations or ()
            for fd in laptop.system.snapshot().fds
            for client in fd.clients
        ]
        assert (not registration.flows) is is_over
