"""Every condition of policies: what it matches, and what it does not."""

from necp_replay.abi.policy import PolicyResult
from necp_replay.scenario import NecpFdHandle, PolicySessionHandle, System
from necp_replay.scenario.keywords import ClientParameters
from necp_replay.scenario.policies import (
    Condition,
    account,
    all_interfaces,
    application,
    bound_interface,
    default,
    domain,
    drop,
    entitlement,
    ip_protocol,
    local_address,
    local_range,
    pid,
    real_application,
    remote_address,
    remote_range,
    traffic_class,
    uid,
)

PROGRAM, HELPER = b"\xe1" * 16, b"\xe2" * 16
REMOTE = "203.0.113.5:443"


def condition_of_every_kind(system: System) -> None:
    """Each condition with traffic that it matches and traffic that it does not.

    Source: necp_socket_check_policy, xnu-4570.51.1.
    """
    fd, session = _system(system)
    every = all_interfaces()
    cases: tuple[tuple[tuple[Condition, ...], ClientParameters, ClientParameters], ...] = (
        ((default(),), {}, {"bound_interface": "en0"}),
        ((every,), {"bound_interface": "en0"}, {}),
        ((bound_interface("en0"),), {"bound_interface": "en0"}, {"bound_interface": "en5"}),
        ((application(PROGRAM),), {"application": PROGRAM}, {"application": HELPER}),
        (
            (application(HELPER), real_application(PROGRAM)),
            {"application": HELPER},
            {"application": HELPER, "real_application": HELPER},
        ),
        ((domain("example.com"),), {"domain": "www.example.com"}, {"domain": "notexample.com"}),
        ((domain("*.example.com"),), {"domain": "EXAMPLE.com"}, {"domain": "example.com.org"}),
        ((account("me"),), {"account": "me"}, {"account": "you"}),
        ((pid(100),), {}, {"pid": 1}),
        ((uid(501),), {}, {"uid": 502}),
        ((traffic_class(100, 200),), {"traffic_class": 200}, {"traffic_class": 201}),
        ((ip_protocol(17),), {"ip_protocol": 17}, {"ip_protocol": 6}),
        ((remote_address("203.0.113.0/24"),), {}, {"remote": "198.51.100.9:443"}),
        ((remote_range("203.0.113.1", "203.0.113.9"),), {}, {"remote": "203.0.113.10:443"}),
        ((every, local_address("192.0.2.0/24")), {"local": "192.0.2.10"}, {}),
        ((every, local_range("192.0.2.1", "192.0.2.9")), {"local": "192.0.2.10"}, {}),
    )
    for conditions, matching, other in cases:
        session.delete_all()
        assert session.add_policy(order=1, conditions=conditions, result=drop()).id
        session.apply_all()
        for parameters in (matching, other):
            _remove_after_copy(fd, parameters)


def condition_negated(system: System) -> None:
    """Each condition that can be negated, with traffic that matches it and traffic that does not.

    Source: necp_socket_check_policy, xnu-4570.51.1.
    """
    fd, session = _system(system)
    cases: tuple[tuple[Condition, ClientParameters], ...] = (
        (bound_interface("en5"), {"bound_interface": "en0"}),
        (domain("example.com"), {"domain": "example.org"}),
        (account("me"), {"account": "you"}),
        (pid(1), {}),
        (uid(502), {}),
        (traffic_class(100), {"traffic_class": 200}),
        (ip_protocol(17), {}),
        (remote_address("198.51.100.9"), {}),
        (remote_range("198.51.100.1", "198.51.100.9"), {}),
        (local_address("198.51.100.5"), {"local": "192.0.2.10"}),
        (local_range("198.51.100.1", "198.51.100.9"), {"local": "192.0.2.10"}),
    )
    for condition, matching in cases:
        session.delete_all()
        # A local address binds the client, so the policies must be for all interfaces.
        also = [all_interfaces()] if "local" in matching else []
        session.add_policy(order=1, conditions=[*also, ~condition], result=drop())
        session.apply_all()
        assert _remove_after_copy(fd, matching) is PolicyResult.DROP
        session.delete_all()
        session.add_policy(order=1, conditions=[*also, condition], result=drop())
        session.apply_all()
        assert _remove_after_copy(fd, matching) is not PolicyResult.DROP


def condition_on_an_entitlement(system: System) -> None:
    """A named entitlement, which the first evaluated process decides, and the privilege.

    Source: necp_socket_check_policy, xnu-4570.51.1.
    """
    without, session = _system(system)
    programs = (application(PROGRAM), real_application(PROGRAM))
    held = ["com.example.vpn", "com.example.dns"]
    holder = system.add_process(
        200, "other", exec_uuid=PROGRAM, entitlements=held, privileged=True
    ).necp_open()
    for name, order in (
        ("com.example.vpn", (without, holder)),
        ("com.example.dns", (holder, without)),
        (None, (without, holder)),
    ):
        session.delete_all()
        session.add_policy(order=1, conditions=[*programs, entitlement(name)], result=drop())
        session.apply_all()
        for fd in order:
            _remove_after_copy(fd, {})


def condition_of_both_addresses(system: System) -> None:
    """IPv6 networks and ranges with ports, for local and remote addresses.

    Source: necp_addr_is_in_subnet, necp_addr_is_in_range, xnu-4570.51.1.
    """
    fd, session = _system(system)
    system.add_interface("en6", 6, addrs=["2001:db8:4::10/64"])
    every, remote = all_interfaces(), "[2001:db8:99::7]:443"
    for condition in (
        remote_address("2001:db8:99::/48"),
        remote_range("[2001:db8:99::1]:400", "[2001:db8:99::9]:500"),
        remote_range("[2001:db8:99::1]:1", "[2001:db8:99::9]:2"),
        local_address("2001:db8:4::/64"),
        local_range("2001:db8:4::1", "2001:db8:4::ff"),
    ):
        session.delete_all()
        session.add_policy(order=1, conditions=[every, condition], result=drop())
        session.apply_all()
        _remove_after_copy(fd, {"remote": remote, "local": "2001:db8:4::10"})


def _remove_after_copy(fd: NecpFdHandle, parameters: ClientParameters) -> PolicyResult | None:
    """Add a client, copy its result, which shows what policies say, and remove the client."""
    remote: ClientParameters = {"remote": REMOTE}
    client = fd.add(**{**remote, **parameters})
    result = client.copy_result().policy_result
    client.remove()
    return result


def _system(system: System) -> tuple[NecpFdHandle, PolicySessionHandle]:
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    cable = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    system.order_interfaces(wifi, cable)
    system.add_route("default", wifi, gateway="192.0.2.1")
    daemon = system.add_process(300, "daemon", privileged=True, platform_binary=True)
    app = system.add_process(100, exec_uuid=PROGRAM)
    return app.necp_open(), daemon.open_policy_session()
