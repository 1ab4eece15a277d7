"""What xnu-10002 changed about route rules: a denial names a type of interfaces."""

from necp_replay.scenario import InterfaceHandle, PolicySessionHandle, System, policies

REMOTE = "203.0.113.5:443"
EVERYWHERE = [policies.all_interfaces()]
CELLULAR = 5


def route_rule_that_names_a_type(system: System) -> None:
    """A route rule that denies an interface, and names a type for the denial.

    Source: necp_policy_route_rule_is_valid, necp_create_route_rule, xnu-10002.1.13.
    """
    _, session = _network(system)
    rule = policies.route_rules(policies.deny_as(CELLULAR))
    session.add_policy(order=1, conditions=EVERYWHERE, result=rule)
    session.apply_all()
    app = system.add_process(100)
    app.match_policy(remote=REMOTE)
    app.necp_open().add(remote=REMOTE).copy_result()


def _session(system: System) -> PolicySessionHandle:
    """The session of a process that may do everything."""
    daemon = system.add_process(200, "neagent", uid=0, privileged=True, platform_binary=True)
    return daemon.open_policy_session()


def _network(system: System) -> tuple[InterfaceHandle, PolicySessionHandle]:
    """One interface with a default route; and a session."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    return wifi, _session(system)
