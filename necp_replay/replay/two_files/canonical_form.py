"""The canonical form of a record, in which generated ids are numbered; replacing ids in a record.

An id may occur anywhere in what was passed and returned: in a field, in a TLV, in the middle of a
buffer. So every byte string is searched for the ids that the trace has generated so far, at every
offset.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import hashlib
import operator
from collections.abc import Callable, Container, Mapping
from typing import Any, Final

from necp_replay.abi.uuid import UUID_BYTES, ZERO_UUID
from necp_replay.align.up_to_renaming import CanonicalForm
from necp_replay.dataclass import dataclass
from necp_replay.events import outcome as outcomes
from necp_replay.events.equality import as_measured
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.user_buffer import UserBuffer

DIGEST_BYTES: Final = 16

_CUT: Final[Mapping[type, frozenset[str]]] = {
    UserBuffer: frozenset({"content"}),
    outcomes.ActionBuffers: frozenset({"client_id", "buffer"}),
    outcomes.SessionBuffer: frozenset({"out_buffer"}),
    outcomes.MatchResult: frozenset({"result"}),
    outcomes.AttributesAnswer: frozenset({"buffer"}),
}
"""Fields whose trailing zeros are not stored. An id that ends in zeros may be cut there."""


def canonical_form(
    step: Step, outcome: Outcome | None, generated: Container[bytes], *, measured: bool
) -> CanonicalForm[bytes]:
    """A record's canonical form; ``measured`` leaves out what vectors do not measure."""
    if measured and outcome is not None:
        outcome = as_measured(outcome)
    numbers: dict[bytes, int] = {}
    walk = _Walk(generated, numbers, measured)
    event = walk.value(step.input)
    shown = repr(event)
    key = _digest(shown)
    input_ids = len(numbers)
    now_ns = None if step.now_ns is None else int(step.now_ns)
    # Different tuples of numbers, bytes and strings have different representations.
    rest = repr((key, walk.value(step.uuids), now_ns, walk.value(outcome)))
    return CanonicalForm(key, _digest(rest), tuple(numbers), input_ids, len(shown) + len(rest))


def _digest(shown: str) -> bytes:
    return hashlib.blake2b(shown.encode(), digest_size=DIGEST_BYTES).digest()


@dataclass(slots=True)
class _Walk:
    """Takes values of the vocabulary apart. ``numbers`` has the ids found so far."""

    generated: Container[bytes]
    numbers: dict[bytes, int]
    measured: bool

    def value(self, value: Any) -> object:
        """A value as nested tuples and lists, with its ids numbered."""
        kind: Any = type(value)
        if kind is bytes:
            return self.content(value)
        if kind is int or kind is str or value is None:
            return value
        if isinstance(value, int):
            return int(value)
        if kind is tuple:
            return [self.value(item) for item in value]
        if isinstance(value, enum.Enum):
            return (kind.__name__, value.name)
        name, get_whole, get_measured = _fields_of(kind)
        read = get_measured if self.measured else get_whole
        return (name, *[self.value(item) for item in read(value)])

    def content(self, content: bytes) -> object:
        """Bytes split at the ids in them, each replaced by its number."""
        places = id_places(content, self.generated)
        if not places:
            return content
        parts: list[object] = []
        end = 0
        for place, uuid in places:
            parts += (content[end:place], self.numbers.setdefault(uuid, len(self.numbers)))
            end = place + UUID_BYTES
        parts.append(content[end:])
        return parts


def id_places(content: bytes, generated: Container[bytes]) -> list[tuple[int, bytes]]:
    """The positions of ids in bytes, in order, without overlaps."""
    if not content:
        return []
    places = []
    padded = content + bytes(UUID_BYTES - 1)
    place, end = 0, len(content)
    while place < end:
        found = padded[place : place + UUID_BYTES]
        if found in generated and found != ZERO_UUID:
            places.append((place, found))
            place += UUID_BYTES
        else:
            place += 1
    return places


def with_ids(value: Any, ids: Mapping[bytes, bytes]) -> Any:
    """A step, an outcome or a part of one, with the ids of the mapping replaced."""
    return _with_ids(value, ids, is_cut=False)


def _with_ids(value: Any, ids: Mapping[bytes, bytes], *, is_cut: bool) -> Any:
    kind: type = type(value)
    if kind is bytes:
        return _content_with_ids(value, ids, is_cut=is_cut)
    if value is None or isinstance(value, int | str | enum.Enum):
        return value
    if kind is tuple:
        return tuple([_with_ids(item, ids, is_cut=False) for item in value])
    cut = _CUT.get(kind, frozenset())
    return kind(
        **{
            entry.name: _with_ids(getattr(value, entry.name), ids, is_cut=entry.name in cut)
            for entry in dataclasses.fields(value)
        }
    )


def _content_with_ids(content: bytes, ids: Mapping[bytes, bytes], *, is_cut: bool) -> bytes:
    changed = bytearray(content)
    places = id_places(content, ids)
    for place, uuid in places:
        changed[place : place + UUID_BYTES] = ids[uuid]
    if not places:
        return content
    return bytes(changed).rstrip(b"\0") if is_cut else bytes(changed)


@functools.cache
def _fields_of(kind: type) -> tuple[str, Callable[[Any], Any], Callable[[Any], Any]]:
    """The name of a class, and functions that read all its fields, or only the compared ones."""
    entries = dataclasses.fields(kind)
    compared = [entry.name for entry in entries if entry.compare]
    return kind.__name__, _reader([entry.name for entry in entries]), _reader(compared)


def _reader(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    if not names:
        return lambda value: ()
    get = operator.attrgetter(*names)
    return get if len(names) > 1 else lambda value: (get(value),)
