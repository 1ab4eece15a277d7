"""ADD: what a new client is like, and which calls are refused."""

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.scenario import Errno, System, client_parameters, faulting, read_only, room

PARAMETERS = client_parameters(remote="203.0.113.5:443", domain="www.example.com")


def add(system: System) -> None:
    """A new client is unread; its parameters may be empty, or the same as another client's.

    Source: necp_client_add, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(PARAMETERS)
    assert client.added is not None and client.added.errno == 0
    assert fd.poll().is_readable
    assert client.copy_parameters().errno == 0
    assert client.copy_result().errno == 0
    assert not fd.poll().is_readable
    fd.add(PARAMETERS)
    fd.add(ip_protocol=None, extra=b"\0")
    fd.add(room(1024))
    system.snapshot()


def add_in_the_background(system: System) -> None:
    """On a background fd, clients' results have the traffic class of background traffic.

    Source: necp_client_add, necp_update_client_result, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    fd = system.add_process(100).necp_open(OpenFlag.BACKGROUND)
    assert fd.add(PARAMETERS).copy_result().errno == 0
    system.snapshot()


def add_with_an_id_that_is_there(system: System) -> None:
    """The generated id is in use: the client is not inserted, but it is counted.

    Source: necp_client_add, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    system.next_uuids(b"\7" * 16, b"\7" * 16)
    fd.add(PARAMETERS)
    fd.add(remote="198.51.100.9:80")
    system.snapshot()
    fd.close()
    system.snapshot()


def add_refused(system: System) -> None:
    """Every error of ADD, in the order in which the kernel checks for it.

    Source: necp_client_add, xnu-4570.51.1.
    """
    watcher = system.add_process(400, privileged=True).necp_open(OpenFlag.PUSH_OBSERVER)
    assert watcher.action(ClientAction.ADD, room(16), PARAMETERS).errno == Errno.EINVAL
    fd = system.add_process(100).necp_open()
    for client_id, client_id_len in ((None, 16), (room(16), 0), (room(16), 15), (room(17), 17)):
        answer = fd.action(ClientAction.ADD, client_id, PARAMETERS, client_id_len=client_id_len)
        assert answer.errno == Errno.EINVAL
    for buffer, buffer_size in ((None, 40), (PARAMETERS, 0), (room(1025), 1025)):
        answer = fd.action(ClientAction.ADD, room(16), buffer, buffer_size=buffer_size)
        assert answer.errno == Errno.EINVAL
    unreadable = faulting(40, 20, PARAMETERS[:20])
    assert fd.action(ClientAction.ADD, room(16), unreadable).errno == Errno.EFAULT
    # The observer gets an update for a client that cannot be found by its id.
    assert fd.action(ClientAction.ADD, read_only(bytes(16)), PARAMETERS).errno == Errno.EFAULT
    assert fd.action(ClientAction.ADD, faulting(16, 8), PARAMETERS).errno == Errno.EFAULT
    while watcher.copy_client_update().errno == 0:
        pass
    system.snapshot()


def add_with_parameters_of_later_releases(system: System) -> None:
    """Parameters that only later releases read are kept and passed over, and so are their flags.

    Source: necp_client_parse_parameters, xnu-4570.51.1, xnu-6153.11.26.
    """
    system.add_interface("lo0", 1, addrs=("127.0.0.1/8",))
    wifi = system.add_interface("en0", 4, addrs=("192.0.2.10/24",))
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    fd = system.add_process(100).necp_open()
    client = fd.add(
        remote="203.0.113.5:443",
        parent_id=b"\x11" * 16,
        resolver_tag=bytes(32),
        advertise_descriptor=bytes(28),
        delegated_upid=7,
        ethertype=0x800,
        transport_protocol=17,
        local_address_preference=2,
        custom_ether=True,
        custom_ip=True,
        interpose=True,
        prohibit_constrained=True,
        fallback_traffic=True,
        inbound=True,
    )
    fd.copy_result(client.client_id)
    client.copy_parameters()
    system.snapshot(full=True)
