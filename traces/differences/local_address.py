"""A client that talks to an address of its own machine."""

from necp_replay.scenario import System


def remote_is_an_own_address(system: System) -> None:
    """The older release finds the address only without a port, the newer with any.

    Source: necp_application_find_policy_match_internal, xnu-4570.41.2 and xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24", "fe80::4/64"])
    system.order_interfaces(en0)
    system.add_route("192.0.2.0/24", en0)
    system.add_route("fe80::/64", en0, scoped=True)
    fd = system.add_process(100).necp_open()
    for remote in ("192.0.2.10:443", "192.0.2.10", "[fe80::4%4]:443", "192.0.2.77:443"):
        fd.add(remote=remote).copy_result()
