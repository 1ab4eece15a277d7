"""The kernel's red-black tree of all clients, or of flow registrations, with its exact shape.

Observers find and list the clients of all fds through one red-black tree
(``necp_client_global_tree``), kept by the usual algorithm. Any sorted container would do instead,
but for two things that the kernel does:

- ADD ignores that an id is there already. The new client then is *unlinked*: it has neither parent
  nor children, and is not in the tree.
- REMOVE and close take a client out without asking whether it is in the tree. An unlinked client
  looks like the only node of a tree, so taking it out leaves the tree empty.

Flow registrations are kept in the same way in the releases that have them. There the registration
at the root of a client's tree is the one that the client's own id stands for.

The nodes that were in the tree keep their links to each other. They now form a *stale* tree, and
clients that are added go to a new one. When a node of a stale tree is taken out, the algorithm
mends the links around it. If that gives the stale tree another root, this root becomes the root of
the kernel's tree, and the tree that was there until then is stale in its turn. So the shape of the
trees decides which clients are found, and the shape is modelled. What holds always:

- A node is in at most one tree. Each tree is sorted and has no cycle. A node that is taken out is
  linked from nowhere, so no link leads to a freed client.
- Rebalancing a stale tree can climb above its root, since it stops only at the root of the kernel's
  tree. The kernel then reads through a null pointer, and panics.

While no id is given twice, adding, finding and removing take O(log n) steps.

Source: RB_GENERATE_PREV (libkern/tree.h), necp_client_add, necp_client_remove, necpop_close,
xnu-4570.51.1. Measured in vectors on xnu-4570.41.2 and xnu-4570.51.1 (same_id_*), panics excepted.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Final, Generic, NoReturn, TypeVar

from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.quirk import Quirk

Item = TypeVar("Item", bound=Hashable)


class RedBlackTree(Generic[Item]):
    """Items by id and in ascending order of id. An item is told from others by identity."""

    __slots__ = ("_nodes", "_root")

    def __init__(self) -> None:
        self._root: TreeNode[Item] | None = None
        self._nodes: dict[Item, TreeNode[Item]] = {}
        """The node of each item that was added and not removed, in the tree or not."""

    @property
    def root(self) -> Item | None:
        """The item at the root (``RB_ROOT``)."""
        return None if self._root is None else self._root.item

    def add(self, item: Item, key: bytes) -> None:
        """Put an item into the tree, unless one with its id is there: then it stays unlinked.

        Raises KernelPanic where the kernel reads through a null pointer.
        """
        node = self._nodes[item] = TreeNode(item, key)
        parent: TreeNode[Item] | None = None
        side = _LEFT
        below = self._root
        while below is not None:
            parent = below
            if key < parent.key:
                side = _LEFT
            elif key == parent.key:
                return
            else:
                side = _RIGHT
            below = parent.child[side]
        node.parent = parent
        node.is_red = True
        if parent is None:
            self._root = node
        else:
            parent.child[side] = node
        self._rebalance_after_adding(node)

    def find(self, key: bytes) -> Item | None:
        """The item with an id (``RB_FIND``)."""
        node = self._root
        while node is not None:
            if key == node.key:
                return node.item
            node = node.child[_LEFT if key < node.key else _RIGHT]
        return None

    def __iter__(self) -> Iterator[Item]:
        """The items by ascending id (``RB_FOREACH``); the tree must not change meanwhile."""
        above: list[TreeNode[Item]] = []
        node = self._root
        while node is not None or above:
            while node is not None:
                above.append(node)
                node = node.child[_LEFT]
            lowest = above.pop()
            yield lowest.item
            node = lowest.child[_RIGHT]

    def remove(self, item: Item) -> None:
        """Take an item that was added out of the tree it is in; one that is unlinked empties it.

        Raises KernelPanic where the kernel reads through a null pointer.
        """
        node = self._nodes.pop(item)
        left, right = node.child
        if left is not None and right is not None:
            lost_black, parent, child = self._replace_by_successor(node, left, right)
        else:
            lost_black = not node.is_red
            parent, child = node.parent, left if left is not None else right
            self._put_in_place_of(node, child)
        if lost_black:
            self._rebalance_after_removing(parent, child)

    def _replace_by_successor(
        self, node: TreeNode[Item], left: TreeNode[Item], right: TreeNode[Item]
    ) -> tuple[bool, TreeNode[Item] | None, TreeNode[Item] | None]:
        """Move the next node in order to where ``node`` is.

        Returns whether a black node is missing where the successor was, the parent of that place,
        and what is in it now.
        """
        successor = right
        while (before := successor.child[_LEFT]) is not None:
            successor = before
        lost_black = not successor.is_red
        parent, child = successor.parent, successor.child[_RIGHT]
        self._put_in_place_of(successor, child)
        if parent is None or parent is node:
            parent = successor
        self._put_in_place_of(node, successor)
        successor.is_red = node.is_red
        for side, below in enumerate(node.child):
            successor.child[side] = below
            if below is not None:
                below.parent = successor
        return lost_black, parent, child

    def _put_in_place_of(self, node: TreeNode[Item], other: TreeNode[Item] | None) -> None:
        """Put ``other`` in the place of ``node``; it becomes the root if ``node`` had no parent."""
        parent = node.parent
        if other is not None:
            other.parent = parent
        if parent is None:
            self._root = other
        else:
            parent.child[_LEFT if parent.child[_LEFT] is node else _RIGHT] = other

    def _rotate(self, node: TreeNode[Item], side: int) -> None:
        """Move ``node`` down to a side; its child on the other side takes its place."""
        pivot = node.child[1 - side] or _follow_null()
        inner = pivot.child[side]
        node.child[1 - side] = inner
        if inner is not None:
            inner.parent = node
        self._put_in_place_of(node, pivot)
        pivot.child[side] = node
        node.parent = pivot

    def _rebalance_after_adding(self, node: TreeNode[Item]) -> None:
        """A red node was added: its parent must not be red too."""
        while (parent := node.parent) is not None and parent.is_red:
            grandparent = parent.parent or _follow_null()
            side = grandparent.side_of(parent)
            uncle = grandparent.child[1 - side]
            if uncle is not None and uncle.is_red:
                parent.is_red = uncle.is_red = False
                grandparent.is_red = True
                node = grandparent
                continue
            if parent.child[1 - side] is node:
                self._rotate(parent, side)
                node, parent = parent, node
            parent.is_red = False
            grandparent.is_red = True
            self._rotate(grandparent, 1 - side)
        (self._root or _follow_null()).is_red = False

    def _rebalance_after_removing(
        self, parent: TreeNode[Item] | None, node: TreeNode[Item] | None
    ) -> None:
        """A black node was removed: the paths through ``node`` have one black node too few.

        ``node`` may be None, so its parent is given too.
        """
        while node is not self._root and (node is None or not node.is_red):
            above = parent or _follow_null()
            side = above.side_of(node)
            sibling = above.child[1 - side] or _follow_null()
            if sibling.is_red:
                sibling.is_red = False
                above.is_red = True
                self._rotate(above, side)
                sibling = above.child[1 - side] or _follow_null()
            inner, outer = sibling.child[side], sibling.child[1 - side]
            if not (inner and inner.is_red) and not (outer and outer.is_red):
                sibling.is_red = True
                node, parent = above, above.parent
                continue
            if not (outer and outer.is_red):
                (inner or _follow_null()).is_red = False
                sibling.is_red = True
                self._rotate(sibling, 1 - side)
                sibling = above.child[1 - side] or _follow_null()
            sibling.is_red = above.is_red
            above.is_red = False
            (sibling.child[1 - side] or _follow_null()).is_red = False
            self._rotate(above, side)
            node = self._root
        if node is not None:
            node.is_red = False


class TreeNode(Generic[Item]):
    """The links of an item (``global_link``). A node without links is black and in no tree."""

    __slots__ = ("child", "is_red", "item", "key", "parent")

    def __init__(self, item: Item, key: bytes) -> None:
        self.item = item
        self.key = key
        self.parent: TreeNode[Item] | None = None
        self.child: list[TreeNode[Item] | None] = [None, None]
        self.is_red = False

    def side_of(self, child: TreeNode[Item] | None) -> int:
        """On which side a child is; the left one where both are missing and None is asked for."""
        return _LEFT if self.child[_LEFT] is child else _RIGHT


def _follow_null() -> NoReturn:
    """Panic: the kernel follows a null pointer without looking at it."""
    raise KernelPanic("necp_client_global_tree", "a null pointer in a tree that lost its root")


_LEFT: Final = 0
_RIGHT: Final = 1

SHARED_ID_EMPTIES_THE_TREE: Final = Quirk(
    "When two fds have clients with the same id, removing the second empties the list of all "
    "clients.",
    "necp_destroy_client",
    "syscalls/test_close.py"
    "::test_an_id_that_two_fds_share_empties_the_list_of_all_clients_when_the_second_goes",
)
