"""Unmeasured parts of outcomes: their names, and two outcomes without what one does not know.

The name of a part is ``errno``, ``retval``, ``answer`` (all of it), a field of the answer such as
``buffer``, bytes of such a field such as ``buffer[64:]`` or ``buffer[4:8]``, ``effects`` (all of
them), or the effects of one kind such as ``effects.log``. What stands in an unmeasured part says
nothing. Docs: docs/decisions/0008-partial-knowledge.md.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, get_args

from necp_replay.dataclass import dataclass
from necp_replay.events.answers import NATURAL_ANSWERS
from necp_replay.events.effects import BEYOND_VECTORS, EFFECT_NAMES, Effect
from necp_replay.events.json_shapes import field_types
from necp_replay.events.outcome import (
    Absent,
    Answer,
    NotDetermined,
    Outcome,
    Panicked,
    TypeConfused,
)
from necp_replay.events.snapshot import Snapshot
from necp_replay.events.user_buffer import BufferDigest, OutBuffer, Unseen

MAX_PARTS: Final = 64
"""The most unmeasured parts of one outcome, and of one input."""
_PART: Final = re.compile(r"([a-z_]+)(?:\.([a-z_]+)|\[([0-9]{1,8}):([0-9]{1,8})?\])?", re.ASCII)
_WITHOUT_FIELDS: Final = (Panicked, TypeConfused, Absent, NotDetermined)


@dataclass(frozen=True, slots=True)
class Part:
    """One unmeasured part: a name, and what of it if not all: a kind of effects, or bytes."""

    name: str
    kind: type | None = None
    begin: int | None = None
    end: int | None = None


@functools.lru_cache(4096)
def parse_part(text: str) -> Part:
    """Read the name of a part. Raises ValueError for one that no outcome has."""
    found = _PART.fullmatch(text)
    if found is not None:
        name, kind, begin, end = found.groups()
        if kind is not None and name == "effects" and kind in EFFECT_NAMES:
            return Part(name, EFFECT_NAMES[kind])
        if begin is not None and name in BYTES_FIELDS and (end is None or int(begin) < int(end)):
            return Part(name, None, int(begin), None if end is None else int(end))
        if kind is None and begin is None and (name in _WHOLE or name in _FIELDS):
            return Part(name)
    raise ValueError(f"unmeasured: no outcome has a part {text!r}")


def normal_parts(parts: Iterable[str], answer: type | None = None) -> tuple[str, ...]:
    """The parts in order, each once. Raises ValueError for one that no outcome has.

    With the class of an ``answer``, also for a field that it does not have.
    """
    found = tuple(sorted(set(parts)))
    if len(found) > MAX_PARTS:
        raise ValueError(f"unmeasured: more than {MAX_PARTS} parts")
    for text in found:
        name = parse_part(text).name
        if answer is not None and name not in _WHOLE and name not in _fields_of(answer):
            raise ValueError(f"unmeasured: {answer.__name__} has no field {name!r}")
    return found


def answer_fields(answer_class: type) -> Mapping[str, Any]:
    """The fields of an answer, which are parts of its outcome, and their values when unmeasured.

    An unmeasured answer with one field is None.
    """
    return _fields_of(answer_class)


def without_parts(outcome: Outcome, parts: Iterable[str]) -> Outcome:
    """An outcome without some more parts, as far as it has them."""
    names = {*outcome.unmeasured, *parts}
    fields = _fields_of(type(outcome.answer))
    found = [each for each in names if (name := parse_part(each).name) in _WHOLE or name in fields]
    return with_unmeasured(outcome, found) if found else outcome


def with_unmeasured(outcome: Outcome, parts: Iterable[str]) -> Outcome:
    """An outcome of which some parts are not known. Raises ValueError for parts it cannot have."""
    answer = outcome.answer
    fields = () if answer is None else _fields_of(type(answer))
    names = set(parts)
    if len(fields) == 1 and names.intersection(fields):
        names = names.difference(fields) | {"answer"}
    if "answer" in names:
        names -= {text for text in names if parse_part(text).name in fields}
    return _without(outcome, normal_parts(names, None if answer is None else type(answer)))


def comparable(
    expected: Outcome,
    actual: Outcome,
    *,
    shown_only: bool = False,
    actual_shown_only: bool = False,
) -> tuple[Outcome, Outcome]:
    """Both outcomes without the parts that are unmeasured in one of them.

    ``unmeasured`` of both names these parts. With ``shown_only`` the expected outcome holds only
    what was observed, and what it leaves out is unmeasured, too; ``actual_shown_only`` says the
    same of the other.
    """
    parts = dict.fromkeys((*expected.unmeasured, *actual.unmeasured))
    if shown_only:
        parts.update(dict.fromkeys(_left_out(expected, actual)))
        actual = _without_unseen_details(expected, actual)
    if actual_shown_only:
        parts.update(dict.fromkeys(_left_out(actual, expected)))
        expected = _without_unseen_details(actual, expected)
    if not parts:
        return expected, actual
    if "out_buffer" in parts:
        parts["beyond_vectors"] = None
    for text in list(parts):
        part = parse_part(text)
        if part.begin is not None and any(
            _is_digest(each, part.name) for each in (expected, actual)
        ):
            # A digest is of all bytes, so it cannot be compared where some are not known.
            del parts[text]
            parts[part.name] = None
    names = tuple(sorted(parts))
    return _without(expected, names), _without(actual, names)


def knows_nothing(outcome: Outcome) -> bool:
    """Whether no part of an outcome is known, so that there is nothing to compare."""
    parts = {text for text in outcome.unmeasured if parse_part(text) == Part(text)}
    if "effects" not in parts or (outcome.errno is not None and "errno" not in parts):
        return False
    if outcome.retval is not None and "retval" not in parts:
        return False
    answer = outcome.answer
    if answer is None or "answer" in parts:
        return True
    return not isinstance(answer, _WITHOUT_FIELDS) and parts >= set(_fields_of(type(answer)))


def _without(outcome: Outcome, parts: tuple[str, ...]) -> Outcome:
    errno, retval, answer, effects = outcome.errno, outcome.retval, outcome.answer, outcome.effects
    for text in parts:
        part = parse_part(text)
        if part.name == "errno":
            errno = None
        elif part.name == "retval":
            retval = None
        elif part.name == "answer":
            answer = None
        elif part.kind is not None:
            effects = tuple(effect for effect in effects if type(effect) is not part.kind)
        elif part.name == "effects":
            effects = ()
        else:
            answer = _without_field(answer, part)
    return Outcome(errno, retval, answer, effects, parts)


def _without_field(answer: Answer | None, part: Part) -> Answer | None:
    fields = _fields_of(type(answer))
    if answer is None or part.name not in fields:
        return answer
    value = fields[part.name]
    if len(fields) == 1 and part.begin is None:
        return None
    if part.begin is not None:
        content = getattr(answer, part.name)
        if not isinstance(content, bytes):
            return answer
        value = _without_bytes(content, part.begin, part.end)
    changed: dict[str, Any] = {part.name: value}
    return replace(answer, **changed)


def _without_bytes(content: bytes, begin: int, end: int | None) -> bytes:
    """Bytes with zeros in a range, and no zeros at the end."""
    kept = content[:begin]
    if end is not None and len(content) > end:
        kept = kept.ljust(end, b"\0") + content[end:]
    return kept.rstrip(b"\0")


def _left_out(shown: Outcome, other: Outcome) -> Iterator[str]:
    """The parts that an outcome leaves out and another one has."""
    if isinstance(shown.answer, _WITHOUT_FIELDS) or isinstance(other.answer, _WITHOUT_FIELDS):
        return
    if shown.errno is None and other.errno is not None:
        yield "errno"
    if shown.errno:
        return
    if shown.retval is None and other.retval is not None:
        yield "retval"
    if shown.answer is None and other.answer is not None:
        yield "answer"
    if shown.answer is not None and type(shown.answer) is type(other.answer):
        for name in _fields_of(type(shown.answer)):
            if (
                getattr(shown.answer, name) is Unseen.NOT_SHOWN
                and getattr(other.answer, name) is not Unseen.NOT_SHOWN
            ):
                yield name


def _without_unseen_details(shown: Outcome, other: Outcome) -> Outcome:
    """The other outcome without effects, and fields of effects, that vectors never record."""
    effects = other.effects
    if not any(isinstance(effect, BEYOND_VECTORS) for effect in shown.effects):
        effects = tuple(effect for effect in effects if not isinstance(effect, BEYOND_VECTORS))
    if len(effects) == len(shown.effects):
        effects = tuple(map(_without_details, shown.effects, effects))
    return other if effects == other.effects else replace(other, effects=effects)


def _without_details(shown: Effect, other: Effect) -> Effect:
    if type(shown) is not type(other):
        return other
    unseen: dict[str, Any] = {
        field.name: None
        for field in dataclasses.fields(shown)
        if not field.compare and getattr(shown, field.name) is None
    }
    return replace(other, **unseen) if unseen else other


def _is_digest(outcome: Outcome, name: str) -> bool:
    return isinstance(getattr(outcome.answer, name, None), BufferDigest)


def _fields_of(answer_class: type) -> Mapping[str, Any]:
    """The fields of a class of answers, each with its value when it is unmeasured."""
    return _ANSWER_FIELDS.get(answer_class, {})


def placeholder_of(hint: Any) -> Any:
    """The value of an unmeasured field of a type."""
    if hint in (OutBuffer, OutBuffer | None):
        return Unseen.NOT_SHOWN
    if type(None) in get_args(hint):
        return None
    if typing.get_origin(hint) is tuple:
        return ()
    return _ZEROS.get(hint)


_ZEROS: Final[Mapping[Any, Any]] = {int: 0, bool: False, bytes: b"", str: ""}
_WHOLE: Final = frozenset({"errno", "retval", "answer", "effects"})
_ANSWER_FIELDS: Final[Mapping[type, Mapping[str, Any]]] = {
    answer: {name: placeholder_of(hint) for name, hint in field_types(answer).items()}
    for answer in get_args(Answer)
    if answer not in _WITHOUT_FIELDS
}
_ANSWERS: Final = frozenset(NATURAL_ANSWERS.values())
_FIELDS: Final = frozenset(name for answer in _ANSWERS for name in _fields_of(answer))
BYTES_FIELDS: Final = frozenset(
    name
    for answer in _ANSWERS - {Snapshot}
    for name, hint in field_types(answer).items()
    if hint in (OutBuffer, OutBuffer | None, bytes, bytes | None)
)
"""The fields of answers of which single bytes can be unmeasured."""
assert not _WHOLE & _FIELDS
