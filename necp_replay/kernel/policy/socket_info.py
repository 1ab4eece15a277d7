"""Fills in what policies are compared with: who asks, and for which traffic."""

from __future__ import annotations

from functools import partial
from typing import Final

from necp_replay.abi.client import SOCKADDR_UNION_BYTES, ClientParameter
from necp_replay.abi.interface import IFEF_DIRECTLINK
from necp_replay.abi.policy import KernelCondition, LocalNetworksFlag
from necp_replay.abi.route import RouteFlag
from necp_replay.abi.sockaddr import AF_INET, AF_INET6, SOCKADDR_IN6_BYTES
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.effects import MemoryCorruption
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.kernel_policy import NO_INTERFACE_FLAGS
from necp_replay.kernel.objects.process import NO_PROCESS, Process
from necp_replay.kernel.objects.socket_info import NO_ADDRESS, SocketInfo
from necp_replay.kernel.policy.delegation import Identity, acted_for
from necp_replay.kernel.policy.exemptions import drop_order
from necp_replay.kernel.policy.parameter_reading import ParameterReading
from necp_replay.kernel.policy.responsible import (
    claim_for_application,
    fill_out_binaries,
    responsible_for,
)
from necp_replay.kernel.policy.result_flags import is_direct
from necp_replay.kernel.policy.traffic_route import (
    ANY_IPV4,
    ANY_IPV6,
    is_unspecified,
    unless_translated,
)
from necp_replay.kernel.privileges import has_entitlement, has_privilege
from necp_replay.kernel.sockaddr import sa_copy
from necp_replay.kernel.state import KernelState

Ports = tuple[bytes | None, bytes | None]
"""A local and a remote port in network order, None for those that were not given."""


def fill_out_info(
    kernel: KernelState,
    process: Process,
    identity: Identity,
    reading: ParameterReading,
    bound_interface_index: int,
    *,
    has_client: bool,
) -> SocketInfo:
    """What policies are compared with, except addresses. Fields that no policy asks for stay empty.

    Kernel quirk: if the effective and the real application are the same executable, the id of the
    real one is taken from the effective one. That id is 0 if no policy has a condition on the
    effective application. No trace shows it.

    Source: necp_application_fillout_info_locked, xnu-4570.51.1, xnu-6153.101.6.
    """
    policies = kernel.policies
    asked = policies.application_policies_condition_mask
    info = SocketInfo(process)
    info.pid = identity.pid
    info.uid = identity.uid
    info.protocol = _protocol(kernel, reading)
    info.bound_interface_index = bound_interface_index
    if bound_interface_index and policies.socket_policies_condition_mask & _INTERFACE_FLAGS:
        bound = kernel.interfaces.by_index.get(bound_interface_index)
        info.bound_interface_flags = interface_flags(bound)
    info.traffic_class = reading.traffic_class
    info.required_agent_types = reading.required_agent_types
    info.has_client = has_client
    info.client_flags = reading.client_flags
    if any(reading.scheme_port) and ClientParameter.SCHEME_PORT in kernel.profile.client_parameters:
        info.scheme_port = reading.scheme_port
    info.has_resolver_tag = reading.has_resolver_tag
    if policies.drop_unentitled_order:
        info.drop_order = drop_order(kernel, process)
    info.is_delegated = identity.is_delegated
    info.delegate_can_be_itself = kernel.profile.platform_binaries_can_be_excluded
    application, real_application = identity.application, identity.real_application
    if asked & _APP_ID and application != ZERO_UUID:
        info.application_id = policies.uuid_ids.app_id_of(application)
    if asked & _REAL_APP_ID and real_application != ZERO_UUID:
        if application == real_application:
            info.real_application_id = info.application_id
        else:
            info.real_application_id = policies.uuid_ids.app_id_of(real_application)
    if kernel.profile.acted_for_process_is_asked:
        info.process = acted_for(kernel, identity)
    responsible = responsible_for(kernel, identity)
    if asked & _APP_ID and responsible is not None:
        claim_for_application(kernel, info, responsible)
    if asked & _ENTITLEMENT:
        info.is_entitled = _may_match(kernel, info)
    fill_out_binaries(kernel, info, responsible, asked)
    if asked & _ACCOUNT_ID and reading.account is not None:
        info.account_id = policies.account_ids.id_of(reading.account)
    if asked & _DOMAIN:
        info.domain = reading.domain
        info.domain_dot_count = reading.domain_dot_count
        info.around_domain = reading.around_domain
        info.is_in_domain_set = policies.domain_sets.has
    if asked & _URL:
        info.url = reading.url
        info.urls_match_as_a_whole = kernel.profile.urls_match_as_a_whole
    return info


def _protocol(kernel: KernelState, reading: ParameterReading) -> int:
    short_form = reading.short_form_protocol
    if short_form != reading.protocol and kernel.profile.ip_protocol_has_short_form:
        return short_form
    return reading.protocol


def interface_flags(interface: Interface | None) -> tuple[int, int, int]:
    """Flags, eflags and xflags of an interface, as conditions see them."""
    if interface is None:
        return NO_INTERFACE_FLAGS
    return interface.flags, interface.eflags, interface.xflags


def is_local_destination(kernel: KernelState, info: SocketInfo, flags: int) -> bool:
    """Whether the route to the remote address leads to a network of the system.

    ``flags`` are those of the condition (:class:`~necp_replay.abi.policy.LocalNetworksFlag`).

    Kernel quirk: in releases that take the unspecified address for a destination, a missing remote
    address becomes that one, also for conditions after this. No vector shows it.

    Source: necp_is_route_local, xnu-6153.11.26, xnu-8019.41.5, xnu-11215.1.10.
    """
    profile = kernel.profile
    if is_unspecified(info.remote_addr):
        if profile.unspecified_destinations_are_not_local:
            return False
        info.remote_addr = ANY_IPV6 if info.remote_addr[1] == AF_INET6 else ANY_IPV4
    route = kernel.routes.lookup_scoped(info.remote_addr, 0)
    if info.remote_addr[1] == AF_INET:
        route = unless_translated(kernel, route)
    if route is None or route.ifa is None or not is_direct(route):
        return False
    if not profile.own_addresses_are_not_local_networks:
        return True
    if route.ifa.interface.eflags & IFEF_DIRECTLINK:
        return False
    return bool(flags & LocalNetworksFlag.INCLUDE_LOCAL_ADDRESSES) or not (
        route.flags & RouteFlag.LOCAL or _is_interface_address(kernel, info.remote_addr)
    )


def _is_interface_address(kernel: KernelState, sockaddr: bytes) -> bool:
    """Whether an interface has an address, whatever the port.

    Source: necp_address_is_local_interface_address, xnu-11215.1.10.
    """
    copied, _ = sa_copy(sockaddr, 0)
    copied = copied[:2] + bytes(2) + copied[4:]
    if copied[1] == AF_INET6:
        copied = copied[:24] + bytes(4)
    return kernel.interfaces.ifa_with_address(copied) is not None


def _may_match(kernel: KernelState, info: SocketInfo) -> bool:
    """Whether an ENTITLEMENT condition matches, by the process or the leader of its coalition.

    Source: necp_application_fillout_info_locked, xnu-8019.41.5; necp_get_parent_cred_result,
    xnu-4570.71.2.
    """
    if info.process is NO_PROCESS:
        return False
    profile = kernel.profile
    process, has_right = info.process, _has_privilege_to_match
    if profile.right_to_match_is_an_entitlement:
        process, has_right = info.asking_process, _has_entitlement_to_match
    asked: Process | None = process
    if profile.entitlement_asks_caller:
        asked = kernel.caller
    if asked is None or has_right(asked):
        return True
    if not profile.entitlement_asks_coalition_leader:
        return False
    leader = kernel.processes.get(process.coalition_leader)
    return leader is not None and has_right(leader)


def _has_privilege_to_match(process: Process) -> bool:
    return has_privilege(process, "PRIV_NET_PRIVILEGED_NECP_MATCH")


def _has_entitlement_to_match(process: Process) -> bool:
    """Source: necp_task_has_match_entitlement, xnu-8792.41.9."""
    return any(has_entitlement(process, name) for name in MATCH_ENTITLEMENTS)


def fill_out_addresses(
    kernel: KernelState, info: SocketInfo, local_addr: bytes, remote_addr: bytes, ports: Ports
) -> None:
    """Copy the addresses, if policies or the release ask for one. ``ports`` replace their ports.

    Kernel quirk: as many bytes are copied as the length field of the address says. More than 28
    overflow the structure. No trace shows it.

    Source: necp_application_fillout_info_locked, xnu-4570.51.1, xnu-6153.11.26.
    """
    policies, profile = kernel.policies, kernel.profile
    is_asked = policies.application_policies_condition_mask & _ANY_ADDRESS
    if is_asked or (profile.multicast_is_restricted and policies.restrict_multicast):
        info.is_local_destination = partial(is_local_destination, kernel)
        if not local_addr[0] and profile.missing_local_address_has_family:
            local_addr = _unspecified_like(remote_addr)
        info.local_addr = _with_port(_copy_address(kernel, local_addr), ports[0])
        info.remote_addr = _with_port(_copy_address(kernel, remote_addr), ports[1])


def _unspecified_like(remote_addr: bytes) -> bytes:
    """The unspecified address of the family of another one, of IPv6 where there is none."""
    start = remote_addr[:2] if remote_addr[0] else bytes((SOCKADDR_IN6_BYTES, AF_INET6))
    return start.ljust(SOCKADDR_UNION_BYTES, b"\0")


def _with_port(sockaddr: bytes, port: bytes | None) -> bytes:
    """The address with another port; the unspecified IPv6 address with it if there is none."""
    if port is None:
        return sockaddr
    start = sockaddr[:2] if sockaddr[0] else bytes((SOCKADDR_IN6_BYTES, AF_INET6))
    return start + port + sockaddr[4:]


def _copy_address(kernel: KernelState, sockaddr: bytes) -> bytes:
    length = sockaddr[0]
    if length > SOCKADDR_UNION_BYTES:
        kernel.emit(
            MemoryCorruption(
                "overflow",
                "necp_application_fillout_info_locked",
                length - SOCKADDR_UNION_BYTES,
            )
        )
    return sockaddr[:length].ljust(SOCKADDR_UNION_BYTES, b"\0") if length else NO_ADDRESS


NO_PORTS: Final[Ports] = (None, None)
MATCH_ENTITLEMENTS: Final = (
    "com.apple.private.necp.match",
    "com.apple.developer.CaptiveNetworkPlugin",
)
_ENTITLEMENT: Final = int(KernelCondition.ENTITLEMENT)
_APP_ID: Final = int(KernelCondition.APP_ID)
_REAL_APP_ID: Final = int(KernelCondition.REAL_APP_ID)
_ACCOUNT_ID: Final = int(KernelCondition.ACCOUNT_ID)
_DOMAIN: Final = int(
    KernelCondition.DOMAIN | KernelCondition.EXACT_DOMAIN | KernelCondition.DOMAIN_FILTER
)
_INTERFACE_FLAGS: Final = int(KernelCondition.BOUND_INTERFACE_FLAGS)
_URL: Final = int(KernelCondition.URL)
_ANY_ADDRESS: Final = int(
    KernelCondition.LOCAL_START
    | KernelCondition.LOCAL_END
    | KernelCondition.LOCAL_PREFIX
    | KernelCondition.REMOTE_START
    | KernelCondition.REMOTE_END
    | KernelCondition.REMOTE_PREFIX
    | KernelCondition.LOCAL_EMPTY
    | KernelCondition.REMOTE_EMPTY
    | KernelCondition.LOCAL_NETWORKS
    | KernelCondition.SCHEME_PORT
)
