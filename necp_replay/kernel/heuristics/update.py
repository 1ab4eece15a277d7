"""Applies what UPDATE_CACHE says about the network of a client's flow."""

from __future__ import annotations

from necp_replay.abi.tcp_cache import TFO_CACHE, CacheType, EcnHeuristics, TfoHeuristics
from necp_replay.kernel.heuristics.ecn import learn_ecn
from necp_replay.kernel.heuristics.flow_addresses import inner_address
from necp_replay.kernel.heuristics.tcp_cache import cookie_key, heuristic_key, tcp_now
from necp_replay.kernel.heuristics.tfo import learn_tfo
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.state import KernelState


def update_heuristics(
    kernel: KernelState, client: Client, flow: Flow, cache_type: int, payload: bytes
) -> None:
    """Apply the payload of an UPDATE_CACHE call: 1 byte for ECN, 18 bytes for Fast Open.

    Does nothing where the client has no route. Only a platform binary may report success. The
    address family is that of the flow's local address for ECN, of the remote one for Fast Open.

    Source: necp_client_update_cache, xnu-4570.51.1.
    """
    route = client.current_route
    if route is None:
        return
    now = tcp_now(kernel.now_ns)
    interface = route.interface
    if cache_type == CacheType.ECN:
        bits = payload[0]
        if not client.platform_binary:
            bits &= ~int(EcnHeuristics.SUCCESS)
        family = flow.local_addr[1]
        key = heuristic_key(interface, family, inner_address(flow.local_addr, family))
        learn_ecn(kernel, key, bits, now)
        return

    if not client.platform_binary:
        cookie, cookie_len, bits = TFO_CACHE.unpack(payload)
        payload = TFO_CACHE.pack(cookie, cookie_len, bits & ~int(TfoHeuristics.SUCCESS))
    family = flow.remote_addr[1]
    local = inner_address(flow.local_addr, family)
    remote = inner_address(flow.remote_addr, family)
    learn_tfo(
        kernel,
        heuristic_key(interface, family, local),
        cookie_key(interface, family, local, remote),
        payload,
        now,
    )
