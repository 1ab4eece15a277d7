"""The objects that the records of a trace touch: numbered instances, their parts, their lifetimes.

An object is a number, its *key*. It lives from the record that makes it to the one that ends it.
An object that is named but was never made, such as an unknown client, lives from the start.
"""

from __future__ import annotations

import enum
from array import array
from collections.abc import Hashable, Iterable, Iterator
from typing import Final

from necp_replay.events.references import Thing

NEVER: Final = 2**63 - 1
"""The record that ends what does not end."""


class ObjectGroup(enum.IntEnum):
    """Objects that a record can need all of."""

    NONE = 0
    SYSTEM = 1
    """What evaluations read: interfaces, routes, agents, policy sessions, sysctls."""
    HISTORY = 2
    """What evaluations read, but seldom matters."""
    CLIENT = 3
    FD = 4


class Objects:
    """All objects of one trace. Objects are named by a kind of thing and a name of that kind."""

    def __init__(self) -> None:
        self._current: dict[tuple[Hashable, Hashable], int] = {}
        self._parts: dict[tuple[int, Hashable], int] = {}
        self._names: list[tuple[Hashable, Hashable] | None] = []
        self.whole = array("Q")
        """The object that each key is a part of; an object is a part of itself."""
        self.created = array("Q")
        self.ended = array("Q")
        self.group = bytearray()
        self.is_asked_for = bytearray()
        self.clients: list[int] = []
        """The clients, in the order in which they were added."""
        self._owners: dict[int, int] = {}
        self._links: dict[int, list[list[int]]] = {}
        self._linked_to: dict[int, tuple[int, int]] = {}

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self.whole)

    def create(self, thing: Hashable, name: Hashable, number: int, group: ObjectGroup) -> int:
        """A new object with this name, made by record ``number``."""
        before = self._current.get((thing, name))
        if before is not None and self.ended[before] == NEVER:
            self.ended[before] = number
        key = self._new((thing, name), number, group)
        self._current[thing, name] = key
        return key

    def find(self, thing: Hashable, name: Hashable, group: ObjectGroup) -> int:
        """The object with this name."""
        key = self._current.get((thing, name))
        if key is None:
            key = self._current[thing, name] = self._new((thing, name), 0, group)
        return key

    def end(self, thing: Hashable, name: Hashable, number: int) -> None:
        """Record ``number`` ends the object with this name."""
        key = self._current.pop((thing, name), None)
        if key is not None:
            self.ended[key] = number

    def end_key(self, key: int, number: int) -> None:
        """Record ``number`` ends an object."""
        self.ended[key] = min(self.ended[key], number)
        name = self._names[key]
        if name is not None and self._current.get(name) == key:
            del self._current[name]

    def part(self, key: int, label: Hashable, *, is_asked_for: bool = False) -> int:
        """The part of an object with this label.

        It is needed where the object is, unless it ``is_asked_for``: needed only where it is named.
        """
        part = self._parts.get((key, label))
        if part is None:
            part = self._new(None, self.created[key], ObjectGroup(self.group[key]))
            self.whole[part] = key
            self.is_asked_for[part] = is_asked_for
            self._parts[key, label] = part
        return part

    def find_part(self, key: int, label: Hashable) -> int | None:
        """The part of an object with this label, None if no record touches it."""
        return self._parts.get((key, label))

    def name(self, key: int) -> Hashable:
        """The name of an object."""
        named = self._names[key]
        return None if named is None else named[1]

    def thing(self, key: int) -> Hashable:
        """What kind of thing an object is."""
        named = self._names[self.whole[key]]
        return None if named is None else named[0]

    def is_client(self, key: int) -> bool:
        """Whether an object is a client."""
        return self.group[key] == ObjectGroup.CLIENT and self.whole[key] == key

    def is_socket(self, key: int) -> bool:
        """Whether an object is a socket or a multipath block, or a part of one."""
        return self.thing(key) in (Thing.SOCKET, Thing.MULTIPATH)

    def own(self, key: int, owner: int) -> None:
        """A client belongs to a process."""
        self.clients.append(key)
        self._owners[key] = owner

    def owners(self, keys: Iterable[int]) -> Iterator[int]:
        """The processes to which clients belong; nothing for other objects."""
        for key in keys:
            owner = self._owners.get(key)
            if owner is not None:
                yield owner

    def link(self, number: int, key: int, other: int) -> None:
        """From record ``number`` on, what happens to the other object matters to the first.

        It ends where the other is linked to a third one.
        """
        before = self._linked_to.get(other)
        if before is not None:
            self._links[before[0]][before[1]][2] = number
        links = self._links.setdefault(key, [])
        self._linked_to[other] = key, len(links)
        links.append([number, other, NEVER])

    def linked(self, key: int, number: int) -> Iterator[int]:
        """The objects that are linked to one at record ``number``."""
        for begin, other, end in self._links.get(key, ()):
            if begin < number <= end:
                yield other

    def _new(self, name: tuple[Hashable, Hashable] | None, number: int, group: ObjectGroup) -> int:
        key = len(self.whole)
        self._names.append(name)
        self.whole.append(key)
        self.created.append(number)
        self.ended.append(NEVER)
        self.group.append(group)
        self.is_asked_for.append(False)
        return key
