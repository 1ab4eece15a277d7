"""What policies are compared with and decide together from xnu-7195 on."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientResult
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import OS_LOG_DEFAULT
from necp_replay.abi.policy import (
    FLOW_DIVERT_IS_TRANSPARENT,
    DropFlag,
    PolicyCondition,
    PolicyResult,
    SessionAction,
)
from necp_replay.events.effects import Log, NetworkPolicyEvent
from necp_replay.events.outcome import NotDetermined, SessionBuffer
from necp_replay.releases.profile import Profile
from necp_replay.releases.xnu_6153 import XNU_6153_101_6
from necp_replay.releases.xnu_7195 import XNU_7195_50_7_100_1, XNU_7195_101_1
from necp_replay.scenario import policies
from necp_replay.scenario.answers import MatchAnswer
from necp_replay.scenario.buffers import room
from necp_replay.scenario.keywords import ProcessKeywords
from necp_replay.scenario.policies import Condition, Result
from necp_replay.scenario.process import ProcessHandle
from tests.kernel.policy.world import World, apply_policies, condition, make_world, policy

OLD = XNU_6153_101_6.profile
NEW = XNU_7195_50_7_100_1.profile
NEWEST = XNU_7195_101_1.profile
REMOTE = "198.18.0.1:443"
MULTICAST = "224.0.0.251:5353"
APP = bytes([0xE0]) * 16
IOS_14: ProcessKeywords = {"platform_id": 2, "sdk": 14 << 16}
DROP, NONE = PolicyResult.DROP, PolicyResult.NONE
R = PolicyResult


def world_with(profile: Profile, *decisions: tuple[Result, list[Condition]]) -> World:
    world = make_world(profile)
    apply_policies(
        world,
        *(
            policies.policy(order=order, result=result, conditions=conditions)
            for order, (result, conditions) in enumerate(decisions, start=1)
        ),
    )
    return world


def match(process: ProcessHandle, remote: str = REMOTE) -> MatchAnswer:
    answer = process.match_policy(remote=remote)
    assert answer.errno == Errno.OK
    return answer


@pytest.mark.parametrize("profile", [OLD, NEW], ids=["old", "new"])
def test_unnecessary_policies_are_kept_unless_a_sysctl_says_otherwise(profile: Profile) -> None:
    def dumped(world: World) -> int:
        session = apply_policies(world, *([policy(1, PolicyResult.PASS)] * 2))
        answer = session.action(SessionAction.POLICY_DUMP_ALL, None, room(4096))
        assert isinstance(answer.answer, SessionBuffer)
        assert isinstance(answer.answer.out_buffer, bytes)
        return answer.answer.out_buffer.count(b"daemon")

    assert dumped(make_world(profile)) == (2 if profile is NEW else 1)
    world = make_world(profile)
    errno = world.system.set_sysctl("dedup_policies", 1).errno
    assert errno == (Errno.OK if profile is NEW else Errno.ENOENT)
    assert dumped(world) == 1


def test_a_condition_on_the_privilege_stands_alone() -> None:
    content = policy(1, PolicyResult.DROP, b"", condition(PolicyCondition.ENTITLEMENT))
    named = condition(PolicyCondition.ENTITLEMENT, b"com.example.ent\0")
    for profile, errno in ((OLD, Errno.EINVAL), (NEW, Errno.OK)):
        session = make_world(profile).daemon.necp_session_open()
        assert session.action(SessionAction.POLICY_ADD, content, room(4)).errno == errno
        with_name = policy(1, PolicyResult.DROP, b"", named)
        assert session.action(SessionAction.POLICY_ADD, with_name, room(4)).errno == Errno.EINVAL
    world = world_with(NEW, (policies.drop(), [policies.entitlement()]))
    assert match(world.daemon).routing_result == DROP
    assert match(world.app).routing_result == NONE


@pytest.mark.parametrize(
    ("fields", "remote", "result"),
    [
        (IOS_14, MULTICAST, DROP),
        (IOS_14, "[ff02::fb]:5353", DROP),
        (IOS_14, "255.255.255.255:9", DROP),
        (IOS_14, REMOTE, NONE),
        ({**IOS_14, "sdk": 13 << 16}, MULTICAST, NONE),
        ({**IOS_14, "sdk": 0}, MULTICAST, NONE),
        ({**IOS_14, "platform_id": 1}, MULTICAST, NONE),
        ({**IOS_14, "platform_binary": True}, MULTICAST, NONE),
        ({**IOS_14, "platform_binary": True, "cs_invalid": True}, MULTICAST, DROP),
        (
            {**IOS_14, "entitlements": ("com.apple.developer.networking.multicast",)},
            MULTICAST,
            NONE,
        ),
    ],
)
def test_multicast_of_ios_applications_is_dropped(
    fields: ProcessKeywords, remote: str, result: PolicyResult
) -> None:
    for profile, expected in ((OLD, NONE), (NEW, result)):
        world = make_world(profile)
        world.app.update(**fields)
        answer = match(world.app, remote)
        assert answer.routing_result == expected
        record = Log(0, "necp_check_restricted_multicast_drop", os_log_type=OS_LOG_DEFAULT)
        assert answer.effects == ((record,) if expected is DROP else ())
        assert answer.policy_id == (1 if expected is DROP else 0)


def test_multicast_passes_while_it_is_not_restricted() -> None:
    world = make_world(NEW)
    world.app.update(platform_id=2, sdk=14 << 16)
    world.system.set_sysctl("restrict_multicast", 0)
    assert match(world.app, MULTICAST).routing_result == NONE
    assert make_world(OLD).system.set_sysctl("restrict_multicast", 0).errno == Errno.ENOENT


def test_some_processes_need_a_client() -> None:
    for profile, expected in ((OLD, NONE), (NEW, DROP)):
        world = make_world(profile)
        world.app.update(entitlements=("com.apple.developer.on-demand-install-capable",))
        assert match(world.app).routing_result == expected
        fd = world.app.necp_open()
        client = fd.add(remote=REMOTE)
        (result,) = fd.copy_result(client.client_id).values(ClientResult.POLICY_RESULT)
        assert result == b"\0\0\0\0"


def test_transparent_proxies_add_up_and_the_search_goes_on() -> None:
    proxies = [
        (policies.socket_divert(FLOW_DIVERT_IS_TRANSPARENT | unit), [policies.all_interfaces()])
        for unit in (1, 4)
    ]
    decisions = [*proxies, (policies.pass_through(), [policies.all_interfaces()])]
    old = match(world_with(OLD, *decisions).app)
    assert old.routing_result == R.SOCKET_DIVERT
    world = world_with(NEW, *decisions)
    new = match(world.app)
    assert (new.routing_result, new.flow_divert_aggregate_unit) == (R.PASS, 5)
    fd = world.app.necp_open()
    client = fd.add(remote=REMOTE)
    (unit,) = fd.copy_result(client.client_id).values(ClientResult.FLOW_DIVERT_AGGREGATE_UNIT)
    assert unit == b"\5\0\0\0"


def test_a_drop_for_the_local_network_has_a_reason_and_an_event() -> None:
    world = world_with(NEW, (policies.drop(DropFlag.LOCAL_NETWORK), [policies.default()]))
    (event,) = match(world.app).effects
    assert isinstance(event, NetworkPolicyEvent)
    assert event.code == 3
    assert event.data[8:12] == (100).to_bytes(4, "little")
    assert event.data[32:36] == b"\1\0\0\0"
    fd = world.app.necp_open()
    client = fd.add(remote=REMOTE)
    (reason,) = fd.copy_result(client.client_id).values(ClientResult.REASON)
    assert reason == b"\5\0\0\0"


@pytest.mark.parametrize(
    ("conditions", "fields", "result"),
    [
        ([policies.sdk_version(2)], {"platform_id": 2}, DROP),
        ([policies.sdk_version(2)], {"platform_id": 1}, NONE),
        ([policies.sdk_version(version=0xE0000)], {"sdk": 0xE0500}, DROP),
        ([policies.sdk_version(version=0xE0501)], {"sdk": 0xE0500}, NONE),
        ([policies.sdk_version(min_version=0xD0000)], {"min_sdk": 0xC0000}, NONE),
        ([policies.signing_identifier("a")], {}, DROP),
        ([policies.application(APP), policies.signing_identifier("a")], {"signing_id": "a"}, DROP),
        ([policies.application(APP), policies.signing_identifier("a")], {"signing_id": "b"}, NONE),
        ([policies.application(APP), policies.signing_identifier("a")], {}, NONE),
        ([policies.application(APP), ~policies.signing_identifier("a")], {}, DROP),
        ([policies.packet_filter_tags()], {}, NONE),
        ([~policies.packet_filter_tags()], {}, DROP),
        ([policies.platform_binary()], {"platform_binary": True}, DROP),
        ([policies.platform_binary()], {"platform_binary": True, "cs_invalid": True}, NONE),
    ],
)
def test_conditions_on_the_process(
    conditions: list[Condition], fields: ProcessKeywords, result: PolicyResult
) -> None:
    world = world_with(NEW, (policies.drop(), conditions))
    world.app.update(exec_uuid=APP)
    world.app.update(**fields)
    assert match(world.app).routing_result == result


def test_the_process_that_is_acted_for_is_asked() -> None:
    for profile, expected in ((OLD, DROP), (NEW, NONE)):
        world = world_with(profile, (policies.drop(), [policies.platform_binary()]))
        world.daemon.update(platform_binary=True)
        assert world.daemon.match_policy(remote=REMOTE, pid=100).routing_result == expected


def test_whether_a_delegate_is_a_platform_binary() -> None:
    for is_negated in (False, True):
        asked = policies.delegate_is_platform_binary()
        world = world_with(NEWEST, (policies.drop(), [~asked if is_negated else asked]))
        assert match(world.daemon).routing_result == DROP
        for is_platform_binary in (False, True):
            world.daemon.update(platform_binary=is_platform_binary)
            expected = DROP if is_platform_binary is not is_negated else NONE
            assert world.daemon.match_policy(remote=REMOTE, pid=100).routing_result == expected


def test_a_pid_with_a_version_is_not_determined() -> None:
    pid = Condition(PolicyCondition.PID, (100).to_bytes(4, "little") + b"\1\0\0\0")
    assert match(world_with(NEW, (policies.drop(), [pid])).app).routing_result == DROP
    answer = world_with(NEWEST, (policies.drop(), [pid])).app.match_policy(remote=REMOTE)
    assert isinstance(answer.answer, NotDetermined)


def test_a_missing_local_address_is_that_of_a_family() -> None:
    decision = (policies.drop(), [policies.local_address("0.0.0.0/0")])
    for profile, expected in ((NEW, NONE), (NEWEST, DROP)):
        assert match(world_with(profile, decision).app).routing_result == expected
    other_family = (policies.drop(), [policies.local_address("::/0")])
    assert match(world_with(NEWEST, other_family).app).routing_result == NONE


def client_result(world: World, remote: str) -> tuple[bytes, list[bytes]]:
    fd = world.app.necp_open()
    client = fd.add(remote=remote)
    result = fd.copy_result(client.client_id)
    (routing,) = result.values(ClientResult.POLICY_RESULT)
    return routing, list(result.values(ClientResult.FILTER_CONTROL_UNIT))


@pytest.mark.parametrize(
    ("level", "result", "filters"),
    [(1, R.PASS, 0), (2, R.PASS, 1), (3, R.DROP, 1), (0, R.NONE, 0)],
)
def test_loopback_traffic_may_be_filtered(level: int, result: PolicyResult, filters: int) -> None:
    world = world_with(
        NEWEST,
        (policies.socket_filter(3), [policies.loopback()]),
        (policies.drop(), [policies.loopback()]),
    )
    world.system.set_sysctl("pass_loopback", level)
    routing, units = client_result(world, "127.0.0.1:80")
    assert routing == int(result).to_bytes(4, "little")
    assert units == [b"\3\0\0\0"] * filters
