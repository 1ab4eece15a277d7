"""Agents of policies and the requirements of clients, where releases let one meet the other."""

from __future__ import annotations

from typing import Any

import pytest

from necp_replay.abi.client import ClientResult, ClientResultFlag
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.releases.profile import Profile
from necp_replay.releases.xnu_4570 import XNU_4570_71_2
from necp_replay.releases.xnu_4903 import XNU_4903_221_2
from necp_replay.scenario.policies import Result, netagent_scoped, use_netagent
from necp_replay.scenario.process import NecpFdHandle
from tests.kernel.policy.world import EN5, World, make_world

REMOTE = "198.18.0.1:443"
OLD, NEW = XNU_4570_71_2.profile, XNU_4903_221_2.profile
EVERYTHING = ["en0", "en5", "pdp_ip0", "utun0", "lo0"]


def opened(profile: Profile) -> tuple[World, NecpFdHandle]:
    world = make_world(profile)
    return world, world.app.necp_open()


def add_policy(world: World, result: Result) -> None:
    session = world.system.add_policy_session(world.daemon)
    session.add_policy(order=10, result=result)
    session.apply_all()


def is_satisfied(fd: NecpFdHandle, **parameters: Any) -> bool:
    client = fd.add(remote=REMOTE, **parameters)
    flags = fd.copy_result(client.client_id).flags
    return bool(flags & ClientResultFlag.SATISFIED)


@pytest.mark.parametrize(("profile", "satisfied"), [(OLD, False), (NEW, True)])
def test_prohibitions_that_exclude_every_interface_are_ignored(
    profile: Profile, satisfied: bool
) -> None:
    _, fd = opened(profile)
    assert is_satisfied(fd, prohibit_interface=EVERYTHING) is satisfied


@pytest.mark.parametrize("parameters", [{"local": "192.0.2.10"}, {"require_if_type": [3]}])
def test_what_only_an_interface_can_meet_is_not_ignored(parameters: dict[str, Any]) -> None:
    _, fd = opened(NEW)
    assert not is_satisfied(fd, prohibit_interface=EVERYTHING, **parameters)


def test_an_agent_of_a_policy_meets_the_requirement_for_it() -> None:
    for profile, satisfied in ((OLD, False), (NEW, True)):
        world, fd = opened(profile)
        agent = world.system.add_agent("vpn", domain="VPN", type="Tunnel").uuid
        assert not is_satisfied(fd, require_agent=[agent])
        add_policy(world, use_netagent(agent))
        assert is_satisfied(fd, require_agent=[agent]) is satisfied
        assert is_satisfied(fd, require_agent_type=[("VPN", "")]) is satisfied
        assert not is_satisfied(fd, require_agent=[agent, bytes([9]) * 16])


def test_a_client_is_moved_to_the_interface_of_the_agent_that_a_policy_scopes_to() -> None:
    world, fd = opened(NEW)
    agent = world.system.add_agent("wired", domain="Home", type="Wired").uuid
    world.system.submit(IfaceUpdate(EN5, agents=(agent,)))
    add_policy(world, use_netagent(agent))
    assert fd.copy_result(fd.add(remote=REMOTE).client_id).interface_index == 4
    add_policy(world, netagent_scoped(agent))
    result = fd.copy_result(fd.add(remote=REMOTE).client_id)
    assert result.interface_index == EN5
    assert result.number(ClientResult.POLICY_RESULT_PARAMETER) == EN5


def test_a_required_type_that_the_scoped_agent_has_is_met_by_it() -> None:
    world, fd = opened(NEW)
    agent = world.system.add_agent("wired", domain="Home", type="Wired").uuid
    add_policy(world, netagent_scoped(agent))
    assert is_satisfied(fd, require_agent_type=[("Home", "Wired")])
    assert not is_satisfied(fd, require_agent_type=[("Home", "Other")])


def test_avoided_agents_count_where_the_release_reads_them() -> None:
    for profile, index in ((OLD, 4), (NEW, EN5)):
        world, fd = opened(profile)
        agent = world.system.add_agent("costly").uuid
        world.system.submit(IfaceUpdate(4, agents=(agent,)))
        result = fd.copy_result(fd.add(remote=REMOTE, avoid_agent=[agent]).client_id)
        assert result.interface_index == index


def test_parameters_are_as_given_when_nothing_scopes_any_more() -> None:
    world, fd = opened(NEW)
    agent = world.system.add_agent("wired").uuid
    world.system.submit(IfaceUpdate(EN5, agents=(agent,)))
    session = world.system.add_policy_session(world.daemon)
    session.add_policy(order=10, result=netagent_scoped(agent))
    session.apply_all()
    client = fd.add(remote=REMOTE)
    assert fd.copy_result(client.client_id).interface_index == EN5
    session.delete_all()
    session.apply_all()
    world.system.fire_timer()
    assert fd.copy_result(client.client_id).interface_index == 4
