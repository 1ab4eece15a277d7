"""From objects to rows: plain numbers, text, None, and tuples of them."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final, TypeAlias

from necp_replay.kernel.saving.classes import CLASSES, MachineParts
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
from necp_replay.kernel.saving.saved_class import SavedClass

Plain: TypeAlias = Any
"""A number, text, None, or a tuple of such values."""
Row: TypeAlias = tuple[Plain, ...]
"""The number of a class, then the fields of an object in the order of the table."""
_Write: TypeAlias = Callable[[Any], Plain]


class Flattened:
    """A graph of objects as rows. ``contents`` are the bytes that rows name by number.

    A row is a tuple, or a list where it was read from bytes.
    """

    __slots__ = ("contents", "rows")

    def __init__(self, rows: list[Any], contents: list[bytes]) -> None:
        self.rows = rows
        self.contents = contents


def flatten(parts: MachineParts) -> Flattened:
    """The rows of everything that a machine consists of. It is not changed."""
    return _Flattening().of(parts)


class _Flattening:
    """Numbers objects as they are met, and writes the row of each."""

    def __init__(self) -> None:
        self._rows: list[Any] = []
        """The row of each object; the object itself until its row is written."""
        self._numbers: dict[object, int] = {}
        self._equal: dict[Row, int] = {}
        self._contents: dict[bytes, int] = {}
        self._writers: dict[Kind, _Write | None] = {}
        self._row_of: dict[type, Callable[[Any], Row]] = {}
        for number, each in enumerate(CLASSES):
            self._row_of[each.class_] = self._row_writer(number, each)

    def of(self, parts: MachineParts) -> Flattened:
        rows, row_of = self._rows, self._row_of
        rows.append(parts)
        place = 0
        while place < len(rows):
            written = rows[place]
            if type(written) is not tuple:
                rows[place] = row_of[type(written)](written)
            place += 1
        return Flattened(rows, list(self._contents))

    def _row_writer(self, number: int, saved: SavedClass) -> Callable[[Any], Row]:
        """What writes the row of an object of a class."""
        names = tuple(saved.fields)
        before = saved.before
        getters = [attrgetter(name) for name in names]
        get = attrgetter(*names) if len(names) > 1 else None
        writers = [
            (place, write)
            for place, kind in enumerate(saved.fields.values(), start=1)
            if (write := self._writer(kind)) is not None
        ]

        def row(value: Any) -> Row:
            if before is not None:
                before(value)
            if get is not None:
                fields = [number, *get(value)]
            else:
                fields = [number, *(each(value) for each in getters)]
            for place, write in writers:
                fields[place] = write(fields[place])
            return tuple(fields)

        return row

    def _writer(self, kind: Kind) -> _Write | None:
        """What writes a value of a kind, None where the value stands for itself."""
        if kind not in self._writers:
            self._writers[kind] = self._make_writer(kind)
        return self._writers[kind]

    def _make_writer(self, kind: Kind) -> _Write | None:
        match kind:
            case Atom.BYTES:
                return self._content
            case Atom.BYTEARRAY:
                return self._bytearray
            case Atom.NAME:
                return self._name
            case Atom():
                return None
            case Maybe(inner):
                return _maybe(self._writer(inner))
            case Ref():
                return self._ref
            case Same(class_):
                return self._same(class_)
            case EnumMember():
                return _value_of_member
            case Own(_, fields):
                return self._own(fields)
            case Fixed(kinds):
                return self._fixed(tuple(map(self._writer, kinds)))
            case Many(_, inner):
                return _many(self._writer(inner))
            case Sorted(_, inner, key):
                return _sorted(self._writer(inner), key)
            case Map(key, value):
                return _map(self._writer(key) or _itself, self._writer(value) or _itself)

    def _content(self, value: bytes) -> int:
        contents = self._contents
        number = contents.get(value)
        if number is None:
            number = contents[value] = len(contents)
        return number

    def _bytearray(self, value: bytearray) -> int:
        return self._content(bytes(value))

    def _name(self, value: Any) -> Plain:
        return (_NAME_BYTES, self._content(value)) if type(value) is bytes else (_NAME_ELSE, value)

    def _ref(self, value: object) -> int:
        number = self._numbers.get(value)
        if number is None:
            number = self._numbers[value] = len(self._rows)
            self._rows.append(value)
        return number

    def _same(self, class_: type) -> _Write:
        equal, rows, row_of = self._equal, self._rows, self._row_of

        def write(value: Any) -> int:
            row = row_of[class_](value)
            number = equal.get(row)
            if number is None:
                number = equal[row] = len(rows)
                rows.append(row)
            return number

        return write

    def _own(self, fields: tuple[tuple[str, Kind], ...]) -> _Write:
        getters = tuple(attrgetter(name) for name, _ in fields)
        writers = tuple(self._writer(kind) or _itself for _, kind in fields)

        def write(value: Any) -> Plain:
            return tuple(write(get(value)) for get, write in zip(getters, writers, strict=True))

        return write

    def _fixed(self, writers: tuple[_Write | None, ...]) -> _Write | None:
        if not any(writers):
            return None
        whole = tuple(write or _itself for write in writers)

        def write(value: Any) -> Plain:
            return tuple(write(each) for write, each in zip(whole, value, strict=True))

        return write


def _itself(value: Any) -> Plain:
    return value


def _value_of_member(member: Any) -> Plain:
    return member.value


def _maybe(write: _Write | None) -> _Write | None:
    if write is None:
        return None
    known = write

    def write_known(value: Any) -> Plain:
        return None if value is None else known(value)

    return write_known


def _many(write: _Write | None) -> _Write:
    if write is None:
        return tuple
    known = write

    def write_all(values: Any) -> Plain:
        return tuple(map(known, values)) if values else ()

    return write_all


def _sorted(write: _Write | None, key: Callable[[Any], Any] | None) -> _Write:
    known = write or _itself

    def write_in_order(values: Any) -> Plain:
        return tuple(map(known, sorted(values, key=key)))

    return write_in_order


def _map(write_key: _Write, write_value: _Write) -> _Write:
    def write(values: Any) -> Plain:
        if not values:
            return ()
        return tuple([(write_key(key), write_value(value)) for key, value in values.items()])

    return write


_NAME_BYTES: Final = 0
_NAME_ELSE: Final = 1
"""The prefix of a reference to contents, which tells it from a plain number."""
