"""What xnu-10002 changed about loopback: an address of IPv4 in the form of IPv6."""

from necp_replay.scenario import PolicySessionHandle, System, policies


def loopback_address_in_the_form_of_ipv6(system: System) -> None:
    """A policy drops all traffic: a client of the loopback address in both of its forms.

    Source: necp_addr_is_loopback, xnu-10002.1.13.
    """
    loopback = system.add_interface("lo0", 1, functional_type=1, addrs=["127.0.0.1/8"])
    system.order_interfaces(loopback)
    system.add_route("127.0.0.0/8", loopback)
    session = _session(system)
    session.add_policy(order=1, result=policies.drop())
    session.apply_all()
    fd = system.add_process(100).necp_open()
    for remote in ("127.0.0.1:631", "[::ffff:127.0.0.1]:631"):
        fd.add(remote=remote).copy_result()


def _session(system: System) -> PolicySessionHandle:
    """The session of a process that may do everything."""
    daemon = system.add_process(200, "neagent", uid=0, privileged=True, platform_binary=True)
    return daemon.open_policy_session()
