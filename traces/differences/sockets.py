"""Sockets that go away, and what a client remembers of them."""

import struct

from necp_replay.abi.client import ClientAction
from necp_replay.events import sockets
from necp_replay.events.user_buffer import UserBuffer, UserPointer
from necp_replay.scenario import System


def raw_socket_disposed(system: System) -> None:
    """A raw socket's last reference goes: the older release keeps its flow and its count.

    Source: necp_inpcb_dispose, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    client.copy_result()
    system.add_socket(sockets.SocketCreate("icmp"))
    system.submit(sockets.RegisterSocketFlow(100, client.client_id, "icmp"))
    client.copy_result()
    system.submit(sockets.InpcbDispose("icmp"))
    fd.poll()
    system.snapshot()


def tfo_cookie_too_long(system: System) -> None:
    """A cookie of 255 bytes is cut to 16 in the newer release, and overruns the cache before.

    Source: tcp_cache_set_cookie_common, xnu-4570.41.2 and xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    system.add_socket(
        sockets.SocketCreate(
            "tcp", local="192.0.2.10", remote="203.0.113.5", lport=5000, fport=443, last_outif=4
        )
    )
    system.submit(sockets.RegisterSocketFlow(100, client.client_id, "tcp"))
    system.submit(sockets.AssignFromSocket(100, client.client_id, "tcp"))
    cookie = UserBuffer(hex=b"\xc0" * 16 + b"\xff", bytes=18)
    cache = UserBuffer(
        hex=struct.pack("<BBxxI", 2, 1, 18), bytes=16, pointers=(UserPointer(8, cookie),)
    )
    client.fd.action(ClientAction.UPDATE_CACHE, client.client_id, cache)
