"""ADD_DOMAIN_TRIE, REMOVE_DOMAIN_TRIE and TRIE_DUMP_ALL, which releases from xnu-11215 handle."""

from necp_replay.abi.domain_filter import TRIE_HEADER
from necp_replay.abi.policy import SessionAction
from necp_replay.scenario import PolicySessionHandle, System, faulting, policies, room
from necp_replay.scenario.domain_sets import domain_trie

TRIE = domain_trie(["ads.example.com", "example.org"])
ADD, REMOVE = SessionAction.ADD_DOMAIN_TRIE, SessionAction.REMOVE_DOMAIN_TRIE
DUMP = SessionAction.TRIE_DUMP_ALL


def domain_tries(system: System) -> None:
    """Tries are added, dumped, asked for domains, and removed.

    Source: necp_session_add_domain_trie, necp_session_remove_domain_trie, xnu-11215.61.5; measured
    in x11215_domain_trie.
    """
    session = _session(system)
    found = [session.add_domain_trie(TRIE) for _ in range(2)]
    session.session.action(DUMP, None, room(4096))
    condition = ~policies.domain_filter(found[0].id)
    session.add_policy(order=1, conditions=[condition], result=policies.drop())
    session.apply_all()
    app = system.add_process(100)
    for name in ("ads.example.com", "www.example.org", "example.net"):
        app.match_policy(remote="203.0.113.5:443", domain=name)
    session.delete_all()
    session.apply_all()
    session.remove_domain_trie(found[0].id)
    session.remove_domain_trie(found[0].id)


def domain_tries_refused(system: System) -> None:
    """Tries and ids that are missing, cut short, cannot be read, or do not fit their sizes.

    Source: necp_session_add_domain_trie, necp_session_remove_domain_trie,
    necp_session_trie_dump_all, xnu-11215.61.5; measured in x11215_domain_trie.
    """
    session = _session(system)
    raw = session.session
    raw.action(DUMP, None, room(4096))
    for content, out in (
        (None, room(4)),
        (TRIE[:39], room(4)),
        (TRIE, None),
        (TRIE, room(3)),
        (TRIE[:-1], room(4)),
        (_with_another_size(TRIE), room(4)),
        (faulting(len(TRIE), 20), room(4)),
    ):
        raw.action(ADD, content, out)
    for number in (None, bytes(3), faulting(4, 2)):
        raw.action(REMOVE, number, None)
    session.add_domain_trie(TRIE)
    for out in (None, room(3), faulting(4096, 10)):
        raw.action(DUMP, None, out)


def _with_another_size(content: bytes) -> bytes:
    """The trie with one more byte in its header than there is."""
    first, total, *others = TRIE_HEADER.unpack_from(content)
    return TRIE_HEADER.pack(first, total + 1, *others) + content[TRIE_HEADER.size :]


def _session(system: System) -> PolicySessionHandle:
    return system.add_process(
        300, "daemon", privileged=True, platform_binary=True
    ).open_policy_session()
