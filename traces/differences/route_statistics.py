"""COPY_ROUTE_STATISTICS: which structure is copied, its size, and what it contains."""

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
CANARY = b"\xaa" * 128


def _client_on_a_counted_route(system: System) -> ClientHandle:
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1", stats=STATISTICS)
    return system.add_process(100).necp_open().add(remote="203.0.113.5:443")


def route_statistics_layout(system: System) -> None:
    """With a buffer of 72 bytes, the older release writes 112 bytes, past its end.

    Source: necp_client_copy_route_statistics, xnu-4570.41.2 and xnu-4570.51.1.
    """
    _copy(_client_on_a_counted_route(system), 72)


def route_statistics_smallest_buffer(system: System) -> None:
    """64 to 71 bytes are enough for the older release, and EINVAL in the newer.

    Source: necp_client_copy_route_statistics, xnu-4570.41.2 and xnu-4570.51.1.
    """
    client = _client_on_a_counted_route(system)
    for size_bytes in (63, 64, 71):
        client.copy_route_statistics(size_bytes)


def route_statistics_of_every_size(system: System) -> None:
    """Each size at which a release behaves differently, followed by 112 bytes of a canary.

    Below 64 both are EINVAL, up to 71 only the newer. Up to 111 the older writes past the end: it
    always writes 112 bytes, the newer 72.
    Source: necp_client_copy_route_statistics, xnu-4570.41.2 and xnu-4570.51.1.
    """
    client = _client_on_a_counted_route(system)
    for size_bytes in (0, 63, 64, 71, 72, 111, 112, 113):
        _copy(client, size_bytes)


def route_statistics_at_a_page_end(system: System) -> None:
    """The buffer ends with its page: the older release faults after writing 72 bytes.

    Source: necp_client_copy_route_statistics, xnu-4570.41.2 and xnu-4570.51.1.
    """
    client = _client_on_a_counted_route(system)
    buffer = UserBuffer(content=CANARY[:72], length=72, mapped=72)
    client.fd.action(ClientAction.COPY_ROUTE_STATISTICS, client.client_id, buffer)


def route_statistics_at_every_page_end(system: System) -> None:
    """A buffer of 72 bytes, and a page that ends after 64, 71, 72, 73, 111 or 112.

    Source: necp_client_copy_route_statistics, xnu-4570.41.2 and xnu-4570.51.1.
    """
    client = _client_on_a_counted_route(system)
    for mapped_bytes in (64, 71, 72, 73, 111, 112):
        buffer = UserBuffer(content=CANARY[:mapped_bytes], length=112, mapped=mapped_bytes)
        client.fd.action(
            ClientAction.COPY_ROUTE_STATISTICS, client.client_id, buffer, buffer_size=72
        )


def route_statistics_report_route_flags(system: System) -> None:
    """The newer release writes the route's flags at offset 64 if the route has statistics.

    Source: necp_client_copy_route_statistics, xnu-4570.41.2 and xnu-4570.51.1.
    """
    client = _client_on_a_counted_route(system)
    route = "0.0.0.0/0@en0"
    _copy(client, 72)
    system.update_route(route, flags_set=("REJECT",), flags_clear=("GATEWAY",))
    _copy(client, 72)
    system.update_route(route, detach_stats=True)
    _copy(client, 72)
    client.fd.add(ip_protocol=None).copy_route_statistics(72)


def route_statistics_without_statistics(system: System) -> None:
    """A route without statistics: all bytes are zero, the route's flags included.

    Source: necp_client_copy_route_statistics, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    _copy(system.add_process(100).necp_open().add(remote="203.0.113.5:443"), 72)


def _copy(client: ClientHandle, size_bytes: int) -> None:
    """COPY_ROUTE_STATISTICS into a buffer that is followed by a canary."""
    buffer = UserBuffer(content=CANARY, length=len(CANARY))
    client.fd.action(
        ClientAction.COPY_ROUTE_STATISTICS, client.client_id, buffer, buffer_size=size_bytes
    )
