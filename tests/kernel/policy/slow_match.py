"""Matching policies the slow way: each policy is decided on its own, without a walk."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence

from necp_replay.abi.policy import BooleanState, KernelCondition, PolicyResult
from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.objects.socket_info import SocketInfo

COLLECTED = (
    PolicyResult.SOCKET_FILTER,
    PolicyResult.ROUTE_RULES,
    PolicyResult.USE_NETAGENT,
    PolicyResult.NETAGENT_SCOPED,
    PolicyResult.TRIGGER,
    PolicyResult.TRIGGER_IF_NEEDED,
    PolicyResult.TRIGGER_SCOPED,
    PolicyResult.NO_TRIGGER_SCOPED,
)
NOT_DECISIVE = (*COLLECTED, PolicyResult.SKIP, PolicyResult.ALLOW_UNENTITLED)
AGENTS = COLLECTED[2:4]
TRIGGERS = COLLECTED[4:]


class SlowMatch:
    """What a walk over ``policies``, in evaluation order, has to find for ``info``."""

    def __init__(
        self, policies: Sequence[KernelSocketPolicy], info: SocketInfo, drop_all_order: int
    ) -> None:
        within = [p for p in policies if not drop_all_order or p.session_order < drop_all_order]
        reached: list[KernelSocketPolicy] = []
        for policy in within:
            if matches(policy, info) and not any(_skips(earlier, policy) for earlier in reached):
                reached.append(policy)
        decisive = [p for p in reached if p.result not in NOT_DECISIVE]
        self.policy = decisive[0] if decisive else None
        before = reached[: reached.index(decisive[0])] if decisive else reached
        self.filter_control_unit = next(
            (
                p.result_parameter
                for p in before
                if p.result == PolicyResult.SOCKET_FILTER and p.result_parameter
            ),
            0,
        )
        triggers = [p for p in before if p.result in TRIGGERS]
        self.service_action = triggers[0].result if triggers else 0
        services = [p for p in triggers if p.result_parameter]
        self.service = (
            (services[0].result_parameter, services[0].service_data) if services else None
        )
        agents = [p for p in before if p.result in AGENTS][:8]
        self.netagent_ids = [p.result_parameter for p in agents]
        self.netagent_use_flags = [int(p.result == PolicyResult.NETAGENT_SCOPED) for p in agents]
        self.route_rule_ids = [
            p.result_parameter for p in before if p.result == PolicyResult.ROUTE_RULES
        ][:16]


def matches(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether each condition the policy has holds, or fails where it is negated."""
    mask, negated = policy.condition_mask, policy.condition_negated_mask
    if mask & KernelCondition.ALL_INTERFACES:
        mask &= ~(KernelCondition.BOUND_INTERFACE | KernelCondition.BOUND_INTERFACE_FLAGS)
    for bit, holds in _CONDITIONS.items():
        if mask & bit and holds(policy, info) == bool(negated & bit):
            return False
    if mask & KernelCondition.BOUND_INTERFACE_FLAGS and not _has_flags(
        policy, info, is_negated=bool(negated & KernelCondition.BOUND_INTERFACE_FLAGS)
    ):
        return False
    interface_bits = (
        KernelCondition.ALL_INTERFACES
        | KernelCondition.BOUND_INTERFACE
        | KernelCondition.BOUND_INTERFACE_FLAGS
    )
    return bool(mask & interface_bits) or info.bound_interface_index == 0


def _skips(earlier: KernelSocketPolicy, policy: KernelSocketPolicy) -> bool:
    if earlier.result != PolicyResult.SKIP or earlier.session_order != policy.session_order:
        return False
    return earlier.result_parameter == 0 or policy.order < earlier.result_parameter


def _has_flags(policy: KernelSocketPolicy, info: SocketInfo, *, is_negated: bool) -> bool:
    for wanted, has in zip(
        policy.cond_bound_interface_flags, info.bound_interface_flags, strict=True
    ):
        if wanted and bool(wanted & has) is is_negated:
            return False
    return True


def _bound(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    wanted = policy.cond_bound_interface.index if policy.cond_bound_interface else 0
    return info.bound_interface_index == wanted


def _domain(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    assert policy.cond_domain is not None
    if info.domain is None:
        return False
    wanted = policy.cond_domain.lower().split(b".")
    return info.domain.lower().split(b".")[-len(wanted) :] == wanted


def _agent_type(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    wanted = (policy.cond_agent_type[:32].rstrip(b"\0"), policy.cond_agent_type[32:].rstrip(b"\0"))
    return any(
        all(want in (b"", have) for want, have in zip(wanted, required, strict=True))
        for required in info.required_agent_types
    )


def _in_range(address: bytes, start: bytes, end: bytes) -> bool:
    if address[:2] != start[:2] or address[:2] != end[:2]:
        return False
    return _host(start) <= _host(address) <= _host(end)


def _in_subnet(address: bytes, subnet: bytes, prefix: int) -> bool:
    if address[:2] != subnet[:2]:
        return False
    network = ipaddress.ip_network((_host(subnet), prefix), strict=False)
    return ipaddress.ip_address(_host(address)) in network


def _host(address: bytes) -> bytes:
    return address[4:8] if address[1] == 2 else address[8:24]


_CONDITIONS: dict[KernelCondition, Callable[[KernelSocketPolicy, SocketInfo], bool]] = {
    KernelCondition.BOUND_INTERFACE: _bound,
    KernelCondition.APP_ID: lambda p, i: p.cond_app_id == i.application_id,
    KernelCondition.REAL_APP_ID: lambda p, i: p.cond_real_app_id == i.real_application_id,
    KernelCondition.ENTITLEMENT: lambda p, i: i.is_entitled,
    KernelCondition.CUSTOM_ENTITLEMENT: lambda p, i: (
        p.cond_custom_entitlement_matched == BooleanState.TRUE
    ),
    KernelCondition.DOMAIN: _domain,
    KernelCondition.ACCOUNT_ID: lambda p, i: p.cond_account_id == i.account_id,
    KernelCondition.PID: lambda p, i: p.cond_pid == i.pid,
    KernelCondition.UID: lambda p, i: p.cond_uid == i.uid,
    KernelCondition.TRAFFIC_CLASS: lambda p, i: (
        i.traffic_class in range(p.cond_start_tc, p.cond_end_tc + 1)
    ),
    KernelCondition.PROTOCOL: lambda p, i: p.cond_protocol == i.protocol,
    KernelCondition.AGENT_TYPE: _agent_type,
    KernelCondition.LOCAL_END: lambda p, i: _in_range(
        i.local_addr, p.cond_local_start, p.cond_local_end
    ),
    KernelCondition.LOCAL_PREFIX: lambda p, i: _in_subnet(
        i.local_addr, p.cond_local_start, p.cond_local_prefix
    ),
    KernelCondition.REMOTE_END: lambda p, i: _in_range(
        i.remote_addr, p.cond_remote_start, p.cond_remote_end
    ),
    KernelCondition.REMOTE_PREFIX: lambda p, i: _in_subnet(
        i.remote_addr, p.cond_remote_start, p.cond_remote_prefix
    ),
}
