"""Evaluations of parameters, as clients and ``necp_match_policy`` show them."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from necp_replay.abi.client import (
    ClientAction,
    ClientParameter,
    ClientParameterFlag,
    ClientResult,
    ClientResultFlag,
)
from necp_replay.abi.policy import PolicyCondition, PolicyResult, RouteRuleAction, RouteRuleFlag
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import Log, NetworkPolicyEvent
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.events.processes import ProcUpdate
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import Profile
from necp_replay.releases.xnu_4570 import XNU_4570_41_2, XNU_4570_51_1
from necp_replay.scenario.buffers import room
from necp_replay.scenario.parameters import client_parameters
from necp_replay.scenario.process import NecpFdHandle
from tests.kernel.policy.world import (
    EN0,
    EN5,
    PDP_IP0,
    UTUN0,
    World,
    apply_policies,
    condition,
    make_world,
    match_policy,
    policy,
    route_rule,
    word,
)

EVALUATION = "necp_application_find_policy_match_internal"
FAR = "198.18.0.1:443"
NEVER = bytes([0x55]) * 16
F = ClientResultFlag


def result_flags(fd: NecpFdHandle, **parameters: Any) -> ClientResultFlag:
    """The flags of a new client's result."""
    client = fd.add(**parameters)
    return fd.copy_result(client.client_id).flags


def copied_parameters(fd: NecpFdHandle, parameters: bytes) -> bytes:
    client = fd.add(parameters)
    return fd.action(ClientAction.COPY_PARAMETERS, client.client_id, room(1024)).buffer


def drop_for_pid(pid: int) -> bytes:
    return policy(1, PolicyResult.DROP, b"", condition(PolicyCondition.PID, word(pid)))


def test_domain_and_account_end_in_zero_in_the_stored_parameters() -> None:
    given = pack_tlv(ClientParameter.DOMAIN, b"ab") + pack_tlv(ClientParameter.ACCOUNT, b"cd")
    kept = pack_tlv(ClientParameter.DOMAIN, b"a\0") + pack_tlv(ClientParameter.ACCOUNT, b"c\0")
    assert copied_parameters(make_world().app.necp_open(), given) == kept


def test_drop_all_without_policies_leaves_the_stored_parameters_alone() -> None:
    world = make_world()
    world.system.set_sysctl("drop_all_level", 1)
    given = pack_tlv(ClientParameter.DOMAIN, b"ab")
    assert copied_parameters(world.app.necp_open(), given) == given


def test_drop_all_with_a_policy_below_it_reads_parameters_and_routes_on() -> None:
    world = make_world()
    apply_policies(world, policy(1, PolicyResult.PASS))
    world.system.set_sysctl("drop_all_level", 1)
    matched = match_policy(world.app, client_parameters(remote=FAR))
    assert (matched.routing_result, matched.policy_id) == (PolicyResult.DROP, 1)
    assert matched.routed_interface_index == EN0


def test_endpoints_do_not_route() -> None:
    matched = match_policy(make_world().app, client_parameters(remote_endpoint="10.1.1.1:443"))
    assert matched.routed_interface_index == EN0
    matched = match_policy(make_world().app, client_parameters(remote="10.1.1.1:443"))
    assert matched.routed_interface_index == UTUN0


@pytest.mark.parametrize(
    ("parameters", "records"),
    [
        ({"pid": 300}, 1),
        ({"uid": 0}, 1),
        ({"application": NEVER}, 1),
        ({"real_application": NEVER}, 1),
        ({"pid": 300, "uid": 0, "application": NEVER}, 3),
        ({"pid": 100, "uid": 501}, 0),
        ({"application": NEVER[:15]}, 0),
    ],
)
def test_delegation_without_the_privilege_is_logged_and_ignored(
    parameters: dict[str, Any], records: int
) -> None:
    world = make_world()
    apply_policies(
        world, policy(1, PolicyResult.DROP, b"", condition(PolicyCondition.PID, word(300)))
    )
    matched = match_policy(world.app, client_parameters(remote=FAR, **parameters))
    assert matched.routing_result == PolicyResult.NONE
    assert matched.effects == (Log(3, EVALUATION),) * records


def test_a_privileged_process_can_delegate() -> None:
    world = make_world()
    apply_policies(
        world, policy(1, PolicyResult.DROP, b"", condition(PolicyCondition.PID, word(7)))
    )
    matched = match_policy(world.daemon, client_parameters(remote=FAR, pid=7))
    assert matched.routing_result == PolicyResult.DROP
    assert matched.effects == ()


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], PolicyResult.NONE),
        ([condition(PolicyCondition.ALL_INTERFACES)], PolicyResult.DROP),
        ([condition(PolicyCondition.BOUND_INTERFACE, b"en5\0")], PolicyResult.DROP),
        ([condition(PolicyCondition.BOUND_INTERFACE, b"en0\0")], PolicyResult.NONE),
        (
            [condition(PolicyCondition.BOUND_INTERFACE, b"en0\0", negative=True)],
            PolicyResult.DROP,
        ),
    ],
    ids=["default", "all interfaces", "bound", "bound elsewhere", "not bound elsewhere"],
)
def test_bound_traffic_matches_only_policies_that_speak_of_interfaces(
    parts: list[bytes], expected: PolicyResult
) -> None:
    world = make_world()
    apply_policies(world, policy(1, PolicyResult.DROP, b"", *parts))
    parameters = client_parameters(remote=FAR, bound_interface="en5")
    assert match_policy(world.app, parameters).routing_result == expected


def test_the_last_interface_that_exists_is_the_bound_one() -> None:
    names = b"".join(
        pack_tlv(ClientParameter.BOUND_INTERFACE, name) for name in (b"en0\0", b"en5\0", b"en9\0")
    )
    assert match_policy(make_world().app, names).routed_interface_index == EN5


def test_a_custom_entitlement_is_decided_by_the_first_process_evaluated() -> None:
    first_without, first_with = make_world(), make_world()
    parts = entitlement_conditions(first_with)
    for world in (first_without, first_with):
        apply_policies(world, policy(1, PolicyResult.DROP, b"", *parts))
    asked = client_parameters(remote=FAR, application=NEVER, real_application=NEVER)
    grant(first_without)
    grant(first_with)
    assert match_policy(first_without.app, asked).routing_result == PolicyResult.NONE
    assert match_policy(first_without.daemon, asked).routing_result == PolicyResult.NONE
    assert match_policy(first_with.daemon, asked).routing_result == PolicyResult.DROP
    assert match_policy(first_with.app, asked).routing_result == PolicyResult.DROP


def entitlement_conditions(world: World) -> list[bytes]:
    return [
        condition(PolicyCondition.APPLICATION, NEVER),
        condition(PolicyCondition.REAL_APPLICATION, NEVER),
        condition(PolicyCondition.ENTITLEMENT, b"com.example.ent\0"),
    ]


def grant(world: World) -> None:
    """Let ``app`` delegate, and nothing more."""
    privilege = ("PRIV_NET_PRIVILEGED_SOCKET_DELEGATE",)
    world.app.submit(ProcUpdate(100, privileged=privilege))


def test_an_entitlement_without_text_asks_for_the_privilege_to_match() -> None:
    world = make_world()
    parts = [
        condition(PolicyCondition.APPLICATION, NEVER),
        condition(PolicyCondition.REAL_APPLICATION, NEVER),
        condition(PolicyCondition.ENTITLEMENT),
    ]
    apply_policies(world, policy(1, PolicyResult.DROP, b"", *parts))
    grant(world)
    asked = client_parameters(remote=FAR, application=NEVER, real_application=NEVER)
    assert match_policy(world.app, asked).routing_result == PolicyResult.NONE
    assert match_policy(world.daemon, asked).routing_result == PolicyResult.DROP


def test_a_scoped_policy_decides_where_the_route_is_looked_up() -> None:
    world = make_world()
    apply_policies(world, policy(1, PolicyResult.SOCKET_SCOPED, b"pdp_ip0\0"))
    matched = match_policy(world.app, client_parameters(remote=FAR))
    assert matched.routing_result == PolicyResult.SOCKET_SCOPED
    assert matched.routing_result_parameter == PDP_IP0
    assert matched.routed_interface_index == PDP_IP0


def test_filter_service_agents_and_the_deciding_policy_are_reported_together() -> None:
    world = make_world()
    session = apply_policies(
        world,
        policy(1, PolicyResult.SOCKET_FILTER, word(77)),
        policy(2, PolicyResult.TRIGGER, NEVER + word(9)),
        policy(3, PolicyResult.USE_NETAGENT, bytes([0x66]) * 16),
        policy(4, PolicyResult.PASS),
    )
    matched = match_policy(world.app, client_parameters(remote=FAR))
    assert matched.filter_control_unit == 77
    assert (matched.service_action, matched.service_uuid) == (PolicyResult.TRIGGER, NEVER)
    assert (matched.service_data, matched.service_flags) == (9, 0)
    assert matched.netagents[0] == bytes([0x66]) * 16
    assert matched.netagent_flags == [0] * 8
    assert matched.routing_result == PolicyResult.PASS
    assert session.fd >= 3


@pytest.mark.parametrize("rules_flags", [0, int(RouteRuleFlag.WIFI)])
def test_a_denied_route_is_a_drop_and_an_event_has_its_kind_of_interface(rules_flags: int) -> None:
    world = make_world()
    rules = [
        condition(PolicyCondition.DEFAULT),
        route_rule(RouteRuleAction.DENY_INTERFACE, flags=rules_flags),
    ]
    apply_policies(world, policy(1, PolicyResult.ROUTE_RULES, b"", *rules))
    matched = match_policy(world.daemon, client_parameters(remote=FAR, pid=7, application=NEVER))
    event = NetworkPolicyEvent(1, struct.pack("<Qi16s4xI4x", 0, 7, NEVER, 3))
    assert matched.routing_result == PolicyResult.DROP
    assert matched.effects == ((event,) if rules_flags else ())


@pytest.mark.parametrize(
    ("profile", "remote", "expected"),
    [
        (XNU_4570_41_2.profile, "192.0.2.10", F.IS_LOCAL | F.IS_DIRECT),
        (XNU_4570_41_2.profile, "192.0.2.10:443", F.IS_DIRECT),
        (XNU_4570_41_2.profile, "192.0.2.255", F.IS_LOCAL | F.IS_DIRECT),
        (XNU_4570_51_1.profile, "192.0.2.10:443", F.IS_LOCAL | F.IS_DIRECT),
        (XNU_4570_51_1.profile, "192.0.2.255:443", F.IS_LOCAL | F.IS_DIRECT),
        (XNU_4570_51_1.profile, "192.0.2.77:443", F.IS_DIRECT),
        (XNU_4570_51_1.profile, FAR, F(0)),
        (XNU_4570_51_1.profile, "198.51.100.5:443", F(0)),
        (XNU_4570_51_1.profile, "127.0.0.1:443", F.IS_LOCAL | F.IS_DIRECT),
        (XNU_4570_51_1.profile, "10.1.1.1:443", F(0)),
    ],
)
def test_local_and_direct_depend_on_the_route_and_on_interface_addresses(
    profile: Profile, remote: str, expected: ClientResultFlag
) -> None:
    flags = result_flags(make_world(profile).app.necp_open(), remote=remote)
    assert flags & (F.IS_LOCAL | F.IS_DIRECT) == expected


@pytest.mark.parametrize(
    ("profile", "expected"), [(XNU_4570_41_2.profile, F(0)), (XNU_4570_51_1.profile, F.IS_LOCAL)]
)
def test_the_scope_of_a_link_local_address_counts_as_embedded(
    profile: Profile, expected: ClientResultFlag
) -> None:
    fd = make_world(profile).app.necp_open()
    flags = result_flags(fd, remote="[fe80::4%4]:0", bound_interface="en0")
    assert flags & F.IS_LOCAL == expected


def test_a_listener_has_no_destination_and_needs_its_local_address() -> None:
    fd = make_world().app.necp_open()
    here = fd.add(local="192.0.2.10:80", bound_interface="en0", listener=True)
    elsewhere = fd.add(local="192.0.2.10:80", bound_interface="en5", listener=True)
    result = fd.copy_result(here.client_id)
    assert result.flags == F.SATISFIED | F.HAS_IPV4 | F.HAS_IPV6
    assert result.interface_index == EN0
    assert fd.copy_result(elsewhere.client_id).interface_index is None


def test_a_local_address_of_another_interface_means_no_route() -> None:
    parameters = client_parameters(remote=FAR, local="198.51.100.5")
    assert match_policy(make_world().app, parameters).routed_interface_index == 0


def test_a_local_address_is_compared_without_its_port() -> None:
    parameters = client_parameters(remote=FAR, local="192.0.2.10:5000")
    assert match_policy(make_world().app, parameters).routed_interface_index == EN0


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        (IfaceUpdate(EN0, eflags=0x8), F.PROBE_CONNECTIVITY),
        (IfaceUpdate(EN0, lqm_state=10, if_state_valid=2), F.LINK_QUALITY_ABORT),
        (IfaceUpdate(EN0, lqm_state=10, if_state_valid=1), F(0)),
        (IfaceUpdate(EN0, lqm_state=50, if_state_valid=2), F(0)),
    ],
)
def test_the_state_of_the_interface_shows_in_the_flags(
    change: IfaceUpdate, flag: ClientResultFlag
) -> None:
    world = make_world()
    world.system.submit(change)
    flags = result_flags(
        world.app.necp_open(), remote=FAR, flags=int(ClientParameterFlag.DISCRETIONARY)
    )
    assert flags & (F.PROBE_CONNECTIVITY | F.LINK_QUALITY_ABORT) == flag


@pytest.mark.parametrize(
    ("recommended", "reported"), [(None, None), (0, 1), (1, 4), (2, 2), (3, None)]
)
def test_only_what_a_cellular_interface_recommends_is_reported(
    recommended: int | None, reported: int | None
) -> None:
    world = make_world()
    world.system.submit(IfaceUpdate(PDP_IP0, cell_mss_recommended=recommended))
    fd = world.app.necp_open()
    client = fd.add(remote=FAR, bound_interface="pdp_ip0")
    assert fd.copy_result(client.client_id).number(ClientResult.RECOMMENDED_MSS) == reported
    matched = match_policy(world.app, client_parameters(remote=FAR, bound_interface="pdp_ip0"))
    assert matched.mss_recommended == 0


def test_marking_is_allowed_by_one_route_rule_and_never_by_several() -> None:
    marking = [
        condition(PolicyCondition.DEFAULT),
        route_rule(RouteRuleAction.QOS_MARKING, flags=RouteRuleFlag.WIFI),
    ]
    other = [condition(PolicyCondition.DEFAULT), route_rule(RouteRuleAction.ALLOW_INTERFACE)]
    world = make_world()
    apply_policies(world, policy(1, PolicyResult.ROUTE_RULES, b"", *marking))
    assert result_flags(world.app.necp_open(), remote=FAR) & F.ALLOW_QOS_MARKING
    apply_policies(world, policy(1, PolicyResult.ROUTE_RULES, b"", *other))
    assert not result_flags(world.app.necp_open(), remote=FAR) & F.ALLOW_QOS_MARKING


@pytest.mark.parametrize("release", sorted(RELEASES))
def test_the_default_routes_of_an_interface_decide_its_address_families(release: str) -> None:
    fd = make_world(RELEASES[release]).app.necp_open()
    assert result_flags(fd, remote=FAR) & (F.HAS_IPV4 | F.HAS_IPV6) == F.HAS_IPV4 | F.HAS_IPV6
    flags = result_flags(fd, remote=FAR, bound_interface="en5")
    assert flags & (F.HAS_IPV4 | F.HAS_IPV6) == F.HAS_IPV4
