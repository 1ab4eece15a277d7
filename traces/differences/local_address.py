"""A client whose remote address is one of its own machine."""

from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import NecpFdHandle, System
from necp_replay.scenario.addresses import sockaddr

REMOTE_ADDRESS = 13
IPPROTO_TCP = b"\x0b\x02\0\0\0\x06\0"


def remote_is_an_own_address(system: System) -> None:
    """The older release recognises the address only without a port, the newer with any port.

    Source: necp_application_find_policy_match_internal, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = _on_wifi(system)
    for remote in ("192.0.2.10:443", "192.0.2.10", "[fe80::4%4]:443", "192.0.2.77:443"):
        fd.add(remote=remote).copy_result()


def remote_is_a_broadcast_address(system: System) -> None:
    """An interface's broadcast address counts as local, as its own address does in each release.

    Source: necp_application_find_policy_match_internal, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = _on_wifi(system)
    for remote in ("192.0.2.255:443", "192.0.2.255", "255.255.255.255:443", "192.0.2.0:443"):
        fd.add(remote=remote).copy_result()


def remote_with_a_scope_id(system: System) -> None:
    """A link-local address with its scope id in the field, embedded, of another interface, or none.

    Source: necp_application_find_policy_match_internal, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = _on_wifi(system)
    for remote in (
        *("[fe80::4%4]:0", "[fe80::4%4]:443", "[fe80::4%5]:443", "[fe80::4]:443", "[fe80::4]:0"),
        *("[fe80:4::4]:0", "[fe80:4::4]:443", "[fe80:4::4%4]:443", "[ff02:4::1%4]:443"),
        *("[2001:db8:4::10%4]:443", "[2001:db8:4::10]:443", "[2001:db8:4::10]:0"),
    ):
        fd.add(remote=remote).copy_result()


def remote_with_more_than_an_address(system: System) -> None:
    """With flow information or padding, an own address is not recognised in either release.

    Source: necp_application_find_policy_match_internal, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = _on_wifi(system)
    padded = bytearray(sockaddr("192.0.2.10:443"))
    padded[15] = 1
    flow = bytearray(sockaddr("[2001:db8:4::10]:443"))
    flow[7] = 1
    beyond = bytearray(sockaddr("192.0.2.10:443"))
    beyond[20] = 1
    for address in (padded, flow, beyond, sockaddr("192.0.2.10:443")):
        remote = pack_tlv(REMOTE_ADDRESS, b"\0" + bytes(address))
        fd.add(IPPROTO_TCP + remote).copy_result()


def remote_on_another_interface(system: System) -> None:
    """Only addresses of the routed interface and of lo0 count; a listener has no remote address.

    Source: necp_application_find_policy_match_internal, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = _on_wifi(system)
    system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    lo0 = system.add_interface("lo0", 1, addrs=["127.0.0.1/8", "203.0.113.1/32"])
    for remote in ("198.51.100.5:443", "203.0.113.1:443", "127.0.0.1:443"):
        fd.add(remote=remote).copy_result()
    system.add_route("127.0.0.1/32", lo0)
    fd.add(remote="127.0.0.1:443").copy_result()
    fd.add(local="0.0.0.0:7", remote="192.0.2.10:443", listener=True).copy_result()
    fd.add(remote="192.0.2.10:443", bound_interface="en5").copy_result()
    # A route with the LOCAL flag is local, whatever the address.
    system.add_route("192.0.2.10/32", lo0, flags=("LOCAL",))
    fd.add(remote="192.0.2.10:443").copy_result()
    fd.process.match_policy(remote="203.0.113.1:443")


def _on_wifi(system: System) -> NecpFdHandle:
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24", "fe80::4/64", "2001:db8:4::10/64"])
    system.order_interfaces(en0)
    system.add_route("192.0.2.0/24", en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    system.add_route("default6", en0, gateway="2001:db8:4::1")
    system.add_route("fe80::/64", en0, scoped=True)
    return system.add_process(100).necp_open()
