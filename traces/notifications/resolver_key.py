"""The key with which the kernel signs answers of resolvers."""

from necp_replay.scenario import Errno, System


def resolver_key(system: System) -> None:
    """A trace says the kernel's key, so that the tags that SIGN makes are known.

    Releases without SIGN have no use for it. Source: necp_generate_resolver_key, xnu-6153.11.26.
    """
    assert system.set_resolver_key(bytes(31)).errno == Errno.EINVAL
    assert system.set_resolver_key(bytes(range(32))).errno == 0
    resolver = system.add_process(100, privileged=("PRIV_NET_VALIDATED_RESOLVER",)).necp_open()
    resolver.sign(b"www.example.com", "192.0.2.1:443")
