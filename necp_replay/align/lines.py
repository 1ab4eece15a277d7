"""Compares two texts line by line, in time that grows with their lines and not with the square.

Short texts are compared with `difflib`. Its work grows with the number of changes times the number
of lines, so longer texts go through the alignment of this package.
"""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Final, Literal, TypeAlias

from necp_replay.align.edit_script import Move
from necp_replay.align.sequences import align

Tag: TypeAlias = Literal["equal", "replace", "delete", "insert"]
Opcode: TypeAlias = tuple[Tag, int, int, int, int]
"""``equal``, ``replace``, ``delete`` or ``insert``, and the lines of both sides that it is about.
As in `difflib`: ``old[i1:i2]`` becomes ``new[j1:j2]``."""

_SHORT_PRODUCT: Final = 250_000
"""Up to this many pairs of lines `difflib` is used."""
_LINE_BYTES: Final = 200
"""An estimate of the memory of a line besides its text."""


class LineMatcher(difflib.SequenceMatcher[str]):
    """A matcher of `difflib` whose opcodes are known already, to group them with context."""

    def __init__(self, opcodes: Sequence[Opcode]) -> None:
        """Take the opcodes, which cover both texts in order."""
        super().__init__()
        self._opcodes = list(opcodes)

    def get_opcodes(self) -> list[Opcode]:
        """The opcodes."""
        return list(self._opcodes)


def line_opcodes(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """How one text becomes the other, as opcodes that cover both in order."""
    if len(old) * len(new) <= _SHORT_PRODUCT:
        # With autojunk very frequent lines (`readable: 0`) are not used to align long texts.
        return difflib.SequenceMatcher(a=old, b=new).get_opcodes()
    return joined_opcodes(_aligned(old, new))


def joined_opcodes(opcodes: Iterable[Opcode]) -> list[Opcode]:
    """The same opcodes, with neighbours that are both equal, or both changes, made one."""
    joined: list[Opcode] = []
    for tag, i1, i2, j1, j2 in opcodes:
        if joined and (joined[-1][0] == "equal") == (tag == "equal"):
            _, i1, _, j1, _ = joined.pop()
            tag = tag if tag == "equal" else _tag(i2 - i1, j2 - j1)
        joined.append((tag, i1, i2, j1, j2))
    return joined


def _tag(removed: int, added: int) -> Tag:
    if removed and added:
        return "replace"
    return "delete" if removed else "insert"


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[Opcode]:
    here, there = 0, 0
    for edit in align(old, new, _Lines()):
        if edit.move is Move.MATCH:
            yield "equal", here, here + edit.same, there, there + edit.same
            here, there = here + edit.same, there + edit.same
            continue
        removed, added = int(edit.left is not None), int(edit.right is not None)
        yield _tag(removed, added), here, here + removed, there, there + added
        here, there = here + removed, there + added


class _Lines:
    """Lines are equal or not."""

    def same(self, left: str, right: str) -> bool:
        return left == right

    def may_change(self, left: str, right: str) -> bool:
        return False

    def full_key(self, entry: str) -> Hashable:
        return entry

    def key(self, entry: str) -> Hashable:
        return entry

    def kind(self, entry: str) -> Hashable:
        return None

    def size_bytes(self, entry: str) -> int:
        return _LINE_BYTES + len(entry)

    def place(self, left: str | None, right: str | None) -> bool:
        return True
