"""COPY_ROUTE_STATISTICS: which structure is copied, how much room it asks for, what it reports."""

from necp_replay.abi.client import ClientAction
from necp_replay.events.routes import RouteStats
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.scenario import ClientHandle, System

STATISTICS = RouteStats(
    rxpackets=11,
    rxbytes=22,
    txpackets=33,
    txbytes=44,
    cell_rxbytes=88,
    wired_txbytes=99,
    rxduplicatebytes=5,
    connectattempts=6,
    min_rtt=7,
    var_rtt=9,
)
CANARY = b"\xaa" * 112


def _client_on_a_counted_route(system: System) -> ClientHandle:
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1", stats=STATISTICS)
    return system.add_process(100).necp_open().add(remote="203.0.113.5:443")


def route_statistics_layout(system: System) -> None:
    """72 bytes are asked for: the older release writes 112 of another structure past them.

    Source: necp_client_copy_route_statistics, xnu-4570.41.2 and xnu-4570.51.1.
    """
    client = _client_on_a_counted_route(system)
    buffer = UserBuffer(hex=CANARY, bytes=112)
    client.fd.action(ClientAction.COPY_ROUTE_STATISTICS, client.client_id, buffer, buffer_size=72)


def route_statistics_smallest_buffer(system: System) -> None:
    """64 to 71 bytes are enough for the older release and EINVAL in the newer.

    Source: necp_client_copy_route_statistics, xnu-4570.41.2 and xnu-4570.51.1.
    """
    client = _client_on_a_counted_route(system)
    for size_bytes in (63, 64, 71):
        client.copy_route_statistics(size_bytes)


def route_statistics_at_a_page_end(system: System) -> None:
    """A buffer that ends where its page ends: the older release faults after writing 72 bytes.

    Source: necp_client_copy_route_statistics, xnu-4570.41.2 and xnu-4570.51.1.
    """
    client = _client_on_a_counted_route(system)
    buffer = UserBuffer(hex=CANARY[:72], bytes=72, mapped=72)
    client.fd.action(ClientAction.COPY_ROUTE_STATISTICS, client.client_id, buffer)


def route_statistics_without_statistics(system: System) -> None:
    """A route without a statistics block: all zero, and no route flags either.

    Source: necp_client_copy_route_statistics, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    client.fd.action(
        ClientAction.COPY_ROUTE_STATISTICS,
        client.client_id,
        UserBuffer(bytes=112),
        buffer_size=72,
    )
