"""What the generator believes of the system it drives: processes, fds, clients, agents, sockets.

Beliefs follow from what was generated. Some are wrong, as a process's may be: a client whose fd
could not be opened is asked for all the same.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from necp_replay.bench.choices import Choices
from necp_replay.events.inputs import Input, Step
from necp_replay.generate import VERSION

Item = TypeVar("Item")

UUIDS_OFFERED: Final = 4
"""Ids that the kernel's generator may return during one input."""
FIRST_FD: Final = 3

APP, PLATFORM, DAEMON, WATCHER, SMALL, VISITOR, CRAMPED = 100, 200, 300, 400, 500, 600, 700
"""Processes: an app, a platform binary, one with every privilege, one that may observe, one with
room for a single fd, one that comes and goes, and one with every privilege and no room at all."""
NOBODY: Final = 4242
CLOSED_FD: Final = 9999

LO0, EN0, EN5, PDP_IP0, UTUN0, LATER = 1, 4, 5, 6, 8, 9
"""Interfaces by index: loopback, Wi-Fi, wired, cellular, a tunnel, and one that comes and goes."""
INTERFACES: Final = (EN0, EN5, PDP_IP0, UTUN0)


@dataclass(frozen=True, slots=True)
class Fd:
    """An fd of a process."""

    pid: int
    number: int


@dataclass(frozen=True, slots=True)
class Client:
    """A client by its id, and the fd it was added on."""

    fd: Fd
    id: bytes


@dataclass(slots=True)
class World:
    """The system as the generator believes it to be, and the inputs it has made up so far."""

    choices: Choices
    seed: int
    steps: list[Step] = field(default_factory=list)
    made: int = 0
    fds: list[Fd] = field(default_factory=list)
    observers: list[Fd] = field(default_factory=list)
    sessions: list[Fd] = field(default_factory=list)
    others: list[Fd] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    policies: int = 0
    now_ns: int = 1_000_000_000
    next_fd: int = FIRST_FD
    uses: Counter[tuple[str, int]] = field(default_factory=Counter)

    def emit(self, event: Input, *, first_uuid: bytes | None = None) -> None:
        """One more input happens; ``first_uuid`` is what the generator returns first, if given."""
        uuids = [self.uuid(i) for i in range(UUIDS_OFFERED)]
        if first_uuid is not None:
            uuids[0] = first_uuid
        self.steps.append(Step(event, tuple(uuids)))
        self.made += 1

    def uuid(self, number: int = 0) -> bytes:
        """The ids that the kernel's generator returns during the next input."""
        text = f"{VERSION}/{self.seed}/{self.made}/{number}"
        content = bytearray(hashlib.sha256(text.encode()).digest()[:16])
        content[6] = content[6] & 0x0F | 0x40
        content[8] = content[8] & 0x3F | 0x80
        return bytes(content)

    def pick(self, items: Sequence[Item]) -> Item:
        """Any of the items."""
        return self.choices.pick(items)

    def chance(self, one_in: int) -> bool:
        """True once in so many times."""
        return self.choices.number(one_in) == 0

    def number(self, below: int) -> int:
        """A number from 0 on."""
        return self.choices.number(below)

    def steer(self, what: str, items: Sequence[Item]) -> Item:
        """One of the items, as a rule one of those that came up least, so that all come up."""
        index = self.number(len(items))
        if not self.chance(4):
            fewest = min(self.uses[what, i] for i in range(len(items)))
            least = [i for i in range(len(items)) if self.uses[what, i] == fewest]
            index = least[self.number(len(least))]
        self.uses[what, index] += 1
        return items[index]

    def new_fd(self) -> int:
        """A number that no fd has had; the trace says that the process got it."""
        self.next_fd += 1
        return self.next_fd

    def any_fd(self) -> Fd:
        """A client fd."""
        return self.pick(self.fds) if self.fds else Fd(APP, CLOSED_FD)

    def any_client(self) -> Client:
        """A client, or one that never was."""
        if self.clients:
            return self.pick(self.clients)
        return Client(self.any_fd(), self.uuid())

    def forget_fd(self, fd: Fd) -> None:
        """The fd is closed, and its clients are gone."""
        for known in (self.fds, self.observers, self.sessions, self.others):
            if fd in known:
                known.remove(fd)
        self.clients = [client for client in self.clients if client.fd != fd]
