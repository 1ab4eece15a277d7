"""Every policy result, in a client's result and in a match."""

from necp_replay.abi.policy import PolicyResult, PolicyTlv, RouteRuleFlag, SessionAction
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import NecpFdHandle, PolicySessionHandle, System, room, runs_on
from necp_replay.scenario.policies import (
    Result,
    all_interfaces,
    allow,
    deny,
    drop,
    ip_tunnel,
    mark_qos,
    no_trigger_scoped,
    pass_through,
    policy,
    remote_address,
    route_rules,
    skip,
    socket_divert,
    socket_filter,
    socket_scoped,
    trigger,
    trigger_if_needed,
    trigger_scoped,
    uid,
    use_netagent,
)

SERVICE, AGENT = b"\5" * 16, b"\6" * 16
REMOTE = "203.0.113.5:443"


def result_of_every_kind(system: System) -> None:
    """Each policy result alone, for a client and for ``necp_match_policy``.

    Source: necp_application_find_policy_match_internal, necp_match_policy, xnu-4570.51.1.
    """
    fd, session = _system(system)
    session.register_service(SERVICE)
    results: tuple[tuple[Result, PolicyResult], ...] = (
        (pass_through(), PolicyResult.PASS),
        (skip(), PolicyResult.NONE),
        (drop(), PolicyResult.DROP),
        (socket_divert(7), PolicyResult.SOCKET_DIVERT),
        (socket_filter(9), PolicyResult.NONE),
        (ip_tunnel("utun0"), PolicyResult.IP_TUNNEL),
        (trigger(SERVICE, 1), PolicyResult.NONE),
        (trigger_if_needed(SERVICE, 2), PolicyResult.NONE),
        (trigger_scoped(SERVICE, 3), PolicyResult.NONE),
        (no_trigger_scoped(SERVICE, 4), PolicyResult.NONE),
        (socket_scoped("en5"), PolicyResult.SOCKET_SCOPED),
        (use_netagent(AGENT), PolicyResult.NONE),
    )
    for result, seen in results:
        _replace(session, result)
        client = fd.add(remote=REMOTE)
        assert client.copy_result().policy_result is seen
        client.remove()
        fd.process.match_policy(remote=REMOTE)


@runs_on(until="xnu-8020.140.41")
def result_scoped_triggers_match(system: System) -> None:
    """Policies for a service to trigger and for an interface: the search goes on after the first.

    Source: necp_socket_find_policy_match_with_info_locked, xnu-4570.51.1.
    """
    fd, session = _system(system)
    session.register_service(SERVICE)
    for result in (trigger_scoped(SERVICE), no_trigger_scoped(SERVICE)):
        _replace(session, result, socket_scoped("en5"))
        match = fd.process.match_policy(remote=REMOTE)
        assert match.service_action is result.type
        assert match.routing_result is PolicyResult.SOCKET_SCOPED


def result_through_a_tunnel(system: System) -> None:
    """Traffic into a tunnel, out of it and around it, and a tunnel that does not exist.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1.
    """
    fd, session = _system(system)
    for interface in ("utun0", "utun9"):
        for secondary in (PolicyResult.NONE, PolicyResult.PASS, PolicyResult.DROP):
            _replace(session, ip_tunnel(interface, secondary=secondary))
            fd.add(remote=REMOTE).copy_result()
            fd.add(remote=REMOTE, bound_interface="utun0").copy_result()


def result_skips_to_an_order(system: System) -> None:
    """SKIP skips policies of its own session up to an order, and none of other sessions.

    Source: necp_socket_find_policy_match_with_info_locked, xnu-4570.51.1.
    """
    fd, session = _system(system)
    session.add_policy(order=1, conditions=[uid(501)], result=skip(5))
    session.add_policy(order=2, conditions=[uid(501)], result=drop())
    session.add_policy(order=5, conditions=[uid(501)], result=pass_through())
    session.apply_all()
    assert fd.add(remote=REMOTE).copy_result().policy_result is PolicyResult.PASS
    other = fd.process.system.add_process(
        301, privileged=True, platform_binary=True
    ).open_policy_session()
    other.add_policy(order=1, result=socket_divert(7))
    other.apply_all()
    session.delete_all()
    session.add_policy(order=1, conditions=[uid(501)], result=skip())
    session.apply_all()
    assert fd.add(remote=REMOTE).copy_result().policy_result is PolicyResult.SOCKET_DIVERT


def result_of_route_rules(system: System) -> None:
    """Rules for an interface, for each kind of interface, and the default; a denial is reported.

    Source: necp_route_is_allowed_inner, necp_is_route_qos_marking, xnu-4570.51.1.
    """
    fd, session = _system(system)
    f = RouteRuleFlag
    rules: tuple[Result, ...] = (
        route_rules(deny("en0")),
        route_rules(deny("en5")),
        *(route_rules(deny(kinds=kind)) for kind in f),
        route_rules(deny(kinds=f.WIFI | f.EXPENSIVE), allow("en0")),
        route_rules(deny(), allow(kinds=f.WIFI)),
        route_rules(allow(), deny("en0")),
        route_rules(mark_qos("en0")),
        route_rules(mark_qos(kinds=f.WIFI), deny("en5")),
        route_rules(mark_qos()),
    )
    for result in rules:
        _replace(session, result)
        client = fd.add(remote=REMOTE)
        client.copy_result()
        client.remove()
        fd.process.match_policy(remote=REMOTE)


def result_with_rules_that_nobody_reads(system: System) -> None:
    """Route rules with a result that takes none are accepted, whatever they say, and ignored.

    Source: necp_handle_policy_add, xnu-4570.51.1.
    """
    fd, session = _system(system)
    content = policy(order=1, conditions=[uid(501)], result=drop())
    content += pack_tlv(PolicyTlv.ROUTE_RULE, b"\0\0") + pack_tlv(PolicyTlv.ROUTE_RULE, b"\x63\1")
    assert session.session.action(SessionAction.POLICY_ADD, content, room(4)).errno == 0
    session.apply_all()
    assert fd.add(remote=REMOTE).copy_result().policy_result is PolicyResult.DROP


def result_for_packets_alone(system: System) -> None:
    """DROP, PASS, SKIP and IP_TUNNEL with an address condition are also policies for packets.

    Source: necp_policy_apply, xnu-4570.51.1.
    """
    fd, session = _system(system)
    for result in (pass_through(), skip(5), drop(), ip_tunnel("utun0")):
        session.delete_all()
        conditions = [all_interfaces(), remote_address("203.0.113.0/24")]
        assert session.add_policy(order=1, conditions=conditions, result=result).id
        session.apply_all()
        fd.add(remote=REMOTE).copy_result()
        system.snapshot(full=True)


def result_of_dropping_all(system: System) -> None:
    """``drop_all_level`` drops what no session of that priority or a better one lets pass.

    Source: necp_socket_find_policy_match_with_info_locked, sysctl_handle_necp_level, xnu-4570.51.1.
    """
    fd, session = _system(system)
    for level in (1, 2, 3, 4, 0):
        system.set_sysctl("net.necp.drop_all_level", level)
        fd.add(remote=REMOTE, domain="ab").copy_result()
        fd.process.match_policy(remote=REMOTE)
    _replace(session, pass_through())
    system.set_sysctl("net.necp.drop_all_level", 4)
    fd.add(remote=REMOTE).copy_result()


@runs_on(until="xnu-6153.11.26")
def loopback_passes_the_drop_level(system: System) -> None:
    """Below a drop level, loopback passes unless ``pass_loopback`` is 0.

    Source: necp_socket_find_policy_match_with_info_locked, xnu-4570.51.1.
    """
    fd, _session = _system(system)
    system.set_sysctl("net.necp.drop_all_level", 4)
    for passes in (1, 0):
        system.set_sysctl("net.necp.pass_loopback", passes)
        fd.process.match_policy(remote="127.0.0.1:80")


def _replace(session: PolicySessionHandle, *results: Result) -> None:
    """Replace the session's policies by one for each result."""
    session.delete_all()
    for order, result in enumerate(results, 1):
        # Releases from xnu-8792 on have no results that trigger services.
        session.add_policy(order=order, conditions=[uid(501)], result=result)
    session.apply_all()


def _system(system: System) -> tuple[NecpFdHandle, PolicySessionHandle]:
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    cable = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    tunnel = system.add_interface(
        "utun0", 8, functional_type=0, flags=0x8051, addrs=["10.9.0.1/32"]
    )
    system.order_interfaces(wifi, cable)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("default", cable, gateway="198.51.100.1", scoped=True)
    system.add_route("default", tunnel, scoped=True)
    system.add_agent("agent", uuid=AGENT)
    daemon = system.add_process(300, "daemon", privileged=True, platform_binary=True)
    return system.add_process(100).necp_open(), daemon.open_policy_session()
