"""A client's result: every TLV and flag, and what happens if it does not fit."""

from necp_replay.abi.client import ClientResultFlag, OpenFlag
from necp_replay.abi.interface import IFEF_PROBE_CONNECTIVITY, IFEF_QOSMARKING_ENABLED
from necp_replay.scenario import InterfaceHandle, NecpFdHandle, System
from necp_replay.scenario.policies import (
    all_interfaces,
    mark_qos,
    route_rules,
    socket_filter,
    socket_scoped,
    use_netagent,
)

REMOTE = "203.0.113.5:443"


def result_tlvs(system: System) -> None:
    """One client whose result has every TLV that results can have, in their order.

    Source: necp_update_client_result, xnu-4570.51.1.
    """
    cell = system.add_interface(
        "pdp_ip0", 6, functional_type=5, flags=0x8051, addrs=["10.20.0.2/32"], mtu=1428
    )
    cell.update(type=0xFF, cell_mss_recommended=2)
    tunnel = system.add_interface(
        "utun0", 8, functional_type=0, flags=0x8051, delegate=cell, addrs=["10.9.0.1/32"]
    )
    for interface in (cell, tunnel):
        interface.add_agent(system.add_agent(f"of {interface.name}").uuid)
    system.order_interfaces(cell)
    system.add_route("default", cell)
    system.add_route("10.0.0.0/8", tunnel)
    session = system.add_process(300, privileged=True, platform_binary=True).open_policy_session()
    for order, result in enumerate(
        (socket_filter(9), use_netagent(system.add_agent("of a policy").uuid)), 1
    ):
        session.add_policy(order=order, conditions=[all_interfaces()], result=result)
    session.add_policy(order=3, conditions=[all_interfaces()], result=socket_scoped("pdp_ip0"))
    session.apply_all()
    fd = system.add_process(100).necp_open(OpenFlag.BACKGROUND)
    for remote in (REMOTE, "10.1.2.3:443"):
        client = fd.add(remote=remote)
        socket = system.add_socket(f"to {remote}", local="10.20.0.2:5", remote=remote)
        socket.register(client)
        socket.assign(client)
        # The background's traffic class is in one result, and not in the next.
        for background in (True, False):
            fd.set_background(background)
            client.copy_result()
            system.update_all_clients()
            system.fire_timer()
            client.copy_result()


def result_flags(system: System) -> None:
    """Every flag of a result: local, direct, address families, satisfied, probing, QoS, bad link.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1.
    """
    lo0 = system.add_interface("lo0", 1, addrs=["127.0.0.1/8", "::1/128"])
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24", "2001:db8:4::10/64"])
    system.order_interfaces(en0)
    system.add_route("127.0.0.0/8", lo0)
    system.add_route("default", en0, gateway="192.0.2.1")
    system.add_route("192.0.2.0/24", en0)
    fd = system.add_process(100).necp_open()
    f = ClientResultFlag
    assert fd.add(remote="192.0.2.77:80").copy_result().flags & f.IS_DIRECT
    assert fd.add(remote="127.0.0.1:0").copy_result().flags & f.IS_LOCAL
    assert not fd.add(remote=REMOTE).copy_result().flags & f.HAS_IPV6
    system.add_route("default6", en0, gateway="2001:db8:4::1")
    assert fd.add(remote=REMOTE).copy_result().flags & f.HAS_IPV6
    en0.update(eflags=IFEF_PROBE_CONNECTIVITY | IFEF_QOSMARKING_ENABLED)
    assert fd.add(remote=REMOTE).copy_result().flags & f.PROBE_CONNECTIVITY
    en0.update(if_state_valid=2, lqm_state=10)
    assert not fd.add(remote=REMOTE).copy_result().flags & f.LINK_QUALITY_ABORT
    aborts = fd.add(remote=REMOTE, discretionary=True)
    assert aborts.copy_result().flags & f.LINK_QUALITY_ABORT
    session = system.add_process(300, privileged=True, platform_binary=True).open_policy_session()
    session.add_policy(order=1, conditions=[all_interfaces()], result=route_rules(mark_qos("en0")))
    session.apply_all()
    assert fd.add(remote=REMOTE).copy_result().flags & f.ALLOW_QOS_MARKING
    fd.defunct()
    aborts.copy_result()


def result_of_a_listener(system: System) -> None:
    """A listener, a browser and a client without a peer, with interfaces of every kind.

    Source: necp_update_client_result, necp_client_update_flows, xnu-4570.51.1.
    """
    _, fd = _with_agents(system, 2)
    for client in (
        fd.add(local="0.0.0.0:7", listener=True),
        fd.add(browse=True),
        fd.add(ip_protocol=None),
    ):
        client.copy_result()
    awdl = system.add_interface("awdl0", 10, functional_type=4, addrs=["fe80::aa/64"])
    awdl.add_agent(system.add_agent("of awdl0").uuid)
    system.update_all_clients()
    system.fire_timer()
    while fd.copy_updated_result().errno == 0:
        pass
    system.snapshot()


def result_that_does_not_fit(system: System) -> None:
    """More agents than 512 bytes hold: copying fails until there are fewer, or skips the others.

    Source: necp_update_client_result, necp_client_copy_internal, xnu-4570.51.1, xnu-6153.11.26.
    """
    en0, fd = _with_agents(system, 24)
    client = fd.add(remote=REMOTE)
    client.copy_result()
    client.copy_result(65_536)
    system.snapshot()
    for number in range(8):
        en0.remove_agent(bytes([number + 1]) * 16)
    system.update_all_clients()
    system.fire_timer()
    assert client.copy_result().errno == 0


def _with_agents(system: System, count: int) -> tuple[InterfaceHandle, NecpFdHandle]:
    """Wi-Fi with ``count`` agents, whose ids have their numbers, and an open fd."""
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    for number in range(count):
        en0.add_agent(system.add_agent(f"agent{number}", uuid=bytes([number + 1]) * 16).uuid)
    return en0, system.add_process(100).necp_open()
