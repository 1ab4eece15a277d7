"""Decides whether a client's nexus flow should use ECN and Fast Open."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientParameterFlag, ClientResultFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.interface import IFEF_ECN_DISABLE, IFEF_ECN_ENABLE
from necp_replay.abi.log import LOG_ERR
from necp_replay.kernel.heuristics.ecn import may_try_ecn
from necp_replay.kernel.heuristics.flow_addresses import inner_address, is_internet
from necp_replay.kernel.heuristics.tcp_cache import cookie_key, heuristic_key, tcp_now
from necp_replay.kernel.heuristics.tfo import find_cookie, may_try_tfo
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.parameters.parse import parse_client_parameters
from necp_replay.kernel.state import KernelState

ECN_ON: Final = 1
"""The value of the sysctls ``tcp_ecn_inbound`` and ``tcp_ecn_outbound`` that turns ECN on."""


def check_tcp_heuristics(kernel: KernelState, client: Client, flow: Flow) -> tuple[int, int, bytes]:
    """An errno, the result flags of the flow, and its Fast Open cookie, empty if there is none.

    EAUTH or EINVAL where the client's resolver tag is wrong, EINVAL where an address is neither
    IPv4 nor IPv6, ENOENT where the client has no route; flags and cookie are meaningless then.
    Raises KernelPanic for a stored cookie of more than 16 bytes.

    Source: necp_client_check_tcp_heuristics, xnu-4570.51.1.
    """
    parsed = parse_client_parameters(kernel, client)
    if parsed.is_refused:
        kernel.log(LOG_ERR, "necp_client_check_tcp_heuristics", parsed.refusal)
        return parsed.refusal, 0, b""
    flags = parsed.flags
    if not is_internet(flow.remote_addr) or not is_internet(flow.local_addr):
        return Errno.EINVAL, 0, b""
    if client.current_route is None:
        return Errno.ENOENT, 0, b""

    cache = kernel.heuristics
    now = tcp_now(kernel.now_ns)
    interface = client.current_route.interface
    result_flags = 0
    if _wants_ecn(kernel, flags, interface):
        family = flow.local_addr[1]
        key = heuristic_key(interface, family, inner_address(flow.local_addr, family))
        if may_try_ecn(kernel, key, now):
            result_flags = int(ClientResultFlag.ECN_ENABLED)

    family = flow.remote_addr[1]
    local = inner_address(flow.local_addr, family)
    if not flags & ClientParameterFlag.TFO_ENABLE or not may_try_tfo(
        cache, heuristic_key(interface, family, local), now
    ):
        return Errno.OK, result_flags | int(ClientResultFlag.FAST_OPEN_BLOCKED), b""
    remote = inner_address(flow.remote_addr, family)
    cookie = find_cookie(cache, cookie_key(interface, family, local, remote), now)
    return Errno.OK, result_flags, cookie


def _wants_ecn(kernel: KernelState, flags: int, interface: Interface) -> bool:
    """Whether to ask for ECN: as the client says, else the interface, else a sysctl.

    Kernel quirk: the two sysctls are swapped. The one for inbound connections applies to clients
    that connect, the one for outbound connections to clients that listen.
    """
    if flags & ClientParameterFlag.ECN_ENABLE:
        return True
    if flags & ClientParameterFlag.ECN_DISABLE:
        return False
    if interface.eflags & IFEF_ECN_ENABLE:
        return True
    if interface.eflags & IFEF_ECN_DISABLE:
        return False
    if flags & ClientParameterFlag.LISTENER:
        return kernel.heuristics.ecn_outbound == ECN_ON
    return kernel.heuristics.ecn_inbound == ECN_ON
