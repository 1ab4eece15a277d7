"""What xnu-7195 changed about policies: conditions, results, and how they are kept and dumped."""

from necp_replay.abi.policy import PolicyCondition, PolicyResult, PolicyTlv, SessionAction
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import (
    InterfaceHandle,
    PolicySessionHandle,
    System,
    policies,
    room,
)

REMOTE = "203.0.113.5:443"
LOOPBACK = "127.0.0.1:80"
EDITOR = bytes([7]) * 16
TRANSPARENT = 0x80000000


def conditions_on_signatures_and_packets(system: System) -> None:
    """Conditions on the kit and the signature of a process, on packets, loopback and delegates.

    Those that can be negated are negated too.

    Source: necp_policy_condition_is_valid, necp_socket_check_policy, xnu-7195.50.7.100.1,
    xnu-7195.101.1.
    """
    _, session = _network(system)
    process = system.add_process(100, "editor", exec_uuid=EDITOR, signing_id="com.example.editor")
    process.update(platform_id=2, sdk=0x000E0500, min_sdk=0x000D0000)
    signed = policies.signing_identifier("com.example.editor")
    for order, conditions in enumerate(
        (
            [policies.sdk_version(2, version=0x000E0000)],
            [policies.sdk_version(2, min_version=0x000E0000)],
            [policies.application(EDITOR), signed],
            [signed],
            [policies.packet_filter_tags()],
            [policies.loopback()],
            [policies.delegate_is_platform_binary()],
            [~signed],
            [~policies.packet_filter_tags()],
            [~policies.loopback()],
            [~policies.delegate_is_platform_binary()],
        )
    ):
        added = session.add_policy(order=order + 1, conditions=conditions, result=policies.drop())
        session.apply_all()
        process.match_policy(remote=REMOTE)
        session.delete_policy(added.id)


def drop_on_the_local_network(system: System) -> None:
    """A policy that drops traffic to the local network, with parameters of every length.

    Source: necp_policy_result_is_valid, necp_application_find_policy_match_internal,
    xnu-7195.50.7.100.1; measured in x7195_local_network.
    """
    _, session = _network(system)
    default = policies.default().pack()
    order = pack_tlv(PolicyTlv.POLICY_ORDER, (5).to_bytes(4, "little"))
    for parameter in (b"\1", bytes(5), b"", (1).to_bytes(4, "little")):
        result = pack_tlv(PolicyTlv.POLICY_RESULT, bytes((PolicyResult.DROP,)) + parameter)
        session.session.action(SessionAction.POLICY_ADD, order + result + default, room(4))
    session.delete_policy(1)
    session.apply_all()
    _dump(session)
    app = system.add_process(100)
    app.match_policy(remote=REMOTE)
    app.necp_open().add(remote="192.0.2.77:53").copy_result()


def policies_behind_one_that_decides(system: System) -> None:
    """Policies that never decide: kept, and left out once the sysctl dedup_policies is set.

    Source: necp_kernel_socket_policies_reprocess, xnu-7195.50.7.100.1.
    """
    _, session = _network(system)
    session.add_policy(order=1, result=policies.drop())
    session.add_policy(order=2, result=policies.pass_through())
    for left_out in (0, 1):
        system.set_sysctl("dedup_policies", left_out)
        session.apply_all()
        _dump(session)


def privilege_as_the_only_condition(system: System) -> None:
    """A condition on the privilege to match, without one on the application.

    Source: necp_policy_condition_requires_real_application, xnu-7195.50.7.100.1.
    """
    _, session = _network(system)
    session.add_policy(order=1, conditions=[policies.entitlement()], result=policies.drop())
    session.apply_all()
    system.add_process(100).match_policy(remote=REMOTE)
    system.add_process(101, privileged=True).match_policy(remote=REMOTE)


def transparent_proxies(system: System) -> None:
    """Two policies that divert to transparent proxies, then one that diverts to a plain one.

    Source: necp_socket_find_policy_match_with_info_locked, xnu-7195.50.7.100.1; measured in
    x7195_flow_divert_aggregate.
    """
    _, session = _network(system)
    for order, unit in enumerate((TRANSPARENT | 1, TRANSPARENT | 2, 3)):
        session.add_policy(order=order + 1, result=policies.socket_divert(unit))
    session.apply_all()
    app = system.add_process(100)
    app.match_policy(remote=REMOTE)
    app.necp_open().add(remote=REMOTE).copy_result()


def route_rule_with_an_agent(system: System) -> None:
    """Route rules that add an agent to results over every interface, and over one.

    Source: necp_policy_route_rule_is_valid, necp_route_get_netagent, xnu-7195.101.1; measured in
    x7195_use_netagent_rule.
    """
    wifi, session = _network(system)
    agents = [system.add_agent(name).uuid for name in ("first", "second")]
    rules = (policies.use_agent(agents[0]), policies.use_agent(agents[1], wifi.name))
    fd = system.add_process(100).necp_open()
    for order, rule in enumerate(rules):
        session.add_policy(
            order=order + 1,
            conditions=[policies.all_interfaces()],
            result=policies.route_rules(rule),
        )
        session.apply_all()
        fd.add(remote=REMOTE).copy_result()
    _dump(session)


def two_policies_with_one_route_rule(system: System) -> None:
    """Two policies whose rules name the same interfaces in another order, and how they are dumped.

    Source: necp_lookup_route_rule_by_contents_locked, xnu-7195.101.1.
    """
    wifi, session = _network(system)
    wired = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    system.order_interfaces(wifi, wired)
    for order, names in enumerate((("en0", "en5"), ("en5", "en0"))):
        session.add_policy(
            order=order + 1,
            conditions=[policies.all_interfaces()],
            result=policies.route_rules(*map(policies.deny, names)),
        )
    session.apply_all()
    _dump(session)


def pid_with_a_version(system: System) -> None:
    """Conditions on a pid of four bytes and of eight, and how they are dumped.

    Source: necp_policy_apply, necp_handle_policy_dump_all, xnu-7195.101.1.
    """
    _, session = _network(system)
    pid = (100).to_bytes(4, "little")
    for order, version in enumerate((b"", bytes(4), b"\5\0\0\0")):
        condition = policies.Condition(PolicyCondition.PID, pid + version)
        session.add_policy(order=order + 1, conditions=[condition], result=policies.drop())
    session.apply_all()
    _dump(session)
    system.add_process(100).match_policy(remote=REMOTE)


def traffic_without_a_local_address(system: System) -> None:
    """A condition on any local address of IPv4, and traffic that has none.

    Source: necp_application_fillout_info_locked, xnu-7195.101.1.
    """
    _, session = _network(system)
    condition = policies.local_address("0.0.0.0/0")
    session.add_policy(order=1, conditions=[condition], result=policies.drop())
    session.apply_all()
    app = system.add_process(100)
    for remote in (REMOTE, "[2001:db8::1]:443", None):
        app.match_policy(remote=remote)


def filters_of_loopback_traffic(system: System) -> None:
    """Clients of the loopback address, with a filter and a drop, and each value of pass_loopback.

    Source: necp_application_find_policy_match_internal, xnu-7195.101.1.
    """
    loopback = system.add_interface("lo0", 1, addrs=["127.0.0.1/8"])
    system.add_route("127.0.0.1/32", loopback)
    _, session = _network(system)
    session.add_policy(order=1, result=policies.socket_filter(4))
    session.add_policy(order=2, result=policies.socket_divert(3))
    session.apply_all()
    fd = system.add_process(100).necp_open()
    for value in (1, 2, 3):
        system.set_sysctl("pass_loopback", value)
        fd.add(remote=LOOPBACK).copy_result()


def _dump(session: PolicySessionHandle) -> None:
    session.session.action(SessionAction.POLICY_DUMP_ALL, None, room(4096))


def _network(system: System) -> tuple[InterfaceHandle, PolicySessionHandle]:
    """One interface with a default route, and a session that may do everything."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("192.0.2.0/24", wifi)
    daemon = system.add_process(200, "neagent", uid=0, privileged=True, platform_binary=True)
    return wifi, daemon.open_policy_session()
