"""The arrays that are searched, compared with those that comparing all pairs makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.abi.policy import KernelCondition as C
from necp_replay.abi.policy import PolicyResult as R
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.kernel_policy import KernelIpOutputPolicy, KernelSocketPolicy
from necp_replay.kernel.policy.search_array import (
    app_layer_array,
    ip_output_arrays,
    socket_arrays,
)
from necp_replay.scenario.addresses import sockaddr
from tests.examples import examples
from tests.kernel.policy.plain_unnecessary import (
    ip_output_policy_is_unnecessary,
    socket_policy_is_unnecessary,
)

ADDRESSES = [
    sockaddr(text)
    for text in (
        *("192.0.2.0", "192.0.2.9", "192.0.2.128:1", "192.0.2.128:256", "198.51.100.1"),
        *("2001:db8::", "2001:db8::9", "[fe80::1%4]:0", "[fe80::1%5]:0", "[fe80::1%4]:443"),
    )
]
SOCKET_BITS = [
    *(C.ALL_INTERFACES, C.BOUND_INTERFACE, C.PROTOCOL, C.APP_ID, C.REAL_APP_ID, C.DOMAIN),
    *(C.ACCOUNT_ID, C.PID, C.UID, C.TRAFFIC_CLASS, C.ENTITLEMENT, C.CUSTOM_ENTITLEMENT),
    C.AGENT_TYPE,
    *(C.LOCAL_START | C.LOCAL_END, C.LOCAL_START | C.LOCAL_PREFIX),
    *(C.REMOTE_START | C.REMOTE_END, C.REMOTE_START | C.REMOTE_PREFIX),
]
IP_BITS = [C.POLICY_ID, C.LAST_INTERFACE, *SOCKET_BITS[:3], *SOCKET_BITS[-4:]]
RESULTS = [int(result) for result in R if result] + [int(R.SKIP)] * 3
INTERFACES = (None, Interface(4, "en0"), Interface(5, "en5"))
few = st.integers(0, 2)
addresses = st.sampled_from(ADDRESSES)
prefixes = st.sampled_from((0, 8, 25, 32, 64, 121, 128, 200))
FIELDS: dict[str, st.SearchStrategy[object]] = {
    "bound_interface": st.sampled_from(INTERFACES),
    **dict.fromkeys(("app_id", "real_app_id", "account_id", "policy_id", "pid", "uid"), few),
    **dict.fromkeys(("protocol", "start_tc", "end_tc", "last_interface_index"), few),
    "agent_type": st.sampled_from((bytes(64), b"a" + bytes(63), bytes(32) + b"a" + bytes(31))),
    "custom_entitlement": st.sampled_from((None, b"a", b"b")),
    "domain": st.sampled_from((None, b"a.com", b"A.com")),
    **dict.fromkeys(("local_start", "local_end", "remote_start", "remote_end"), addresses),
    **dict.fromkeys(("local_prefix", "remote_prefix"), prefixes),
}


@st.composite
def policy_lists(draw: st.DrawFn, make: Callable[[], Any], bits: list[int]) -> list[Any]:
    """Policies in evaluation order. A list has few kinds of conditions, so that many cover others.

    Each policy is drawn at random, or differs in one field from the one before it.
    """
    kinds = draw(st.lists(st.sampled_from(bits), max_size=4))
    found: list[Any] = []
    for _ in range(draw(st.integers(0, 14))):
        policy = make()
        for kind in kinds:
            policy.condition_mask |= kind if draw(st.integers(0, 4)) else 0
            policy.condition_negated_mask |= 0 if draw(st.integers(0, 3)) else kind
        policy.condition_negated_mask &= policy.condition_mask
        for field, values in FIELDS.items():
            if hasattr(policy, f"cond_{field}"):
                setattr(policy, f"cond_{field}", draw(values))
        policy.result = draw(st.sampled_from(RESULTS))
        policy.result_parameter = draw(st.integers(0, 6))
        policy.session_order = draw(st.sampled_from((1, 1, 2)))
        policy.order = draw(st.integers(1, 6))
        found.append(policy)
    return sorted(found, key=lambda policy: (policy.session_order, policy.order))


@settings(max_examples=examples(100, thorough=400), deadline=None)
@given(policy_lists(KernelSocketPolicy, SOCKET_BITS))
def test_socket_policies_are_left_out_as_comparing_all_pairs_leaves_them_out(
    policies: list[KernelSocketPolicy],
) -> None:
    expected: list[KernelSocketPolicy] = []
    for policy in policies:
        if not socket_policy_is_unnecessary(policy, expected):
            expected.append(policy)
    assert app_layer_array(policies, keeps_all=False) == expected
    for bucket, array in enumerate(socket_arrays(policies, keeps_all=False)):
        expected = []
        for policy in policies:
            has_app = policy.condition_mask & C.APP_ID
            own_bucket = policy.cond_app_id % 4 + 1 if policy.cond_app_id else 0
            if policy.condition_mask & C.AGENT_TYPE or (has_app and own_bucket != bucket):
                continue
            if not socket_policy_is_unnecessary(policy, expected):
                expected.append(policy)
        assert array == expected


@given(policy_lists(KernelSocketPolicy, SOCKET_BITS))
def test_all_policies_are_in_the_arrays_where_all_are_kept(
    policies: list[KernelSocketPolicy],
) -> None:
    assert list(app_layer_array(policies, keeps_all=True)) == policies
    of_no_application = [
        policy for policy in policies if not policy.condition_mask & (C.AGENT_TYPE | C.APP_ID)
    ]
    for array in socket_arrays(policies, keeps_all=True):
        assert [policy for policy in array if policy in of_no_application] == of_no_application


@settings(max_examples=examples(100, thorough=400), deadline=None)
@given(policy_lists(KernelIpOutputPolicy, IP_BITS), st.booleans())
def test_ip_output_policies_are_left_out_as_comparing_all_pairs_leaves_them_out(
    policies: list[KernelIpOutputPolicy], skips_in_every_array: bool
) -> None:
    arrays = ip_output_arrays(policies, skips_in_every_array=skips_in_every_array, keeps_all=False)
    for bucket, array in enumerate(arrays):
        expected: list[KernelIpOutputPolicy] = []
        for policy in policies:
            is_skip_for_all = skips_in_every_array and policy.result == R.SKIP
            has_id = policy.condition_mask & C.POLICY_ID and not is_skip_for_all
            own_bucket = policy.cond_policy_id % 4 + 1 if policy.cond_policy_id else 0
            if has_id and own_bucket != bucket:
                continue
            if not ip_output_policy_is_unnecessary(policy, expected):
                expected.append(policy)
        assert array == expected
