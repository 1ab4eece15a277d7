"""What policies need and decide together in the releases of macOS 12.3 to 15."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from necp_replay.abi.client import ClientResult, ClientResultFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import PolicyCondition, PolicyResult, SessionAction, SessionPriority8792
from necp_replay.events.effects import Log, UuidPolicy
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.events.syscalls import NecpSessionOpen
from necp_replay.releases.facts.matching import DefaultRoutesTold
from necp_replay.releases.profile import Profile
from necp_replay.releases.xnu_8020 import XNU_8020_140_41
from necp_replay.releases.xnu_8792 import XNU_8792_41_9
from necp_replay.releases.xnu_10002 import XNU_10002_61_3
from necp_replay.scenario import policies
from necp_replay.scenario.buffers import room
from necp_replay.scenario.keywords import ClientParameters
from necp_replay.scenario.policies import Condition, Result
from tests.kernel.policy.dumped import DUMP_BYTES, dump_all, session_bytes
from tests.kernel.policy.test_matches_of_8019 import match
from tests.kernel.policy.world import EN0, EN5, World, apply_policies, make_world, word

OLD, NEW, WITH_SKIPS = XNU_8020_140_41.profile, XNU_8792_41_9.profile, XNU_10002_61_3.profile
EXCLUDING = replace(NEW, platform_binaries_can_be_excluded=True)
AGENT, OTHER = b"\xa1" * 16, b"\xa2" * 16
DROP, NONE, PASS = PolicyResult.DROP, PolicyResult.NONE, PolicyResult.PASS
ANY_INTERFACE = [policies.all_interfaces()]
NO_ROUTE: ClientParameters = {"remote": "[2001:db8:99::1]:443", "bound_interface": "utun0"}


def world_of(profile: Profile, *decisions: tuple[Result, list[Condition]]) -> World:
    world = make_world(profile)
    world.daemon.update(platform_binary=True)
    for agent in (AGENT, OTHER):
        world.system.add_agent(agent.hex(), uuid=agent)
    apply_policies(
        world,
        *(
            policies.policy(order=order, result=result, conditions=conditions)
            for order, (result, conditions) in enumerate(decisions, start=1)
        ),
    )
    return world


def test_a_session_needs_a_platform_binary() -> None:
    for profile, errno, logs in ((OLD, Errno.OK, 0), (NEW, Errno.EACCES, 1)):
        daemon = make_world(profile).daemon
        answer = daemon.submit(NecpSessionOpen(daemon.pid, 0))
        assert answer.errno == errno
        assert sum(isinstance(effect, Log) for effect in answer.effects) == logs


def test_there_are_more_priorities() -> None:
    orders = []
    for profile in (OLD, NEW):
        world = make_world(profile)
        world.daemon.update(platform_binary=True)
        session = apply_policies(world, policies.policy(order=1, result=policies.drop()))
        orders.append(dump_all(session)[0].session_order // 1000)
    assert orders == [8, int(SessionPriority8792.DEFAULT) - 1]


@pytest.mark.parametrize(
    ("result", "errno"),
    [
        (policies.pass_through(), Errno.OK),
        (policies.skip(), Errno.OK),
        (policies.drop(), Errno.EINVAL),
    ],
)
def test_pid_0_can_be_a_condition(result: Result, errno: Errno) -> None:
    content = policies.policy(order=1, result=result, conditions=[policies.pid(0)])
    without = replace(OLD, kernel_pid_can_be_a_condition=False)
    for profile, expected in ((without, Errno.EINVAL), (OLD, errno)):
        session = make_world(profile).daemon.necp_session_open()
        assert session.action(SessionAction.POLICY_ADD, content, room(4)).errno == expected


def test_no_result_triggers_a_service() -> None:
    content = policies.policy(order=1, result=policies.trigger(b"\x51" * 16))
    for profile, expected in ((OLD, Errno.OK), (NEW, Errno.EINVAL)):
        world = make_world(profile)
        world.daemon.update(platform_binary=True)
        session = world.daemon.necp_session_open()
        assert session.action(SessionAction.POLICY_ADD, content, room(4)).errno == expected


def test_each_process_is_asked_for_an_entitlement() -> None:
    world = world_of(NEW, (policies.drop(), [policies.entitlement("com.example.right")]))
    assert match(world).routing_result == NONE
    world.app.update(entitlements=("com.example.right",))
    assert match(world).routing_result == DROP


def test_the_right_to_match_is_an_entitlement() -> None:
    for profile, by_privilege, by_entitlement in ((OLD, DROP, NONE), (NEW, NONE, DROP)):
        world = world_of(profile, (policies.drop(), [policies.entitlement()]))
        world.app.update(privileged=True)
        assert match(world).routing_result == by_privilege
        world.app.update(privileged=False, entitlements=("com.apple.private.necp.match",))
        assert match(world).routing_result == by_entitlement


def test_traffic_to_the_coprocessor_passes() -> None:
    to_coprocessor: ClientParameters = {
        "remote": "[fe80::aede:48ff:fe33:4455]:443",
        "bound_interface": "en5",
    }
    for profile, family, expected in ((OLD, 2, DROP), (NEW, 2, PASS), (NEW, 0, DROP)):
        world = world_of(profile, (policies.drop(), ANY_INTERFACE))
        world.system.submit(IfaceUpdate(EN5, family=family, subfamily=6))
        assert match(world, to_coprocessor).routing_result == expected


def test_services_are_not_unentitled() -> None:
    for profile, expected in ((OLD, DROP), (NEW, NONE)):
        world = world_of(profile, (policies.skip(), ANY_INTERFACE))
        world.system.set_sysctl("drop_unentitled_level", 1)
        assert match(world).routing_result == DROP
        assert match(world, {"listener": True}).routing_result == expected


def test_rules_that_need_agents_come_last() -> None:
    rules = policies.route_rules(policies.needing_agent(policies.deny(), AGENT))
    added = policies.route_rules(policies.use_agent(AGENT))
    for is_last, expected in ((False, NONE), (True, DROP)):
        profile = replace(OLD, rules_that_need_agents_come_last=is_last)
        world = world_of(profile, (rules, ANY_INTERFACE), (added, ANY_INTERFACE))
        assert match(world).routing_result == expected


def test_an_agent_that_policies_remove_meets_no_rule() -> None:
    rules = policies.route_rules(policies.needing_agent(policies.deny(), AGENT))
    for meets_none, expected in ((False, DROP), (True, NONE)):
        profile = replace(OLD, removed_agents_meet_no_rule=meets_none)
        world = world_of(
            profile, (policies.remove_netagent(AGENT), ANY_INTERFACE), (rules, ANY_INTERFACE)
        )
        assert match(world).routing_result == expected


def test_parameters_are_read_although_all_is_dropped() -> None:
    for can_be_dropped, policy_id in ((False, 0), (True, 1)):
        profile = replace(
            NEW, management_traffic_can_be_dropped=can_be_dropped, no_match_has_an_id=True
        )
        world = make_world(profile)
        world.system.set_sysctl("drop_all_level", 1)
        errno = world.system.set_sysctl("drop_management_level", 0).errno
        assert errno == (Errno.OK if can_be_dropped else Errno.ENOENT)
        world.system.set_sysctl("drop_management_level", 1)
        matched = match(world)
        assert (matched.routing_result, matched.policy_id) == (DROP, policy_id)


def test_the_policy_id_of_no_match_depends_on_the_release() -> None:
    for has_id, policy_id in ((False, 0), (True, 1)):
        world = world_of(replace(WITH_SKIPS, no_match_has_an_id=has_id))
        assert match(world).policy_id == policy_id


def test_flags_of_default_routes_without_a_route() -> None:
    both = ClientResultFlag.HAS_IPV4 | ClientResultFlag.HAS_IPV6
    bound: ClientParameters = NO_ROUTE
    for told, expected in (
        (DefaultRoutesTold.ROUTED, 0),
        (DefaultRoutesTold.ROUTED_OR_BOUND, both),
        (DefaultRoutesTold.ALWAYS, both),
    ):
        world = make_world(replace(NEW, default_routes_told=told))
        fd = world.app.necp_open()
        (flags,) = fd.copy_result(fd.add(**bound).client_id).values(ClientResult.FLAGS)
        assert int.from_bytes(flags, "little") & both == expected


@pytest.mark.parametrize(
    ("profile", "parameters"),
    [
        (replace(NEW, listeners_may_use_prohibited_routes=True), {"listener": True}),
        (replace(NEW, browsers_may_use_prohibited_routes=True), {"browse": True}),
    ],
)
def test_some_may_use_a_prohibited_route(profile: Profile, parameters: ClientParameters) -> None:
    for each, expected in ((NEW, DROP), (profile, NONE)):
        world = make_world(each)
        world.system.submit(IfaceUpdate(EN0, expensive=True))
        asked: ClientParameters = {
            "remote": "198.18.0.1:443",
            "prohibit_expensive": True,
            **parameters,
        }
        assert match(world, asked).routing_result == expected


def test_conditions_of_a_dump_have_flags() -> None:
    conditions = [~policies.uid(501), policies.ip_protocol(6)]
    decision = policies.policy(order=1, result=policies.drop(), conditions=conditions)
    uid = struct.pack("<BI", PolicyCondition.UID, 4)
    protocol = struct.pack("<BI", PolicyCondition.IP_PROTOCOL, 2)
    for with_flags, shown in (
        (False, (uid + word(501), protocol + b"\6\0")),
        (True, (uid + b"\1" + word(501), protocol + b"\0\6\0")),
    ):
        world = make_world(replace(NEW, dumped_conditions_have_flags=with_flags))
        world.daemon.update(platform_binary=True)
        session = apply_policies(world, decision)
        answer = session.action(SessionAction.POLICY_DUMP_ALL, None, room(DUMP_BYTES))
        content = session_bytes(answer, DUMP_BYTES)
        assert all(each in content for each in shown)


def test_clearing_the_table_of_executables_names_zeros() -> None:
    for names_one, expected in ((False, None), (True, bytes(16))):
        world = make_world(replace(NEW, clearing_executables_names_one=names_one))
        world.daemon.update(platform_binary=True)
        session = world.daemon.necp_session_open()
        content = policies.policy(
            order=1, result=policies.drop(), conditions=[policies.application(b"\x71" * 16)]
        )
        session.action(SessionAction.POLICY_ADD, content, room(4))
        session.action(SessionAction.POLICY_APPLY_ALL)
        session.action(SessionAction.POLICY_DELETE_ALL)
        effects = session.action(SessionAction.POLICY_APPLY_ALL).effects
        assert [each.uuid for each in effects if isinstance(each, UuidPolicy)] == [expected]


def test_any_resolver_tag_is_a_signed_result() -> None:
    world = world_of(NEW, (policies.drop(), [policies.system_signed_result()]))
    assert match(world).routing_result == NONE
    tagged: ClientParameters = {"remote": "198.18.0.1:443", "resolver_tag": b"\1\2\3"}
    assert match(world, tagged).routing_result == DROP


def test_the_real_user_is_that_of_the_process() -> None:
    asked: ClientParameters = {"remote": "198.18.0.1:443", "uid": 777}
    for user, expected in ((501, DROP), (777, NONE)):
        world = world_of(WITH_SKIPS, (policies.drop(), [policies.real_uid(user)]))
        world.app.update(privileged=True)
        assert match(world, asked).routing_result == expected


def test_platform_binaries_can_be_excluded() -> None:
    content = policies.policy(
        order=1, result=policies.drop(), conditions=[~policies.platform_binary()]
    )
    assert refusal(NEW, content) == Errno.EINVAL
    world = world_of(EXCLUDING, (policies.drop(), [~policies.platform_binary()]))
    assert match(world).routing_result == DROP
    world.app.update(platform_binary=True)
    assert match(world).routing_result == NONE


def test_a_process_can_be_its_own_delegate() -> None:
    for profile, others, expected in (
        (NEW, [], DROP),
        (EXCLUDING, [], NONE),
        (EXCLUDING, [policies.pid(100)], DROP),
    ):
        conditions = [policies.delegate_is_platform_binary(), *others]
        world = world_of(profile, (policies.drop(), conditions))
        assert match(world).routing_result == expected
        world.app.update(platform_binary=True)
        assert match(world).routing_result == DROP


def test_negative_local_networks_stay_positive() -> None:
    content = policies.policy(
        order=1, result=policies.drop(), conditions=[~policies.local_networks()]
    )
    assert refusal(NEW, content) == Errno.EINVAL
    profile = replace(NEW, local_networks_have_flags=True)
    for others in ([], [policies.bound_interface("en5")]):
        conditions = [~policies.local_networks(), *others]
        world = world_of(profile, (policies.drop(), conditions))
        local: ClientParameters = {"remote": "192.0.2.77:1"}
        assert match(world).routing_result == NONE
        assert match(world, local).routing_result == DROP


def test_skips_alone_are_no_policies_for_packets() -> None:
    for profile, count in ((NEW, 1), (WITH_SKIPS, 0)):
        world = world_of(profile, (policies.skip(), ANY_INTERFACE))
        counted = world.system.snapshot(full=True).policies
        assert counted is not None
        assert counted.ip_output_policies_count == count


@pytest.mark.parametrize(
    ("rule", "counts"),
    [
        pytest.param(policies.use_agent(AGENT), (1, 0), id="using an agent"),
        pytest.param(policies.remove_agent(AGENT), (1, 0), id="removing one"),
        pytest.param(policies.divert(7), (1, 0), id="diverting"),
        pytest.param(policies.deny(), (1, 1), id="denying"),
    ],
)
def test_rules_about_sockets_are_no_policies_for_packets(
    rule: policies.RouteRule, counts: tuple[int, int]
) -> None:
    for profile, count in zip((NEW, WITH_SKIPS), counts, strict=True):
        world = world_of(profile, (policies.route_rules(rule), ANY_INTERFACE))
        counted = world.system.snapshot(full=True).policies
        assert counted is not None
        assert counted.ip_output_policies_count == count


def test_the_update_timer_is_logged_with_debug() -> None:
    for profile, logged in ((OLD, False), (NEW, True)):
        system = make_world(profile).system
        system.set_sysctl("debug", 1)
        for answer in (system.update_all_clients(), system.fire_timer()):
            assert any(isinstance(effect, Log) for effect in answer.effects) is logged


def refusal(profile: Profile, content: bytes) -> int | None:
    world = make_world(profile)
    world.daemon.update(platform_binary=True)
    session = world.daemon.necp_session_open()
    return session.action(SessionAction.POLICY_ADD, content, room(4)).errno
