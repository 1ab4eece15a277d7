"""Random choices, steered towards what was chosen least, and a record of what exists so far.

Theory of operation. An operation builds inputs from random choices, such as the type of a TLV or
which argument to corrupt. Uniform choices would take long to try everything: of n alternatives,
all are seen after about n ln n tries, and an alternative that needs several unlikely choices at
once is hardly ever seen. :meth:`Generator.steer` therefore counts for each named choice how often
each alternative was taken. It takes one of the least used alternatives three times in four, and
any alternative otherwise. Grammar-based fuzzers call the same method production coverage.

The fourth time matters. Two choices that only ever took their least used alternative would take
turns in step, and some pairs of alternatives would never meet. Where this still showed, one of the
two choices uses :meth:`Generator.pick`, which is uniform. Inputs that have no effect unless several
of them come together are not left to chance: ``scripted.py`` emits them as fixed sequences.

The generator never sees an outcome. It keeps a record of the fds, clients and so on that its
inputs should have created, and draws arguments from it. The record may be wrong, for example if
``necp_open`` fails on a release. That is harmless: a call on an fd that does not exist is valid
input, too.

Everything follows from the seed and :data:`~necp_replay.generate.VERSION`. A choice costs time in
proportion to its alternatives, of which there are at most a few dozen; memory grows with the number
of choices in the code, not with the length of the trace.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import field
from typing import Final, TypeVar

from necp_replay.abi.uuid import as_client_id
from necp_replay.bench.choices import Choices
from necp_replay.dataclass import dataclass
from necp_replay.events.clock import CLOCK_START_NS
from necp_replay.events.inputs import Input, Step
from necp_replay.generate import VERSION

Item = TypeVar("Item")

UUIDS_OFFERED: Final = 4
"""How many ids each step offers to the kernel's own generator; no input takes more."""
FIRST_FD: Final = 3
"""0 to 2 are standard input, output and error."""

APP, PLATFORM, DAEMON, WATCHER, SMALL, VISITOR, CRAMPED = 100, 200, 300, 400, 500, 600, 700
"""Pids: an app; a platform binary; a daemon with all privileges; a process that may observe; one
that reaches its limit of fds; one that starts and exits; and one with all privileges that reaches
its limit of fds."""
NOBODY: Final = 4242
"""A pid that no process has."""
CLOSED_FD: Final = 9999
"""An fd that is never open."""

LO0, EN0, EN5, PDP_IP0, UTUN0, LATER = 1, 4, 5, 6, 8, 9
"""Interfaces by index: loopback, Wi-Fi, wired, cellular, a tunnel, and one that is attached and
detached."""
INTERFACES: Final = (EN0, EN5, PDP_IP0, UTUN0)


@dataclass(frozen=True, slots=True)
class KnownFd:
    """An fd that a process should have open."""

    pid: int
    number: int


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client that should exist: its id, and the fd it was added on."""

    fd: KnownFd
    id: bytes


@dataclass(slots=True)
class Generator:
    """Makes random choices for operations, collects their steps, and records what should exist.

    ``made`` counts all steps so far; ``steps`` has those that were not yet handed on.
    """

    choices: Choices
    seed: int
    steps: list[Step] = field(default_factory=list)
    made: int = 0
    fds: list[KnownFd] = field(default_factory=list)
    observers: list[KnownFd] = field(default_factory=list)
    sessions: list[KnownFd] = field(default_factory=list)
    others: list[KnownFd] = field(default_factory=list)
    clients: list[KnownClient] = field(default_factory=list)
    flows: list[KnownClient] = field(default_factory=list)
    policies: int = 0
    domain_filters: int = 0
    domain_tries: int = 0
    now_ns: int = CLOCK_START_NS
    next_fd: int = FIRST_FD
    uses: Counter[tuple[str, int]] = field(default_factory=Counter)

    def emit(self, event: Input, *, first_uuid: bytes | None = None) -> None:
        """Append a step with this input; ``first_uuid`` replaces the first id that it offers."""
        uuids = [self.uuid(i) for i in range(UUIDS_OFFERED)]
        if first_uuid is not None:
            uuids[0] = first_uuid
        self.steps.append(Step(event, tuple(uuids)))
        self.made += 1

    def uuid(self, number: int = 0) -> bytes:
        """An id that the next step offers: its first, unless ``number`` says otherwise.

        A version 4 uuid, made from the seed and the number of the step. A bit is clear in it that
        some releases clear in the ids of clients.
        """
        text = f"{VERSION}/{self.seed}/{self.made}/{number}"
        content = bytearray(hashlib.sha256(text.encode()).digest()[:16])
        content[6] = content[6] & 0x0F | 0x40
        content[8] = content[8] & 0x3F | 0x80
        return as_client_id(bytes(content))

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items, all equally likely."""
        return self.choices.pick(items)

    def chance(self, one_in: int) -> bool:
        """True with a probability of one in ``one_in``."""
        return self.choices.number(one_in) == 0

    def number(self, below: int) -> int:
        """A number from 0 to ``below`` - 1, all equally likely."""
        return self.choices.number(below)

    def steer(self, what: str, items: Sequence[Item]) -> Item:
        """One of the items: three times in four a least used one, otherwise any of them.

        ``what`` names the choice, under which uses are counted by position. The theory is at the
        top of this file.
        """
        index = self.number(len(items))
        if not self.chance(4):
            fewest = min(self.uses[what, i] for i in range(len(items)))
            least = [i for i in range(len(items)) if self.uses[what, i] == fewest]
            index = least[self.number(len(least))]
        self.uses[what, index] += 1
        return items[index]

    def new_fd(self) -> int:
        """An fd number that was not used before; the input says that the process gets it."""
        self.next_fd += 1
        return self.next_fd

    def any_fd(self) -> KnownFd:
        """A client fd that should be open, or a closed one if there is none."""
        return self.pick(self.fds) if self.fds else KnownFd(APP, CLOSED_FD)

    def any_client(self) -> KnownClient:
        """A client that should exist, or an unknown one if there is none."""
        if self.clients:
            return self.pick(self.clients)
        return KnownClient(self.any_fd(), self.uuid())

    def any_client_or_unknown(self) -> KnownClient:
        """A client that should exist, or one time in eight one that does not."""
        if self.chance(8):
            return KnownClient(self.any_fd(), b"\xee" * 16)
        return self.any_client()

    def forget_fd(self, fd: KnownFd) -> None:
        """Remove a closed fd and its clients from the record."""
        for known in (self.fds, self.observers, self.sessions, self.others):
            if fd in known:
                known.remove(fd)
        self.clients = [client for client in self.clients if client.fd != fd]
        self.flows = [flow for flow in self.flows if flow.fd != fd]
