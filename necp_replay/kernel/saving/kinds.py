"""What a field of a saved object can hold."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias


class Atom(enum.Enum):
    """A value that stands for itself, or for its place in the table of contents."""

    INT = "a number"
    BOOL = "true or false"
    STR = "text"
    BYTES = "bytes"
    BYTEARRAY = "bytes that can be changed"
    NAME = "what a record can name: an id, text, a number, or the pid and number of an fd"
    PRIVILEGES = "true, false, or a list of names and numbers"


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value or None."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Ref:
    """An object of one of these classes, which others may hold too."""

    classes: tuple[type, ...]


@dataclass(frozen=True, slots=True)
class Same:
    """An object that never changes and has no identity: equal ones are written once."""

    class_: type


@dataclass(frozen=True, slots=True)
class Own:
    """A record or a named tuple that nothing else holds, made by its constructor."""

    class_: type
    fields: tuple[tuple[str, Kind], ...]


@dataclass(frozen=True, slots=True)
class EnumMember:
    """A member of an enumeration, written as its value."""

    class_: type[enum.Enum]


@dataclass(frozen=True, slots=True)
class Many:
    """Any number of values of one kind, in order. ``make`` builds the container from a list."""

    make: Callable[[list[Any]], Any]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Sorted:
    """A set. Its members are written sorted."""

    make: Callable[[list[Any]], Any]
    kind: Kind
    key: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """A tuple with one kind for each place."""

    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Map:
    """A dictionary, in its order. ``make`` builds it from a list of pairs."""

    key: Kind
    value: Kind
    make: Callable[[list[Any]], Any] = dict


Kind: TypeAlias = Atom | Maybe | Ref | Same | Own | EnumMember | Many | Sorted | Fixed | Map

INT: Final = Atom.INT
BOOL: Final = Atom.BOOL
STR: Final = Atom.STR
BYTES: Final = Atom.BYTES
BYTEARRAY: Final = Atom.BYTEARRAY


def ref(*classes: type) -> Ref:
    """An object of one of these classes."""
    return Ref(classes)


def listed(kind: Kind) -> Many:
    """A list of one kind."""
    return Many(list, kind)


def series(kind: Kind) -> Many:
    """A tuple of any length."""
    return Many(tuple, kind)


def fixed(*kinds: Kind) -> Fixed:
    """A tuple with these kinds."""
    return Fixed(kinds)


def own(class_: type, **fields: Kind) -> Own:
    """A record with these fields, in the order of its constructor."""
    return Own(class_, tuple(fields.items()))
