"""What xnu-11417 changed about policies: ultra-constrained interfaces, and tries of domains."""

from necp_replay.abi.domain_filter import (
    FIRST_TRIE_CHARACTER,
    NO_TRIE_INDEX,
    TRIE_HEADER,
    TRIE_LEAF,
    TRIE_MAP_ENTRIES,
    TRIE_MAP_ENTRY,
    TRIE_NODE,
)
from necp_replay.abi.interface import IFXF_ULTRA_CONSTRAINED
from necp_replay.scenario import System, policies

REMOTE = "203.0.113.5:443"


def client_of_a_satellite(system: System) -> None:
    """A client without permission is on an ultra-constrained interface, such as a satellite's.

    Source: necp_application_find_policy_match_internal, xnu-11417.121.6; measured in
    x11215_ultra_constrained.
    """
    satellite = system.add_interface("en9", 9, addrs=["192.0.2.10/24"])
    satellite.update(xflags=IFXF_ULTRA_CONSTRAINED)
    system.order_interfaces(satellite)
    system.add_route("default", satellite, gateway="192.0.2.1")
    app = system.add_process(100)
    app.necp_open().add(remote=REMOTE).copy_result()
    app.match_policy(remote=REMOTE)


def domain_that_ends_within_a_trie(system: System) -> None:
    """A trie with a node after "com" that has no bytes: domains with a dot at the end, and without.

    Source: net_trie_search, xnu-11417.121.6; measured in x11215_domain_trie.
    """
    process = system.add_process(90, uid=0, privileged=True, platform_binary=True)
    session = system.add_policy_session(process)
    found = session.add_domain_trie(_trie_with_an_empty_node())
    session.add_policy(
        order=1, conditions=[policies.domain_filter(found.id)], result=policies.drop()
    )
    session.apply_all()
    app = system.add_process(100)
    for name in ("com", "com.", ".com", "com.a"):
        app.match_policy(remote=REMOTE, domain=name)


def _trie_with_an_empty_node() -> bytes:
    children = [NO_TRIE_INDEX] * TRIE_MAP_ENTRIES
    children[ord(".") - FIRST_TRIE_CHARACTER] = 1
    nodes = TRIE_NODE.pack(0, 3, 0, 0, 0) + TRIE_NODE.pack(0, TRIE_LEAF, NO_TRIE_INDEX, 0, 0)
    maps = b"".join(map(TRIE_MAP_ENTRY.pack, children))
    sizes = (len(nodes), len(maps), 3)
    return TRIE_HEADER.pack(0, sum(sizes), *sizes, 2, 1, 3, 0, 0) + nodes + maps + b"com"
