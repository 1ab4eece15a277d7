"""The walk over policies, compared with deciding each policy on its own."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.abi.policy import (
    CONDITION_AGENT_TYPE,
    BooleanState,
    KernelCondition,
    PolicyResult,
)
from necp_replay.events.effects import Log
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.objects.matched_policies import MatchedPolicies
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.objects.socket_info import SocketInfo
from necp_replay.kernel.policy.conditions import failing_condition, policy_matches
from necp_replay.kernel.policy.explanation import DROP_ALL, SKIPPED, MatchExplanation
from necp_replay.kernel.policy.match import find_matching_policies
from necp_replay.kernel.state import KernelState
from necp_replay.releases.xnu_4570 import XNU_4570_51_1
from necp_replay.scenario.addresses import sockaddr
from tests.examples import examples
from tests.kernel.policy.slow_match import SlowMatch, matches

PROCESS = Process(100, "app", 501, bytes(16), False, 256, False, ())
EN0, EN5 = Interface(4, "en0"), Interface(5, "en5")
IPV4 = [sockaddr(f"192.0.2.{host}") for host in (1, 9, 200)]
IPV6 = [sockaddr(f"2001:db8::{host}") for host in (1, 9, 200)]

C = KernelCondition
CONDITIONS = (
    C.ALL_INTERFACES,
    C.BOUND_INTERFACE,
    C.APP_ID,
    C.REAL_APP_ID,
    C.ENTITLEMENT,
    C.CUSTOM_ENTITLEMENT,
    C.DOMAIN,
    C.ACCOUNT_ID,
    C.PID,
    C.UID,
    C.TRAFFIC_CLASS,
    C.PROTOCOL,
    C.AGENT_TYPE,
    C.BOUND_INTERFACE_FLAGS,
    C.LOCAL_START | C.LOCAL_END,
    C.LOCAL_START | C.LOCAL_PREFIX,
    C.REMOTE_START | C.REMOTE_END,
    C.REMOTE_START | C.REMOTE_PREFIX,
)
NEGATABLE = ~(C.ENTITLEMENT | C.CUSTOM_ENTITLEMENT | C.ALL_INTERFACES | C.AGENT_TYPE)

few = st.integers(1, 2)
flags_of_interfaces = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
ipv4 = st.sampled_from(IPV4)
either = st.sampled_from((*IPV4, *IPV6))
hosts = st.sampled_from((b"com", b"apple.com", b"WWW.apple.com", b"pineapple.com"))


@st.composite
def kernel_policies(draw: st.DrawFn) -> KernelSocketPolicy:
    mask = negated = 0
    for condition in draw(st.lists(st.sampled_from(CONDITIONS), max_size=2, unique=True)):
        overlaps = mask & condition & ~(C.LOCAL_PREFIX | C.REMOTE_PREFIX)
        if not overlaps:
            mask |= int(condition)
            negated |= int(condition & NEGATABLE) if draw(st.booleans()) else 0
    policy = KernelSocketPolicy(draw(st.integers(2, 1000)), mask)
    policy.condition_negated_mask = negated
    policy.session_order = draw(st.sampled_from((1001, 1002, 3001)))
    policy.order = draw(st.integers(1, 6))
    policy.cond_bound_interface = draw(st.sampled_from((None, EN0, EN5)))
    policy.cond_bound_interface_flags = draw(flags_of_interfaces)
    policy.cond_app_id, policy.cond_real_app_id = draw(few), draw(few)
    policy.cond_custom_entitlement = b"com.example.ent"
    policy.cond_custom_entitlement_matched = draw(
        st.sampled_from((BooleanState.FALSE, BooleanState.TRUE))
    )
    policy.cond_domain = draw(hosts)
    policy.cond_domain_dot_count = policy.cond_domain.count(b".")
    policy.cond_account_id, policy.cond_pid, policy.cond_uid = draw(few), draw(few), draw(few)
    policy.cond_start_tc, policy.cond_end_tc = draw(few), draw(few)
    policy.cond_protocol = draw(few)
    policy.cond_local_start, policy.cond_local_end = draw(ipv4), draw(ipv4)
    policy.cond_local_prefix = draw(st.sampled_from((0, 24, 29, 32)))
    policy.cond_remote_start = draw(either)
    policy.cond_remote_end = draw(either)
    policy.cond_remote_prefix = draw(st.sampled_from((0, 24, 29, 32)))
    policy.cond_agent_type = draw(st.sampled_from(AGENT_TYPE_CONDITIONS))
    policy.result = draw(st.sampled_from([int(result) for result in PolicyResult if result]))
    policy.result_parameter = draw(st.integers(0, 6))
    policy.service_data = draw(st.integers(0, 9))
    return policy


AGENT_TYPES = ((b"d", b"t"), (b"d", b"u"), (b"", b"t"))
AGENT_TYPE_CONDITIONS = [
    CONDITION_AGENT_TYPE.pack(domain, type_) for domain in (b"d", b"") for type_ in (b"t", b"")
]


@st.composite
def socket_infos(draw: st.DrawFn) -> SocketInfo:
    info = SocketInfo(PROCESS)
    info.application_id, info.real_application_id = draw(few), draw(few)
    info.account_id, info.pid, info.uid = draw(few), draw(few), draw(few)
    info.bound_interface_index = draw(st.sampled_from((0, 0, 4, 5)))
    info.bound_interface_flags = draw(flags_of_interfaces)
    info.traffic_class, info.protocol = draw(few), draw(few)
    info.domain = draw(st.none() | hosts)
    info.domain_dot_count = (info.domain or b"").count(b".")
    info.required_agent_types = draw(st.lists(st.sampled_from(AGENT_TYPES), max_size=2))
    info.is_entitled = draw(st.booleans())
    info.local_addr, info.remote_addr = draw(ipv4), draw(either)
    return info


def walk(
    policies: list[KernelSocketPolicy], info: SocketInfo, drop_all_order: int = 0, debug: int = 0
) -> tuple[MatchedPolicies, KernelState]:
    kernel = KernelState(XNU_4570_51_1.profile)
    kernel.policies.app_layer_map = policies
    kernel.policies.drop_all_order = drop_all_order
    kernel.policies.debug = debug
    return find_matching_policies(kernel, info), kernel


def simple_policy(
    result: PolicyResult, parameter: int = 0, order: int = 1, session_order: int = 3001
) -> KernelSocketPolicy:
    policy = KernelSocketPolicy(order, 0)
    policy.result, policy.result_parameter = int(result), parameter
    policy.order, policy.session_order = order, session_order
    return policy


@given(kernel_policies(), socket_infos())
def test_a_policy_matches_if_each_condition_holds_or_fails_where_it_is_negated(
    policy: KernelSocketPolicy, info: SocketInfo
) -> None:
    assert policy_matches(policy, info) == matches(policy, info)
    assert (failing_condition(policy, info) is None) == matches(policy, info)


@settings(max_examples=examples(100, thorough=1000), deadline=None)
@given(
    st.lists(kernel_policies(), max_size=24),
    socket_infos(),
    st.sampled_from((0, 0, 1002, 3001)),
)
def test_the_walk_finds_the_same_as_deciding_each_policy_on_its_own(
    policies: list[KernelSocketPolicy], info: SocketInfo, drop_all_order: int
) -> None:
    policies.sort(key=lambda policy: (policy.session_order, policy.order))
    found, _ = walk(policies, info, drop_all_order)
    expected = SlowMatch(policies, info, drop_all_order)
    assert found.policy is expected.policy
    assert found.filter_control_unit == expected.filter_control_unit
    assert found.service_action == expected.service_action
    assert (found.service_id, found.service_data) == expected.service or expected.service is None
    assert found.netagent_ids == expected.netagent_ids
    assert found.netagent_use_flags == expected.netagent_use_flags
    assert found.route_rule_ids == expected.route_rule_ids


def test_a_skip_ends_with_its_session() -> None:
    skip = simple_policy(PolicyResult.SKIP, 0, order=1)
    inside = simple_policy(PolicyResult.DROP, order=2)
    beyond = simple_policy(PolicyResult.PASS, order=1, session_order=3002)
    assert walk([skip, inside, beyond], SocketInfo(PROCESS))[0].policy is beyond


def test_a_skip_passes_over_the_policies_before_the_order_it_names() -> None:
    skip = simple_policy(PolicyResult.SKIP, 3, order=1)
    inside = simple_policy(PolicyResult.DROP, order=2)
    at_order = simple_policy(PolicyResult.PASS, order=3)
    assert walk([skip, inside, at_order], SocketInfo(PROCESS))[0].policy is at_order


def test_at_most_eight_agents_and_sixteen_route_rules_are_collected() -> None:
    policies = [simple_policy(PolicyResult.USE_NETAGENT, id_) for id_ in range(1, 11)]
    policies += [simple_policy(PolicyResult.ROUTE_RULES, id_) for id_ in range(1, 21)]
    found, _ = walk(policies, SocketInfo(PROCESS))
    assert found.netagent_ids == list(range(1, 9))
    assert found.route_rule_ids == list(range(1, 17))


def test_one_route_rule_counts_itself_and_several_count_as_an_aggregate() -> None:
    one, _ = walk([simple_policy(PolicyResult.ROUTE_RULES, 7)], SocketInfo(PROCESS))
    assert one.applied_rule_ids == (7,)
    policies = [simple_policy(PolicyResult.ROUTE_RULES, id_) for id_ in (7, 8)]
    assert walk(policies, SocketInfo(PROCESS))[0].applied_rule_ids == (0x10000,)


def test_each_collected_result_is_logged_at_debug_level_two() -> None:
    policies = [
        simple_policy(PolicyResult.SOCKET_FILTER, 5),
        simple_policy(PolicyResult.SOCKET_FILTER, 6),
        simple_policy(PolicyResult.TRIGGER, 3),
        simple_policy(PolicyResult.USE_NETAGENT, 4),
        simple_policy(PolicyResult.PASS),
    ]
    record = Log(5, "necp_socket_find_policy_match_with_info_locked")
    assert walk(policies, SocketInfo(PROCESS), debug=2)[1].effects == [record] * 4
    assert walk(policies, SocketInfo(PROCESS), debug=1)[1].effects == []


def test_an_explanation_says_of_each_policy_why_it_did_not_count() -> None:
    for_pid = simple_policy(PolicyResult.DROP)
    for_pid.condition_mask, for_pid.cond_pid = int(C.PID), 7
    policies = [
        for_pid,
        simple_policy(PolicyResult.SOCKET_FILTER, 5),
        simple_policy(PolicyResult.SKIP, 3, order=2),
        simple_policy(PolicyResult.DROP, order=2),
        simple_policy(PolicyResult.PASS, order=1, session_order=4001),
    ]
    kernel = KernelState(XNU_4570_51_1.profile)
    kernel.policies.app_layer_map = policies
    kernel.policies.drop_all_order = 4001
    why = MatchExplanation()
    find_matching_policies(kernel, SocketInfo(PROCESS), why)
    assert [considered.policy for considered in why.considered] == policies
    assert [considered.reason for considered in why.considered] == [
        "pid",
        None,
        None,
        SKIPPED,
        DROP_ALL,
    ]
