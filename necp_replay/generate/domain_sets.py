"""Operations of filters and tries of domains, each in a session of its own that removes them."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.domain_filter import MAX_DOMAIN_FILTER_ID as _BEFORE_TRIES
from necp_replay.abi.domain_filter import TRIE_HEADER
from necp_replay.abi.policy import DOMAIN_SET_ID, PolicyCondition, SessionAction
from necp_replay.events import syscalls
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.generate import policies
from necp_replay.generate.generator import APP, DAEMON, Generator, KnownFd
from necp_replay.generate.hostile_calls import faulty
from necp_replay.scenario.buffers import as_buffer, room
from necp_replay.scenario.domain_sets import domain_filter, domain_trie
from necp_replay.scenario.parameters import client_parameters

NAMES: Final = ("ads.example.com", "example.org", "tracker.example.net")
ASKED: Final = ("ads.example.com", "x.example.org", "www.example.net")
REMOTE: Final = "203.0.113.9:443"
ADDED: Final = 2
"""How many sets each operation adds."""
_NO_SET: Final = 9999
_COUNT_OF_NODES: Final = 5
_A: Final = SessionAction


def filters(generator: Generator) -> None:
    """Filters are added, named by a policy, and removed; some calls are malformed."""
    session = _open(generator)
    whole = as_buffer(domain_filter(NAMES, bits=generator.pick((64, 256))))
    wrong = generator.steer("filter", (None, as_buffer(b"\1\2"), as_buffer(b"\xff" + bytes(12))))
    actions = (_A.ADD_DOMAIN_FILTER, _A.REMOVE_DOMAIN_FILTER, _A.REMOVE_ALL_DOMAIN_FILTERS)
    _use(generator, session, actions, whole, wrong, generator.domain_filters)
    generator.domain_filters += ADDED
    generator.emit(syscalls.Close(session.pid, session.number))


def tries(generator: Generator) -> None:
    """Tries are added, named by a policy, dumped and removed; some calls are malformed."""
    session = _open(generator)
    trie = domain_trie(
        NAMES, takes_subdomains=generator.chance(2), from_end=not generator.chance(4)
    )
    sizes = list(TRIE_HEADER.unpack_from(trie))
    sizes[_COUNT_OF_NODES] += 1
    unfit = TRIE_HEADER.pack(*sizes) + trie[TRIE_HEADER.size :]
    wrong = generator.steer("trie", (None, as_buffer(trie[:30]), as_buffer(unfit)))
    actions = (_A.ADD_DOMAIN_TRIE, _A.REMOVE_DOMAIN_TRIE, _A.REMOVE_ALL_DOMAIN_TRIES)
    _call(generator, session, _A.TRIE_DUMP_ALL, None, room(2048))
    last_id = _BEFORE_TRIES + generator.domain_tries
    _use(generator, session, actions, as_buffer(trie), wrong, last_id)
    generator.domain_tries += ADDED
    generator.emit(syscalls.Close(session.pid, session.number))


def _use(
    generator: Generator,
    session: KnownFd,
    actions: tuple[SessionAction, SessionAction, SessionAction],
    whole: UserBuffer | None,
    wrong: UserBuffer | None,
    last_id: int,
) -> None:
    """Add sets that are whole and some that are not, match a policy about one, and remove all.

    Each set is removed before the session ends. ``last_id`` is that of the last set before.
    """
    add, remove, remove_all = actions
    first_id, second_id, no_id = (
        DOMAIN_SET_ID.pack(each) for each in (last_id + 1, last_id + ADDED, _NO_SET)
    )
    _call(generator, session, add, wrong, room(4))
    _call(generator, session, add, faulty(whole), room(4))
    _call(generator, session, add, whole, generator.pick((None, room(3))))
    for _ in range(ADDED):
        _call(generator, session, add, whole, room(4))
    negative = generator.chance(3)
    policies.add_and_apply(
        generator,
        session,
        policies.condition(PolicyCondition.DOMAIN_FILTER, first_id, negative=negative),
    )
    for domain in ASKED:
        policies.match_remote(generator, APP, client_parameters(remote=REMOTE, domain=domain))
    if add is _A.ADD_DOMAIN_TRIE:
        for out in (room(2048), room(8), UserBuffer(length=2048, unmapped=True)):
            _call(generator, session, _A.TRIE_DUMP_ALL, None, out)
    for given in (first_id, second_id, first_id, no_id, b"\1"):
        _call(generator, session, remove, as_buffer(given, 4 if len(given) == 4 else None), None)
    _call(generator, session, remove, UserBuffer(length=4, unmapped=True), None)
    _call(generator, session, remove_all, None, None)


def _open(generator: Generator) -> KnownFd:
    session = KnownFd(DAEMON, generator.new_fd())
    generator.emit(syscalls.NecpSessionOpen(session.pid, 0, session.number))
    return session


def _call(
    generator: Generator,
    session: KnownFd,
    action: SessionAction,
    given: UserBuffer | None,
    out: UserBuffer | None,
) -> None:
    generator.emit(
        syscalls.NecpSessionAction(
            *(session.pid, session.number, int(action)),
            *(given, given.length if given is not None else 0),
            *(out, out.length if out is not None else 0),
        )
    )
