"""Sockets and multipath blocks from creation to disposal, as clients see them."""

from necp_replay.abi.policy import PolicyTlv
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.sockets import SocketGetResolverSignature, SocketSetResolverSignature
from necp_replay.scenario import Errno, System, faulting, nowhere, runs_on

REMOTE = "203.0.113.5:443"


def socket_flow(system: System) -> None:
    """A socket registers, is assigned addresses, changes its interface and is detached.

    Source: necp_client_register_socket_flow, necp_client_assign_from_socket, necp_inpcb_remove_cb,
    xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    en5 = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    system.order_interfaces(en0, en5)
    route = system.add_route("default", en0, gateway="192.0.2.1")
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE)
    client.copy_result()
    socket = system.add_socket("tcp", local="192.0.2.10:50000", remote=REMOTE, last_outif=4)
    assert socket.register(client).errno == 0
    client.copy_updated_result()
    assert socket.assign(client).errno == 0
    assert fd.poll().is_readable
    client.copy_updated_result()
    system.delete_route(route)
    system.add_route("default", en5, gateway="198.51.100.1")
    system.fire_timer()
    client.copy_updated_result()
    socket.update(last_outif=5, local="198.51.100.5:50001")
    socket.assign(client, bound_if=5)
    client.copy_updated_result()
    assert socket.remove_cb().errno == 0
    client.copy_updated_result()
    socket.dispose()
    system.snapshot()


def socket_of_each_kind(system: System) -> None:
    """IPv4, IPv6, no addresses, no callback, and a socket whose version differs from its domain.

    Source: necp_client_assign_from_socket, xnu-4570.51.1.
    """
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    for socket in (
        system.add_socket("four", local="192.0.2.10:5", remote=REMOTE),
        system.add_socket("six", domain=30, local="[2001:db8::1]:5", remote="[2001:db8::2]:443"),
        system.add_socket("empty"),
        system.add_socket("silent", local="192.0.2.10:6", cb=False),
        system.add_socket("odd", local="192.0.2.10:7", vflag=2, bound_if=4),
    ):
        socket.register(client)
        socket.assign(client)
        client.copy_result()
        socket.dispose()
    client.copy_result()
    system.snapshot()


def socket_flow_refused(system: System) -> None:
    """Unknown clients, clients of another process, and sockets that are no flow of the client.

    Source: necp_client_register_socket_flow, necp_client_assign_from_socket, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client, nobody = fd.add(remote=REMOTE), fd.client(b"\xee" * 16)
    system.add_process(200)
    socket = system.add_socket("tcp", local="192.0.2.10:5", remote=REMOTE)
    assert socket.register(nobody).errno == Errno.ENOENT
    assert socket.register(client, pid=200).errno == Errno.ENOENT
    assert socket.assign(client).errno == Errno.EINVAL
    assert socket.register(client, pid=0).errno == 0
    assert socket.assign(client, pid=200).errno == Errno.ENOENT
    assert socket.assign(nobody).errno == Errno.ENOENT
    other = system.add_socket("other")
    other.register(client, set_uuid=False)
    assert other.assign(client).errno == 0
    system.snapshot()


def socket_outlives_its_client(system: System) -> None:
    """The client is removed first, with its flows; detaching the socket later finds none.

    Source: necp_destroy_client, necp_inpcb_remove_cb, xnu-4570.51.1.
    """
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    socket = system.add_socket("tcp", local="192.0.2.10:5", remote=REMOTE)
    socket.register(client)
    socket.assign(client)
    client.remove()
    system.snapshot()
    socket.remove_cb()
    socket.dispose()


def socket_attributes(system: System) -> None:
    """Domain and account of a socket are set, replaced, and read with enough and too little room.

    Source: necp_set_socket_attributes, necp_get_socket_attributes, xnu-4570.51.1.
    """
    socket = system.add_socket("tcp")
    domain = pack_tlv(PolicyTlv.ATTRIBUTE_DOMAIN, b"example.com")
    account = pack_tlv(PolicyTlv.ATTRIBUTE_ACCOUNT, b"me")
    for content in (domain + account, domain, account, b"", domain[:-4], domain + b"\7"):
        socket.set_attributes(content)
        socket.get_attributes()
    long = pack_tlv(PolicyTlv.ATTRIBUTE_DOMAIN, b"a" * 253)
    too_long = pack_tlv(PolicyTlv.ATTRIBUTE_DOMAIN, b"a" * 254)
    for content in (long, too_long, None):
        socket.set_attributes(content)
    socket.set_attributes(bytes(517))
    socket.set_attributes(domain)
    socket.get_attributes(size=8)
    assert socket.set_attributes(faulting(16, 4, domain[:4])).errno == Errno.EFAULT
    assert socket.get_attributes(faulting(64, 4), 64).errno == Errno.EFAULT
    assert socket.get_attributes(nowhere(), 64).errno == Errno.EFAULT
    other = system.add_socket("unix", domain=1)
    assert other.set_attributes(domain).errno == Errno.EINVAL
    other.get_attributes()
    socket.dispose()


def multipath_block(system: System) -> None:
    """A multipath client has a flow per interface, with callbacks as interfaces change.

    Source: necp_client_register_multipath_cb, necp_client_update_flows, necp_mppcb_dispose,
    xnu-4570.51.1.
    """
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    cell = system.add_interface("pdp_ip0", 6, functional_type=5, addrs=["10.20.0.2/32"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("default", cell, scoped=True)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE, multipath=True)
    client.copy_result()
    block = system.multipath("mp")
    assert block.register(fd.client(b"\xee" * 16)).errno == Errno.ENOENT
    assert block.register(client, pid=200).errno == Errno.ENOENT
    assert block.register(client).errno == 0
    client.copy_updated_result()
    system.order_interfaces(wifi, cell)
    system.fire_timer()
    client.copy_updated_result()
    wifi.detach()
    system.update_all_clients()
    system.fire_timer()
    client.copy_updated_result()
    system.snapshot()
    assert block.dispose().errno == 0
    silent = system.multipath("silent")
    silent.register(client, cb=False, set_uuid=False)
    silent.dispose()
    client.copy_result()


@runs_on(since="xnu-6153.11.26")
def socket_that_receives_on_an_interface(system: System) -> None:
    """A socket of a listener for one interface may receive there, and a socket of nobody anywhere.

    Source: necp_socket_is_allowed_to_recv_on_interface, xnu-6153.11.26.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    en5 = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    system.order_interfaces(en0, en5)
    fd = system.add_process(100).necp_open()
    client = fd.add(local="0.0.0.0:80", listener=True, prohibit_interface=["en5"])
    socket = system.add_socket("listener", local="192.0.2.10:80")
    socket.update(external_port=1)
    for interface in (en0, en5):
        socket.is_allowed_to_recv(interface)
    socket.register(client)
    for interface in (en0, en5):
        socket.is_allowed_to_recv(interface)


def resolver_signature_of_a_socket(system: System) -> None:
    """The signature of an answer is set, read and removed, also where it cannot be.

    Source: necp_set_socket_resolver_signature, necp_get_socket_resolver_signature, xnu-8792.41.9;
    measured in x8792_socket_signature.
    """
    socket = system.add_socket("tcp", local="192.0.2.10:50000", remote=REMOTE)
    socket.get_resolver_signature()
    socket.set_resolver_signature(b"signature")
    socket.get_resolver_signature()
    system.submit(SocketGetResolverSignature("tcp", nowhere(), 16))
    socket.set_resolver_signature(bytes(4129))
    socket.set_resolver_signature(faulting(16, 8))
    system.submit(SocketSetResolverSignature("nosuch", None, 0))
    system.submit(SocketGetResolverSignature("nosuch", None, 0))
    local = system.add_socket("local", domain=1)
    local.set_resolver_signature(b"signature")
    local.get_resolver_signature()
