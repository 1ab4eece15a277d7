"""From rows to objects. Every value is checked, since rows may come from strangers."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, cast

from necp_replay.errors import SavedStateError
from necp_replay.kernel.saving.classes import CLASSES, MachineParts
from necp_replay.kernel.saving.flatten import Flattened
from necp_replay.kernel.saving.kinds import (
    Atom,
    EnumMember,
    Fixed,
    Kind,
    Many,
    Map,
    Maybe,
    Own,
    Ref,
    Same,
    Sorted,
)
from necp_replay.releases.profile import Profile

_Read: TypeAlias = Callable[[Any], Any]


def rebuild(flat: Flattened, profile: Profile) -> MachineParts:
    """The objects of rows. They share nothing that can change with any others.

    Raises SavedStateError for rows that are not of a state.
    """
    return _Rebuilding(flat, profile).parts()


class _Rebuilding:
    """Makes a blank object for each row, then fills the fields of all of them."""

    def __init__(self, flat: Flattened, profile: Profile) -> None:
        self._rows = flat.rows
        self._contents = flat.contents
        self._profile = profile
        self._objects: list[Any] = []
        self._readers: dict[Kind, _Read] = {}

    def parts(self) -> MachineParts:
        objects = self._objects
        for row in self._rows[1:]:
            number = _number(row[0] if _is_series(row) and row else None, len(CLASSES))
            if number == 0:
                raise _wrong("there is more than one root")
            objects.append(CLASSES[number].blank(self._profile))
        # The root is a tuple, and nothing refers to it.
        objects.insert(0, None)
        root = self._fields(self._rows[0]) if self._rows else []
        if not self._rows or self._rows[0][0] != 0:
            raise _wrong("there is no root")
        for value, row in zip(objects[1:], self._rows[1:], strict=True):
            self._fill(value, row)
        for value, row in zip(objects[1:], self._rows[1:], strict=True):
            complete = CLASSES[row[0]].after
            if complete is not None:
                complete(value)
        return MachineParts(*root)

    def _fields(self, row: Any) -> list[Any]:
        """The values of a row's fields."""
        kinds = CLASSES[_number(row[0] if _is_series(row) and row else None, len(CLASSES))].fields
        if len(row) != len(kinds) + 1:
            raise _wrong("a row has too many or too few fields")
        return [
            self._reader(kind)(value) for kind, value in zip(kinds.values(), row[1:], strict=True)
        ]

    def _fill(self, value: Any, row: Any) -> None:
        for name, field in zip(CLASSES[row[0]].fields, self._fields(row), strict=True):
            setattr(value, name, field)

    def _reader(self, kind: Kind) -> _Read:
        read = self._readers.get(kind)
        if read is None:
            read = self._readers[kind] = self._make_reader(kind)
        return read

    def _make_reader(self, kind: Kind) -> _Read:
        match kind:
            case Atom.INT:
                return _int
            case Atom.BOOL:
                return _bool
            case Atom.STR:
                return _str
            case Atom.BYTES:
                return self._content
            case Atom.BYTEARRAY:
                return self._bytearray
            case Atom.NAME:
                return self._name
            case Atom.PRIVILEGES:
                return _privileges
            case Maybe(inner):
                return _maybe(self._reader(inner))
            case Ref(classes):
                return self._ref(frozenset(classes))
            case Same(class_):
                return self._ref(frozenset((class_,)))
            case EnumMember(class_):
                return _member(class_)
            case Own(class_, fields):
                return _own(class_, tuple(self._reader(each) for _, each in fields))
            case Fixed(kinds):
                return _own(_tuple_of, tuple(map(self._reader, kinds)))
            case Many(make, inner):
                return _many(make, self._reader(inner))
            case Sorted(make, inner):
                return _set(make, self._reader(inner))
            case Map(key, value, make):
                return _map(make, self._reader(key), self._reader(value))

    def _content(self, value: Any) -> bytes:
        return self._contents[_number(value, len(self._contents))]

    def _bytearray(self, value: Any) -> bytearray:
        return bytearray(self._content(value))

    def _name(self, value: Any) -> Any:
        tag, named = _tuple(value, 2)
        if tag == 0:
            return self._content(named)
        if _is_series(named):
            return tuple(map(_int, _tuple(named, 2)))
        return named if type(named) is str else _int(named)

    def _ref(self, classes: frozenset[type]) -> _Read:
        objects = self._objects

        def read(value: Any) -> Any:
            found = objects[_number(value, len(objects))]
            if type(found) not in classes:
                raise _wrong("a field refers to an object of another class")
            return found

        return read


def _wrong(why: str) -> SavedStateError:
    return SavedStateError(f"this is not a saved state of the engine: {why}")


def _is_series(value: Any) -> bool:
    return type(value) in (tuple, list)


def _tuple(value: Any, length: int) -> Sequence[Any]:
    if not _is_series(value) or len(value) != length:
        raise _wrong("a field has too many or too few parts")
    return cast(Sequence[Any], value)


def _number(value: Any, limit: int) -> int:
    if type(value) is not int or not 0 <= value < limit:
        raise _wrong("a field refers to nothing")
    return value


def _int(value: Any) -> int:
    # A field of numbers may hold a truth value, which is a number too.
    if not isinstance(value, int):
        raise _wrong("a field is not a number")
    return value


def _bool(value: Any) -> bool:
    if type(value) is not bool:
        raise _wrong("a field is neither true nor false")
    return value


def _str(value: Any) -> str:
    if type(value) is not str:
        raise _wrong("a field is not text")
    return value


def _privileges(value: Any) -> Any:
    if type(value) is bool:
        return value
    return _many(tuple, _str_or_int)(value)


def _str_or_int(value: Any) -> str | int:
    return value if type(value) is str else _int(value)


def _maybe(read: _Read) -> _Read:
    def read_known(value: Any) -> Any:
        return None if value is None else read(value)

    return read_known


def _member(class_: type[enum.Enum]) -> _Read:
    members = {member.value: member for member in class_}

    def read(value: Any) -> enum.Enum:
        member = members.get(value) if type(value) in (int, str, bool) else None
        if member is None:
            raise _wrong("a field is none of the values that it can have")
        return member

    return read


def _tuple_of(*values: Any) -> tuple[Any, ...]:
    return values


def _own(make: Callable[..., Any], readers: tuple[_Read, ...]) -> _Read:
    def read(value: Any) -> Any:
        parts = _tuple(value, len(readers))
        return make(*[read(part) for read, part in zip(readers, parts, strict=True)])

    return read


def _many(make: Callable[[list[Any]], Any], read: _Read) -> _Read:
    def read_all(value: Any) -> Any:
        if not _is_series(value):
            raise _wrong("a field is not a list")
        return make([read(each) for each in value])

    return read_all


def _set(make: Callable[[list[Any]], Any], read: _Read) -> _Read:
    read_members = _many(list, read)

    def read_set(value: Any) -> Any:
        members = read_members(value)
        made = make(members)
        if len(made) != len(members):
            raise _wrong("a set has a member twice")
        return made

    return read_set


def _map(make: Callable[[list[Any]], Any], read_key: _Read, read_value: _Read) -> _Read:
    read_pairs = _many(list, _own(_tuple_of, (read_key, read_value)))

    def read(value: Any) -> Any:
        pairs = read_pairs(value)
        made = make(pairs)
        if len(made) != len(pairs):
            raise _wrong("a key is there twice")
        return made

    return read
