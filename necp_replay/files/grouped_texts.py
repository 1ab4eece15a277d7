"""Many short texts in little memory, each in a group: such as names of files in their folders."""

from __future__ import annotations

import os
from abc import abstractmethod
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Generic, TypeVar, overload

Group = TypeVar("Group")
Made = TypeVar("Made")


class GroupedTexts(Generic[Group]):
    """Texts by their place. One takes its bytes and sixteen more; each group is kept once."""

    def __init__(self) -> None:
        """Begin without any."""
        self._groups: list[Group] = []
        self._numbers: dict[Group, int] = {}
        self._group_of = array("Q")
        self._ends = array("Q")
        self._bytes = bytearray()

    def add(self, group: Group, text: str) -> None:
        """Add a text, which may hold bytes of a file's name that are no UTF-8."""
        number = self._numbers.setdefault(group, len(self._groups))
        if number == len(self._groups):
            self._groups.append(group)
        self._bytes += os.fsencode(text)
        self._group_of.append(number)
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self._ends)

    def __getitem__(self, place: int) -> tuple[Group, str]:
        """A text with its group. Raises IndexError."""
        if place < 0:
            place += len(self._ends)
        end = self._ends[place]
        begin = self._ends[place - 1] if place else 0
        return self._groups[self._group_of[place]], os.fsdecode(bytes(self._bytes[begin:end]))


class MadeSequence(Sequence[Made]):
    """A sequence whose items are made when they are asked for, each time anew."""

    @abstractmethod
    def _made(self, place: int) -> Made:
        """Make the item at a place. Raises IndexError."""

    @overload
    def __getitem__(self, index: int) -> Made: ...
    @overload
    def __getitem__(self, index: slice) -> list[Made]: ...
    def __getitem__(self, index: int | slice) -> Made | list[Made]:
        """An item by its place, or a list of some."""
        if isinstance(index, slice):
            return [self._made(place) for place in range(*index.indices(len(self)))]
        return self._made(index)

    def __iter__(self) -> Iterator[Made]:
        """Each item."""
        return map(self._made, range(len(self)))


class PathList(MadeSequence[Path]):
    """Paths of files in the order in which they were added."""

    def __init__(self) -> None:
        """Begin without any."""
        self._names: GroupedTexts[Path] = GroupedTexts()

    def add(self, folder: Path, name: str) -> None:
        """Add a file of a folder."""
        self._names.add(folder, name)

    def __len__(self) -> int:
        """How many paths there are."""
        return len(self._names)

    def _made(self, place: int) -> Path:
        folder, name = self._names[place]
        return folder / name
