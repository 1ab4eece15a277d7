"""What is exempt from policies and from dropping: loopback traffic, and processes with a right."""

from __future__ import annotations

import enum
from typing import Final

from necp_replay.abi.log import LOG_INFO
from necp_replay.abi.sockaddr import AF_INET, AF_INET6
from necp_replay.kernel.interfaces.functional_type import is_coprocessor
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.objects.socket_info import SocketInfo
from necp_replay.kernel.privileges import has_entitlement, has_privilege
from necp_replay.kernel.state import KernelState


def is_loopback(
    kernel: KernelState, local_addr: bytes, remote_addr: bytes, bound_interface_index: int
) -> bool:
    """Whether an address is the loopback address, or traffic is bound to the loopback interface.

    Source: necp_is_loopback, xnu-6153.41.3.
    """
    return (
        _is_loopback_address(kernel, local_addr)
        or _is_loopback_address(kernel, remote_addr)
        or bound_interface_index == kernel.interfaces.loopback.index
    )


def is_coprocessor_traffic(
    kernel: KernelState, remote_addr: bytes, bound_interface_index: int
) -> bool:
    """Whether traffic to the coprocessor of the system, bound to its interface, passes.

    Source: necp_application_find_policy_match_internal, xnu-8792.41.9.
    """
    if not kernel.profile.coprocessor_traffic_passes:
        return False
    if remote_addr[1] != AF_INET6 or bound_interface_index == 0:
        return False
    if not is_coprocessor_address(remote_addr[8:24]):
        return False
    ifp = kernel.interfaces.by_index.get(bound_interface_index)
    return ifp is not None and is_coprocessor(ifp)


def is_coprocessor_address(address: bytes) -> bool:
    """Whether an IPv6 address of 16 bytes is link-local, and ends as the coprocessor's does."""
    is_link_local = address[0] == 0xFE and address[1] & 0xC0 == 0x80
    return is_link_local and address[8:] == _COPROCESSOR


def may_not_use_loopback(kernel: KernelState, process: Process) -> bool:
    """Whether loopback traffic of a process is dropped, since it discovers media devices.

    Source: necp_task_has_loopback_drop_entitlement, xnu-11215.1.10.
    """
    return kernel.profile.loopback_can_be_denied and has_entitlement(
        process, LOOPBACK_DROP_ENTITLEMENT
    )


def _is_loopback_address(kernel: KernelState, sockaddr: bytes) -> bool:
    """Source: necp_addr_is_loopback, xnu-6153.41.3, xnu-10002.1.13."""
    if sockaddr[1] == AF_INET:
        return sockaddr[4:8] == _LOOPBACK_IPV4
    if sockaddr[1] != AF_INET6:
        return False
    address = sockaddr[8:24]
    is_mapped = address == _MAPPED_PREFIX + _LOOPBACK_IPV4
    return address == _LOOPBACK_IPV6 or (is_mapped and kernel.profile.mapped_loopback_is_loopback)


def drop_order(kernel: KernelState, process: Process) -> int:
    """The order of sessions from which on traffic of a process is dropped, 0 for none.

    Source: necp_process_drop_order, xnu-6153.11.26.
    """
    order = kernel.policies.drop_unentitled_order
    if order and any(has_privilege(process, privilege) for privilege in _NETWORK_PRIVILEGES):
        return 0
    return order


def is_platform_binary(kernel: KernelState, process: Process) -> bool:
    """Whether a process counts as a platform binary (``necp_is_platform_binary``)."""
    if process.cs_invalid and kernel.profile.platform_binaries_are_valid:
        return False
    return process.platform_binary


class Refusal(enum.Enum):
    """Why traffic is dropped before policies are evaluated."""

    MISSING_CLIENT = "missing client"
    RESTRICTED_MULTICAST = "restricted multicast"
    LOOPBACK_DENIED = "loopback denied"


def refusal_of(kernel: KernelState, info: SocketInfo) -> Refusal | None:
    """Why traffic is dropped before policies are evaluated, if it is. One kind has a log record.

    Source: necp_check_missing_client_drop, necp_check_restricted_multicast_drop,
    xnu-7195.50.7.100.1.
    """
    profile, process = kernel.profile, info.asking_process
    if (
        profile.some_processes_need_clients
        and not info.has_client
        and not (profile.platform_binaries_need_no_client and is_platform_binary(kernel, process))
        and has_entitlement(process, ON_DEMAND_ENTITLEMENT)
    ):
        return Refusal.MISSING_CLIENT
    if not profile.multicast_is_restricted or not kernel.policies.restrict_multicast:
        return None
    if not _is_multicast(info.remote_addr) or is_platform_binary(kernel, process):
        return None
    if process.platform_id != _PLATFORM_IOS or process.sdk >> 16 < FIRST_RESTRICTED_SDK:
        return None
    if has_entitlement(process, MULTICAST_ENTITLEMENT):
        return None
    kernel.log(LOG_INFO, "necp_check_restricted_multicast_drop")
    return Refusal.RESTRICTED_MULTICAST


def _is_multicast(sockaddr: bytes) -> bool:
    """Whether an address is multicast, or the IPv4 broadcast address."""
    if sockaddr[1] == AF_INET:
        return sockaddr[4] & 0xF0 == 0xE0 or sockaddr[4:8] == _BROADCAST_IPV4
    return sockaddr[1] == AF_INET6 and sockaddr[8] == 0xFF


def bypasses_drop_all(kernel: KernelState, process: Process) -> bool:
    """Whether traffic of a process is not dropped where all is.

    Source: necp_check_drop_all_bypass_result, xnu-6153.11.26.
    """
    if not kernel.profile.drop_all_has_bypass:
        return False
    if is_platform_binary(kernel, process) and process.signing_id == CONFIGD:
        return True
    return has_entitlement(process, _BYPASS_ENTITLEMENT)


_LOOPBACK_IPV4: Final = bytes((127, 0, 0, 1))
_LOOPBACK_IPV6: Final = bytes(15) + b"\x01"
_MAPPED_PREFIX: Final = bytes(10) + b"\xff\xff"
"""The first 12 bytes of an IPv6 address that stands for an IPv4 address."""
_COPROCESSOR: Final = bytes.fromhex("aede48fffe334455")
"""The last half of the coprocessor's address."""
_NETWORK_PRIVILEGES: Final = (
    "PRIV_NET_PRIVILEGED_CLIENT_ACCESS",
    "PRIV_NET_PRIVILEGED_SERVER_ACCESS",
)
CONFIGD: Final = "com.apple.configd"
_BROADCAST_IPV4: Final = b"\xff" * 4
_PLATFORM_IOS: Final = 2
FIRST_RESTRICTED_SDK: Final = 14
MULTICAST_ENTITLEMENT: Final = "com.apple.developer.networking.multicast"
ON_DEMAND_ENTITLEMENT: Final = "com.apple.developer.on-demand-install-capable"
_BYPASS_ENTITLEMENT: Final = "com.apple.private.necp.drop_all_bypass"
LOOPBACK_DROP_ENTITLEMENT: Final = "com.apple.developer.media-device-discovery-extension"
EXEMPTING_ENTITLEMENTS: Final = (
    MULTICAST_ENTITLEMENT,
    ON_DEMAND_ENTITLEMENT,
    _BYPASS_ENTITLEMENT,
    LOOPBACK_DROP_ENTITLEMENT,
)
"""Entitlements that the kernel itself looks for, without a policy that names them."""
