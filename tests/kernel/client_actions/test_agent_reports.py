"""AGENT tells agents errors of clients and members of groups, from xnu-8019 on."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from necp_replay.abi.client import AgentReport, ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AGENT_SUPPORTS_GROUPS, AgentFlag, ReportMessageType
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import AgentMessage, ControlSocketMessage
from necp_replay.scenario.agents import AgentHandle
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.process import NecpFdHandle
from tests.kernel.builders import REMOTE, Laptop, effects_of, make_laptop

RELEASE = "xnu-8019.41.5"
AGENT = b"\x11" * 16
ACTIVE = AgentFlag.REGISTERED | AgentFlag.ACTIVE
ERROR = AgentReport.ERROR
JOIN, LEAVE = (
    AgentReport.ADD_GROUP_MEMBERS,
    AgentReport.REMOVE_GROUP_MEMBERS,
)


@dataclass
class World:
    laptop: Laptop
    agent: AgentHandle
    client: bytes


def make_world(flags: int = ACTIVE, *, release: str = RELEASE, via: str = "setopt") -> World:
    laptop = make_laptop(release)
    agent = laptop.system.add_agent("a1", uuid=AGENT, flags=flags, via=via)
    return World(laptop, agent, laptop.fd.add(remote=REMOTE).client_id)


def report(world: World, parameter: int, content: bytes, agent: bytes = AGENT) -> CallAnswer:
    tlv = pack_tlv(parameter, agent + content)
    return world.laptop.fd.action(ClientAction.AGENT, world.client, tlv)


def told(answer: CallAnswer) -> list[tuple[int, bytes]]:
    """Type and payload of each message to a control socket."""
    return [
        (effect.type, effect.delivery.payload)
        for effect in effects_of(answer, AgentMessage)
        if isinstance(effect, AgentMessage) and isinstance(effect.delivery, ControlSocketMessage)
    ]


def test_an_error_is_told_32_times_and_that_there_is_none_once() -> None:
    world = make_world()
    failed, fine = b"\x16\0\0\0", bytes(4)
    expected = [(ReportMessageType.CLIENT_ERROR, world.client + failed)]
    answers = [told(report(world, ERROR, failed)) for _ in range(34)]
    assert answers == [expected] * 32 + [[]] * 2
    assert [len(told(report(world, ERROR, fine))) for _ in range(3)] == [1, 0, 0]
    assert told(report(world, ERROR, failed)) == expected


def test_an_error_cut_short_counts_as_none() -> None:
    world = make_world()
    (message,) = told(report(world, ERROR, b"\x16\0\0"))
    assert message[1] == world.client + bytes(4)


@pytest.mark.parametrize(
    ("parameter", "kind"),
    [
        (JOIN, ReportMessageType.ADD_GROUP_MEMBERS),
        (LEAVE, ReportMessageType.REMOVE_GROUP_MEMBERS),
    ],
)
def test_members_are_told_to_an_agent_of_groups(parameter: int, kind: int) -> None:
    world = make_world(ACTIVE | AGENT_SUPPORTS_GROUPS)
    answer = report(world, parameter, b"members")
    assert told(answer) == [(kind, world.client + b"members")]


@pytest.mark.parametrize("flags", [ACTIVE, AgentFlag.REGISTERED | AGENT_SUPPORTS_GROUPS])
def test_members_are_refused_by_other_agents(flags: int) -> None:
    assert report(make_world(flags), JOIN, b"members").errno == Errno.EINVAL


@pytest.mark.parametrize("parameter", [ERROR, JOIN])
def test_an_agent_of_the_kernel_needs_a_handler(parameter: int) -> None:
    flags = ACTIVE | AGENT_SUPPORTS_GROUPS
    world = make_world(flags, via="kernel_nohandler")
    assert report(world, parameter, bytes(4)).errno == Errno.EINVAL
    answer = report(make_world(flags, via="kernel"), parameter, bytes(4))
    assert (answer.errno, len(effects_of(answer, AgentMessage))) == (Errno.OK, 1)


@pytest.mark.parametrize("parameter", [ERROR, JOIN])
def test_an_unknown_agent_is_not_found(parameter: int) -> None:
    assert report(make_world(), parameter, bytes(4), b"\x99" * 16).errno == Errno.ENOENT


@pytest.mark.parametrize("parameter", [ERROR, JOIN])
def test_what_cannot_be_told_is_the_error(parameter: int) -> None:
    world = make_world(ACTIVE | AGENT_SUPPORTS_GROUPS)
    world.agent.fail(Errno.ENOBUFS)
    assert report(world, parameter, bytes(4)).errno == Errno.ENOBUFS


def test_earlier_releases_tell_nothing() -> None:
    world = make_world(release="xnu-7195.101.1")
    assert report(world, ERROR, bytes(4)).errno == Errno.ENOENT


def error_reports(world: World, fd: NecpFdHandle, client: bytes, agents: list[bytes]) -> list[bool]:
    """Of errors that were told often enough, which are told to these agents again."""
    tlvs = [pack_tlv(ERROR, agent + b"\x16\0\0\0") for agent in agents]
    return [bool(told(fd.action(ClientAction.AGENT, client, tlv))) for tlv in tlvs]


def test_later_releases_tell_the_first_report_of_an_fd_however_often_it_was_told() -> None:
    world = make_world(release="xnu-10002.1.13")
    laptop = world.laptop
    others = [bytes([number]) * 16 for number in (0x22, 0x33)]
    for number, uuid in enumerate(others):
        laptop.system.add_agent(f"b{number}", uuid=uuid, flags=ACTIVE)
    agents = [AGENT, *others]
    for _ in range(33):
        error_reports(world, laptop.fd, world.client, agents)
    other_fd = laptop.app.necp_open()
    client = other_fd.add(remote=REMOTE).client_id
    first, second, third = agents
    order = [first, first, second, first, third, second, first, third, second]
    assert error_reports(world, other_fd, client, order) == [
        True,
        False,
        True,
        False,
        True,
        False,
        True,
        False,
        True,
    ]
