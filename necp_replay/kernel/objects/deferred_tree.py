"""A red-black tree that gets its shape when it is needed.

Idea. The shape of the kernel's tree (``red_black_tree.py``) decides an answer in two cases only:
somebody asks for the root, or an id is given again while it is there. Until then the tree is a
sorted map. So items are kept by id, and which ids were added and removed is noted, in order.

Invariants. What was noted is carried out, on a tree of places, before the shape is needed. After an
id was given again, nothing is noted any more: each step is carried out at once. An empty tree has
one shape, so the last removal drops the notes.

Cost: adding, finding and removing take constant time, and what the shape takes where it is needed.
There are at most ``MAX_NOTES`` notes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Final, Generic, TypeVar

from necp_replay.kernel.objects.red_black_tree import RedBlackTree

Item = TypeVar("Item", bound=Hashable)

MAX_NOTES: Final = 65_536
"""How many steps are noted at most before they are carried out. A note is an id."""


class DeferredTree(Generic[Item]):
    """Items by id and in ascending order of id, as :class:`RedBlackTree` has them."""

    __slots__ = ("_by_key", "_noted", "_place_of_item", "_place_of_key", "_shape")

    def __init__(self) -> None:
        self._by_key: dict[bytes, Item] | None = {}
        """The item of each id, None once an id was given again."""
        self._noted: list[bytes] = []
        """The ids that were added or removed and are not in the shape; for each id in turns."""
        self._shape: RedBlackTree[TreePlace[Item]] | None = None
        self._place_of_key: dict[bytes, TreePlace[Item]] = {}
        self._place_of_item: dict[Item, TreePlace[Item]] = {}
        """The place of each item, once an id was given again."""

    @property
    def root(self) -> Item | None:
        """The item at the root (``RB_ROOT``)."""
        place = self._carry_out().root
        if place is None:
            return None
        return place.item if self._by_key is None else self._by_key[place.key]

    def add(self, item: Item, key: bytes) -> None:
        """Put an item into the tree, unless one with its id is there: then it stays unlinked.

        Raises KernelPanic where the kernel reads through a null pointer.
        """
        by_key = self._by_key
        if by_key is not None:
            if key not in by_key:
                by_key[key] = item
                noted = self._noted
                noted.append(key)
                if len(noted) >= MAX_NOTES:
                    self._carry_out()
                return
            self._keep_shape()
        place = self._place_of_item[item] = TreePlace(key)
        place.item = item
        self._carry_out().add(place, key)

    def find(self, key: bytes) -> Item | None:
        """The item with an id (``RB_FIND``)."""
        if self._by_key is not None:
            return self._by_key.get(key)
        place = self._carry_out().find(key)
        return None if place is None else place.item

    def remove(self, item: Item, key: bytes) -> None:
        """Take an item that was added out of the tree it is in; one that is unlinked empties it.

        ``key`` is the one that it was added with. Raises KernelPanic where the kernel reads through
        a null pointer.
        """
        by_key = self._by_key
        if by_key is None:
            self._carry_out().remove(self._place_of_item.pop(item))
            return
        del by_key[key]
        if by_key:
            noted = self._noted
            noted.append(key)
            if len(noted) >= MAX_NOTES:
                self._carry_out()
        else:
            self._noted.clear()
            self._place_of_key.clear()
            self._shape = None

    def settle(self) -> None:
        """Carry out what was noted. The answers stay the same, and memory is that of the items."""
        self._carry_out()

    def __iter__(self) -> Iterator[Item]:
        """The items by ascending id (``RB_FOREACH``); the tree must not change meanwhile."""
        by_key = self._by_key
        if by_key is not None:
            for key in sorted(by_key):
                yield by_key[key]
        else:
            for place in self._carry_out():
                if place.item is not None:
                    yield place.item

    def _carry_out(self) -> RedBlackTree[TreePlace[Item]]:
        """Carry out what was noted. Returns the shape."""
        shape = self._shape
        if shape is None:
            shape = self._shape = RedBlackTree()
        if self._noted:
            places = self._place_of_key
            for key in self._noted:
                place = places.pop(key, None)
                if place is None:
                    place = places[key] = TreePlace(key)
                    shape.add(place, key)
                else:
                    shape.remove(place)
            self._noted.clear()
        return shape

    def _keep_shape(self) -> None:
        """From now on, carry out each step at once: an id is given again."""
        self._carry_out()
        for key, item in (self._by_key or {}).items():
            place = self._place_of_item[item] = self._place_of_key[key]
            place.item = item
        self._by_key = None
        self._place_of_key.clear()


class TreePlace(Generic[Item]):
    """Where an item is in the tree. ``item`` is None as long as no id was given again."""

    __slots__ = ("item", "key")

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.item: Item | None = None
