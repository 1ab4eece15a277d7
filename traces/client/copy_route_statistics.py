"""COPY_ROUTE_STATISTICS: counters of the cached route, and which calls are refused.

How the two releases treat the buffer's size is in ``traces/differences/route_statistics.py``.
"""

from necp_replay.abi.client import ClientAction
from necp_replay.events.routes import RouteStats
from necp_replay.scenario import Errno, System, faulting, read_only, room

ACTION = ClientAction.COPY_ROUTE_STATISTICS


def copy_route_statistics(system: System) -> None:
    """The counters of a client's route are returned, also after a change, until the route has none.

    Source: necp_client_copy_route_statistics, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    fd = system.add_process(100).necp_open()
    without_route = fd.add(remote="203.0.113.5:443")
    assert not any(without_route.copy_route_statistics().whole_buffer)
    route = system.add_route(
        "default", en0, gateway="192.0.2.1", stats=RouteStats(rxpackets=1, rxbytes=2, min_rtt=3)
    )
    client = fd.add(remote="203.0.113.5:443")
    assert any(client.copy_route_statistics().whole_buffer)
    system.update_route(route, stats=RouteStats(txpackets=7, txretransmit=8, connectsuccesses=9))
    assert any(client.copy_route_statistics().whole_buffer)
    system.update_route(route, detach_stats=True)
    assert not any(client.copy_route_statistics().whole_buffer)


def copy_route_statistics_refused(system: System) -> None:
    """Every error of COPY_ROUTE_STATISTICS that is the same in both releases.

    Source: necp_client_copy_route_statistics, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    id_ = client.client_id
    assert fd.action(ACTION, None, room(112), client_id_len=16).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, room(112), client_id_len=15).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, None, buffer_size=112).errno == Errno.EINVAL
    assert client.copy_route_statistics(8).errno == Errno.EINVAL
    assert fd.action(ACTION, faulting(16, 8, id_[:8]), room(112)).errno == Errno.EFAULT
    assert fd.action(ACTION, b"\7" * 16, room(112)).errno == Errno.ENOENT
    assert fd.action(ACTION, id_, read_only(bytes(112))).errno == Errno.EFAULT
    assert fd.action(ACTION, id_, faulting(112, 40)).errno == Errno.EFAULT
