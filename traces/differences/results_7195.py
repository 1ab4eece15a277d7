"""What xnu-7195 changed about results: of clients, of matches, and about interfaces and routes."""

from necp_replay.events.interfaces import Nat64Prefix
from necp_replay.events.routes import RouteStats
from necp_replay.events.syscalls import NecpMatchPolicy
from necp_replay.scenario import (
    InterfaceHandle,
    System,
    UserBuffer,
    client_parameters,
    faulting,
    policies,
)

REMOTE = "203.0.113.5:443"
REMOTE6 = "[2001:db8:99::1]:443"
PREFIXES = (Nat64Prefix("64:ff9b::", 12), Nat64Prefix("2001:db8:64::", 8))
WHOLE_BYTES = (212, 216, 296, 456, 460)


def match_of_every_length(system: System) -> None:
    """necp_match_policy into buffers that end where the result of some release does.

    Source: necp_match_policy, xnu-7195.50.7.100.1, xnu-7195.101.1.
    """
    _network(system)
    session = system.add_process(
        200, "neagent", privileged=True, platform_binary=True
    ).open_policy_session()
    for order, name in enumerate(("first", "second")):
        agent = system.add_agent(name).uuid
        session.add_policy(order=order + 1, result=policies.use_netagent(agent))
    session.apply_all()
    app = system.add_process(100)
    content = client_parameters(remote=REMOTE)
    app.match_policy(content)
    parameters = UserBuffer(content.rstrip(b"\0"), len(content))
    for size in WHOLE_BYTES:
        for mapped in (size - 1, size):
            call = NecpMatchPolicy(100, parameters, len(content), faulting(500, mapped))
            system.submit(call)


def prefixes_of_nat64(system: System) -> None:
    """Clients over an interface with prefixes of NAT64, with one prefix, and with none.

    Source: necp_update_client_result, xnu-7195.101.1.
    """
    wifi, _ = _network(system)
    fd = system.add_process(100).necp_open()
    for prefixes in (PREFIXES, PREFIXES[:1], ()):
        wifi.update(nat64=prefixes)
        fd.add(remote=REMOTE6).copy_result()
        fd.add(domain="www.example.com").copy_result()


def default_routes_and_others(system: System) -> None:
    """The flags of a default route, of a scoped one and of another, asked for with GLOBAL or not.

    Source: rtrequest_common_locked, xnu-7195.101.1.
    """
    _, wired = _network(system)
    system.add_route("203.0.113.0/24", wired, flags=["GLOBAL"], stats=RouteStats(rxbytes=5))
    fd = system.add_process(100).necp_open()
    for remote in (REMOTE, "192.0.2.77:53", "198.18.0.1:443"):
        client = fd.add(remote=remote)
        client.copy_result()
        client.copy_route_statistics()
    system.snapshot()


def preferences_beside_a_prohibition(system: System) -> None:
    """A client that prefers an agent no interface has, and prohibits the first interface.

    Source: necp_find_matching_interface_index, xnu-7195.50.7.100.1.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    unknown = [bytes([9]) * 16]
    fd.add(remote=REMOTE, prefer_agent=unknown, prohibit_interface=["en0"]).copy_result()
    fd.add(remote=REMOTE, prefer_agent=unknown, require_if_type=[2]).copy_result()
    fd.add(remote=REMOTE, prefer_agent=unknown).copy_result()


def interface_that_can_be_routed_over(system: System) -> None:
    """The flags of interfaces that have routes, multicast and NAT64.

    Source: necp_client_copy_interface, xnu-7195.50.7.100.1.
    """
    wifi, wired = _network(system)
    wifi.update(nat64=PREFIXES)
    tunnel = system.add_interface("utun0", 8, functional_type=0, flags=0x51)
    fd = system.add_process(100).necp_open()
    for interface in (wifi, wired, tunnel):
        fd.copy_interface(interface.index, 100)


def details_in_a_short_buffer(system: System) -> None:
    """The details of an interface in buffers of fewer bytes than they have.

    Source: necp_client_copy_interface, xnu-7195.50.7.100.1.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    for size in (91, 92, 99, 100, 103, 104, 112, 116):
        fd.copy_interface(4, size)


def trigger_of_no_agent(system: System) -> None:
    """netagent_trigger with a NULL pointer, and with an id of zeros.

    Source: netagent_trigger, xnu-7195.50.7.100.1.
    """
    app = system.add_process(100)
    app.netagent_trigger(None, 16)
    app.netagent_trigger(bytes(16))


def agent_with_a_negative_size(system: System) -> None:
    """A kernel agent is updated with a data size above 4096, and one of 2 GiB and more.

    Source: netagent_update, xnu-7195.50.7.100.1.
    """
    agent = system.add_agent("kernel", via="kernel")
    agent.update(data_size=4097)
    agent.update(data_size=0xFFFFFFFF)


def log_records_in_os_log(system: System) -> None:
    """Calls that fail: where the log records of NECP go.

    Source: NECPLOG, xnu-7195.50.7.100.1.
    """
    fd = system.add_process(100).necp_open()
    fd.client(bytes([9]) * 16).remove()
    fd.action(99)


def _network(system: System) -> tuple[InterfaceHandle, InterfaceHandle]:
    """Wi-Fi with routes of both families, and a wired interface with a scoped one."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24", "2001:db8:4::10/64"])
    wired = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    system.order_interfaces(wifi, wired)
    stats = RouteStats(rxbytes=7)
    system.add_route("default", wifi, gateway="192.0.2.1", stats=stats)
    system.add_route("default6", wifi, gateway="2001:db8:4::1", flags=["GLOBAL"])
    system.add_route("192.0.2.0/24", wifi)
    system.add_route("default", wired, gateway="198.51.100.1", scoped=True)
    return wifi, wired
