"""What xnu-6153 changed about policies: conditions, results, priorities, and what they drop."""

from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.policy import NO_FILTER_UNIT, PolicyResult, PolicyTlv, SessionAction
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import (
    InterfaceHandle,
    PolicySessionHandle,
    ProcessHandle,
    System,
    policies,
    room,
)

REMOTE = "203.0.113.5:443"
LOOPBACK = "127.0.0.1:80"


def conditions_of_later_releases(system: System) -> None:
    """Conditions on flows, clients and platform binaries, and traffic that meets each or not.

    Source: necp_policy_condition_is_valid, necp_socket_check_policy, xnu-6153.11.26.
    """
    _, session = _network(system)
    app = system.add_process(100)
    fd = app.necp_open()
    conditions = (
        policies.has_client(),
        policies.platform_binary(),
        policies.local_networks(),
        policies.client_flags(int(ClientParameterFlag.LISTENER)),
        policies.flow_ip_protocol(6),
        policies.flow_remote_address("192.0.2.0/24"),
        policies.no_remote_address(),
    )
    for order, condition in enumerate(conditions):
        added = session.add_policy(order=order + 1, conditions=[condition], result=policies.drop())
        session.apply_all()
        for remote in (REMOTE, "192.0.2.77:1", None):
            app.match_policy(remote=remote, ip_protocol=6)
        fd.add(remote=REMOTE).copy_result()
        session.delete_policy(added.id)


def conditions_on_flows(system: System) -> None:
    """Each condition on the flow of a socket and its negation, met and not met.

    Source: necp_socket_check_policy, xnu-6153.11.26.
    """
    _, session = _network(system)
    app = system.add_process(100)
    conditions = (
        policies.flow_ip_protocol(6),
        policies.flow_local_address("192.0.2.0/24"),
        policies.flow_remote_address("192.0.2.0/24"),
        policies.flow_local_range("192.0.2.1", "192.0.2.20"),
        policies.flow_remote_range("203.0.113.1", "203.0.113.9"),
        policies.no_local_address(),
        policies.no_remote_address(),
        policies.client_flags(int(ClientParameterFlag.LISTENER)),
    )
    for condition in conditions:
        for each in (condition, ~condition):
            added = session.add_policy(order=1, conditions=[each], result=policies.drop())
            session.apply_all()
            app.match_policy(local="192.0.2.10:1", remote=REMOTE, ip_protocol=6)
            session.delete_policy(added.id)


def result_that_allows_the_unentitled(system: System) -> None:
    """The sysctl that drops processes without a privilege, and the result that exempts them.

    Source: necp_policy_result_is_valid, sysctl_handle_necp_unentitled_level, xnu-6153.11.26.
    """
    _, session = _network(system)
    session.add_policy(order=10, result=policies.allow_unentitled())
    session.apply_all()
    app = system.add_process(100)
    for level in (0, 1, 4):
        system.set_sysctl("drop_unentitled_level", level)
        app.match_policy(remote=REMOTE)


def policy_without_an_order_or_a_result(system: System) -> None:
    """Policies that lack their order, or their result.

    Source: necp_handle_policy_add, xnu-6153.11.26.
    """
    _, session = _network(system)
    order = pack_tlv(PolicyTlv.POLICY_ORDER, bytes(4))
    result = pack_tlv(PolicyTlv.POLICY_RESULT, bytes((PolicyResult.PASS,)))
    for content in (order, result, order + result):
        policy = content + policies.default().pack()
        session.session.action(SessionAction.POLICY_ADD, policy, room(4))


def filters_of_several_policies(system: System) -> None:
    """Two filters for the same traffic, then a policy that prohibits filters.

    Source: necp_socket_find_policy_match_with_info_locked, xnu-6153.11.26.
    """
    _, session = _network(system)
    app = system.add_process(100)
    for order, unit in enumerate((1, 4, NO_FILTER_UNIT)):
        session.add_policy(order=order + 1, result=policies.socket_filter(unit))
        session.apply_all()
        app.match_policy(remote=REMOTE)


def route_rules_for_packets(system: System) -> None:
    """Whether a policy with route rules is also among those for IP packets.

    Source: necp_policy_apply, xnu-6153.11.26.
    """
    _, session = _network(system)
    session.add_policy(
        order=1,
        conditions=[policies.bound_interface("en0")],
        result=policies.route_rules(policies.deny("en0")),
    )
    session.apply_all()
    system.snapshot(full=True)


def right_to_bypass_drop_all(system: System) -> None:
    """Drop-all for a process, for one with the entitlement to bypass it, and for configd.

    Source: necp_check_drop_all_bypass_result, xnu-6153.11.26.
    """
    _, session = _network(system)
    session.add_policy(order=10, conditions=[policies.pid(1)], result=policies.drop())
    session.apply_all()
    processes = [
        system.add_process(100),
        system.add_process(101, "vpn", entitlements=["com.apple.private.necp.drop_all_bypass"]),
        system.add_process(
            102, "configd", uid=0, platform_binary=True, signing_id="com.apple.configd"
        ),
    ]
    system.set_sysctl("drop_all_level", 1)
    for process in processes:
        process.match_policy(remote=REMOTE)


def interposers_pass(system: System) -> None:
    """Parameters of interposers, with policies that drop everything, and with the sysctl off.

    Source: necp_socket_find_policy_match_with_info_locked, xnu-6153.11.26.
    """
    _, session = _network(system)
    session.add_policy(order=10, result=policies.drop())
    session.apply_all()
    app = system.add_process(100)
    for passes in (1, 0):
        system.set_sysctl("pass_interpose", passes)
        app.match_policy(remote=REMOTE, interpose=True)


def clients_of_the_loopback_address(system: System) -> None:
    """Clients of the loopback address, with policies that drop everything, and the sysctl off.

    Source: necp_application_find_policy_match_internal, necp_is_loopback, xnu-6153.41.3.
    """
    loopback = system.add_interface("lo0", 1, addrs=["127.0.0.1/8"])
    system.add_route("127.0.0.1/32", loopback)
    _, session = _network(system)
    session.add_policy(order=10, result=policies.drop())
    session.apply_all()
    fd = system.add_process(100).necp_open()
    fd.add(remote=LOOPBACK).copy_result()
    system.set_sysctl("pass_loopback", 0)
    fd.add(remote=LOOPBACK).copy_result()


def priorities_of_sessions(system: System) -> None:
    """Every priority of a session: who may have it, and the order of its policies.

    Source: necp_session_set_session_priority, necp_allocate_new_session_order, xnu-6153.101.6.
    """
    _, session = _network(system)
    session.add_policy(order=1, result=policies.pass_through())
    plain = system.add_process(100).open_policy_session()
    for priority in range(12):
        plain.set_priority(priority)
        session.set_priority(priority)
        session.apply_all()
        _dump(session)


def helper_of_an_application(system: System) -> None:
    """A policy about an application, and processes that it is or is not responsible for.

    Source: necp_application_fillout_info_locked, xnu-6153.101.6.
    """
    _, session = _network(system)
    session.add_policy(
        order=1, conditions=[policies.application(bytes([7]) * 16)], result=policies.drop()
    )
    session.apply_all()
    system.add_process(100, "editor", exec_uuid=bytes([7]) * 16)
    for pid, responsible in ((101, 100), (102, None), (103, 104)):
        helper = system.add_process(pid, "helper", responsible_pid=responsible)
        helper.match_policy(remote=REMOTE)
        client = helper.necp_open().add(remote=REMOTE)
        client.copy_result()
        client.copy_nexus_parameters()


def flags_of_a_pass(system: System) -> None:
    """A policy that passes traffic, with parameters of every length, and how it is dumped.

    Source: necp_policy_result_is_valid, necp_get_result_description, xnu-6153.101.6.
    """
    _, session = _network(system)
    order = pack_tlv(PolicyTlv.POLICY_ORDER, (5).to_bytes(4, "little"))
    for parameter in (b"", b"\1", bytes((0x2A, 0, 0, 0)), bytes(5)):
        result = pack_tlv(PolicyTlv.POLICY_RESULT, bytes((PolicyResult.PASS,)) + parameter)
        session.session.action(SessionAction.POLICY_ADD, order + result + _default(), room(4))
    session.apply_all()
    _dump(session)
    system.add_process(100).match_policy(remote=REMOTE)


def _default() -> bytes:
    return policies.default().pack()


def _dump(session: PolicySessionHandle) -> None:
    session.session.action(SessionAction.POLICY_DUMP_ALL, None, room(4096))


def _network(system: System) -> tuple[InterfaceHandle, PolicySessionHandle]:
    """One interface with a default route, and a session that may do everything."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("192.0.2.0/24", wifi)
    return wifi, _daemon(system).open_policy_session()


def _daemon(system: System) -> ProcessHandle:
    return system.add_process(200, "neagent", uid=0, privileged=True, platform_binary=True)
