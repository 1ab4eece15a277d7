"""Conditions on the traffic: bound interface, traffic class, protocol and addresses."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.policy import KernelCondition as Condition
from necp_replay.abi.sockaddr import AF_INET, AF_INET6, IN6_ADDR_BYTES
from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.objects.socket_info import SocketInfo
from necp_replay.kernel.policy.addresses import is_in_range, is_in_subnet
from necp_replay.kernel.policy.traffic_route import is_unspecified
from necp_replay.kernel.quirk import Quirk


def is_bound_to_interface(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the traffic is bound to the policy's interface; to none if the policy has none."""
    interface = policy.cond_bound_interface
    return info.bound_interface_index == (0 if interface is None else interface.index)


def is_unbound(_policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the traffic is bound to no interface.

    Kernel quirk: a policy without a condition on interfaces does not match traffic that is bound to
    one. Measured in drop_all and policy_cond_bound.
    """
    return info.bound_interface_index == 0


def is_in_traffic_class(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the traffic class is in the policy's range; both ends belong to it."""
    return policy.cond_start_tc <= info.traffic_class <= policy.cond_end_tc


def is_protocol(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the IP protocol is the policy's."""
    return info.protocol == policy.cond_protocol


def is_in_local_network(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the remote address is on a network of the system."""
    return info.is_local_destination(info, policy.cond_local_networks_flags)


def has_bound_interface_flags(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the interface that traffic is bound to has flags of each kind that the policy names.

    Kernel quirk: one flag of a kind is enough. A negative condition fails for a flag of any kind,
    so both fail for an interface that has flags of one kind and not of another.

    Source: necp_socket_check_policy, xnu-10063.101.15.
    """
    kinds = zip(policy.cond_bound_interface_flags, info.bound_interface_flags, strict=True)
    found = [bool(has & wanted) for wanted, has in kinds if wanted]
    if policy.condition_negated_mask & Condition.BOUND_INTERFACE_FLAGS:
        return any(found)
    return all(found)


def is_local_empty(_policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether there is no local address, or the unspecified one."""
    return _is_empty(info.local_addr)


def is_remote_empty(_policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether there is no remote address, or the unspecified one."""
    return _is_empty(info.remote_addr)


def has_packet_filter_tag(_policy: KernelSocketPolicy, _info: SocketInfo) -> bool:
    """Whether a packet has a tag: there is no packet yet, and so none."""
    return False


def is_loopback(_policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the traffic is loopback traffic."""
    return info.is_loopback


def _is_empty(sockaddr: bytes) -> bool:
    return sockaddr[0] == 0 or (sockaddr[1] in (AF_INET, AF_INET6) and is_unspecified(sockaddr))


def is_local_in_range(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the local address is in the policy's range."""
    return is_in_range(info.local_addr, policy.cond_local_start, policy.cond_local_end)


def is_local_in_subnet(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the local address is in the policy's subnet."""
    return is_in_subnet(
        info.local_addr,
        policy.cond_local_start,
        policy.cond_local_prefix,
        behind_address=info.remote_addr,
        behind_subnet=policy.cond_local_end,
    )


def is_remote_in_range(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the remote address is in the policy's range."""
    return is_in_range(info.remote_addr, policy.cond_remote_start, policy.cond_remote_end)


def is_remote_in_subnet(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the remote address is in the policy's subnet."""
    prefix = policy.cond_remote_prefix
    if prefix <= _IPV6_ADDRESS_BITS:
        return is_in_subnet(info.remote_addr, policy.cond_remote_start, prefix)
    return is_in_subnet(
        info.remote_addr,
        policy.cond_remote_start,
        prefix,
        behind_address=info.bytes_behind_remote_addr(),
        behind_subnet=policy.cond_remote_end,
    )


def is_to_scheme_port(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the policy's port is that of the scheme, or that of the remote address.

    Source: necp_socket_check_policy, xnu-8019.41.5.
    """
    remote_port = _NO_PORT
    if info.remote_addr[1] in (AF_INET, AF_INET6):
        remote_port = info.remote_addr[2:4]
    return policy.cond_scheme_port in (info.scheme_port, remote_port)


_NO_PORT: Final = bytes(2)
_IPV6_ADDRESS_BITS: Final = 8 * IN6_ADDR_BYTES
"""Up to this prefix, no subnet condition reads past the addresses themselves."""

BOUND_TRAFFIC_NEEDS_AN_INTERFACE_CONDITION: Final = Quirk(
    "The default condition does not match clients bound to an interface.",
    "necp_socket_check_policy",
    "policy/test_evaluate_parameters.py"
    "::test_bound_traffic_matches_only_policies_that_speak_of_interfaces",
)
