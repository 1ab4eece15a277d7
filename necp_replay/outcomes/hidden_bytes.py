"""Finds differences between two outcomes that are decoded to the same text.

Text does not show everything: trailing zeros, bytes after the returned length, whether a buffer
was looked at. To find what it hides, each differing field is replaced in the expected outcome by
itself. If the text stays the same, the field is hidden, and is reported as it is.
"""

from __future__ import annotations

import dataclasses
import enum
import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, TypeAlias

from necp_replay.events.outcome import Answer, Outcome
from necp_replay.events.user_buffer import BufferDigest, Unseen
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.safe_text import escape

MOST_FIELDS: Final = 64
"""Fields of one record that are tried. A record with more has enough differences that show."""
_SHOWN_BYTES: Final = 16


_Step: TypeAlias = str | int
"""From a value to a part of it: the name of a field, or a place in a tuple."""


class _Leaf(NamedTuple):
    """One differing field, and the steps that lead to it."""

    steps: tuple[_Step, ...]
    expected: Any
    actual: Any

    @property
    def path(self) -> str:
        """The steps as text, such as ``effects[0].error``."""
        words = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.steps)
        return "".join(words).removeprefix(".")


def hidden_differences(
    expected: Outcome,
    actual: Outcome,
    looks_as_expected: Callable[[Outcome], bool],
    *,
    measured_only: bool,
    is_any_shown: bool,
) -> list[FieldDifference]:
    """The differing fields that the text does not show.

    If the text shows some difference, only byte strings are tried, since all other fields have a
    place of their own in the text.
    """
    leaves = list(
        itertools.islice(_leaves(expected, actual, (), measured_only=measured_only), MOST_FIELDS)
    )
    if is_any_shown:
        leaves = [leaf for leaf in leaves if _is_of_bytes(leaf)]
    hidden = [
        leaf for leaf in leaves if looks_as_expected(_with_part(expected, leaf.steps, leaf.actual))
    ]
    if not hidden and not is_any_shown:
        # Each field changes the text, but all of them together do not.
        hidden = leaves
    if not is_any_shown and any(_is_of_answer(leaf) for leaf in hidden):
        # An outcome without an answer has the same text as one whose buffers are not shown.
        old, new = _seen_of(expected.answer), _seen_of(actual.answer)
        if old != new:
            hidden = [leaf for leaf in hidden if not _is_of_answer(leaf)]
            answer = FieldDifference(Layer.OUTPUT, "answer", old, new)
            return [answer, *(_difference(leaf, _layer(leaf)) for leaf in hidden)]
    return [_difference(leaf, _layer(leaf)) for leaf in hidden]


def _is_of_answer(leaf: _Leaf) -> bool:
    """Whether it is a part of an answer other than its bytes."""
    return leaf.steps[:1] == ("answer",) and not isinstance(leaf.expected, bytes)


def _seen_of(answer: Answer | None) -> str | None:
    """The name of an answer, and why some of its buffers are not seen."""
    if answer is None:
        return None
    values = [(each.name, getattr(answer, each.name)) for each in dataclasses.fields(answer)]
    reasons = [f"{name}: {value.value}" for name, value in values if isinstance(value, Unseen)]
    return f"{type(answer).__name__} {'; '.join(reasons)}".strip()


def field_differences(expected: Any, actual: Any, layer: Layer) -> list[FieldDifference]:
    """Every field in which two inputs or outcomes differ, without decoding; at most 64."""
    leaves = itertools.islice(_leaves(expected, actual, (), measured_only=False), MOST_FIELDS)
    return [_difference(leaf, layer) for leaf in leaves]


def _leaves(
    expected: Any, actual: Any, steps: tuple[_Step, ...], *, measured_only: bool
) -> Iterator[_Leaf]:
    kind = type(expected)
    if kind is not type(actual) or isinstance(expected, BufferDigest | enum.Enum):
        if kind is not type(actual) or expected != actual:
            yield _Leaf(steps, expected, actual)
    elif names := _compared_fields(expected.__class__, measured_only):
        for name in names:
            old, new = getattr(expected, name), getattr(actual, name)
            if old is not new:
                yield from _leaves(old, new, (*steps, name), measured_only=measured_only)
    elif isinstance(expected, tuple) and len(expected) == len(actual):
        for place, (old, new) in enumerate(zip(expected, actual, strict=True)):
            if old is not new:
                yield from _leaves(old, new, (*steps, place), measured_only=measured_only)
    elif expected != actual:
        yield _Leaf(steps, expected, actual)


@cache
def _compared_fields(kind: type, measured_only: bool) -> tuple[str, ...]:
    """The fields of a data class that are compared. Nothing else has any."""
    if not dataclasses.is_dataclass(kind):
        return ()
    fields = dataclasses.fields(kind)
    return tuple(field.name for field in fields if field.compare or not measured_only)


def _with_part(whole: Any, steps: Sequence[_Step], part: Any) -> Any:
    """A value with one of its parts replaced."""
    if not steps:
        return part
    step, *rest = steps
    if isinstance(step, int):
        return (*whole[:step], _with_part(whole[step], rest, part), *whole[step + 1 :])
    return dataclasses.replace(whole, **{step: _with_part(getattr(whole, step), rest, part)})


def _is_of_bytes(leaf: _Leaf) -> bool:
    return any(
        isinstance(value, bytes | BufferDigest | enum.Enum)
        for value in (leaf.expected, leaf.actual)
    )


def _layer(leaf: _Leaf) -> Layer:
    match leaf.steps:
        case ("effects", *_):
            return Layer.EFFECTS
        case ("answer", *_):
            return Layer.OUTPUT
        case _:
            return Layer.RETURN


def _difference(leaf: _Leaf, layer: Layer) -> FieldDifference:
    path = leaf.path.removeprefix("answer.")
    expected, actual = leaf.expected, leaf.actual
    if not (isinstance(expected, bytes) and isinstance(actual, bytes)):
        return FieldDifference(layer, path, _text(expected), _text(actual))
    place = next(
        (i for i, (old, new) in enumerate(zip(expected, actual, strict=False)) if old != new),
        min(len(expected), len(actual)),
    )
    return FieldDifference(
        layer, f"{path} bytes", _bytes_text(expected, place), _bytes_text(actual, place)
    )


def _bytes_text(content: bytes, place: int) -> str:
    """The bytes from the first difference on."""
    shown = content[place : place + _SHOWN_BYTES].hex() or "the end"
    dots = "..." if len(content) > place + _SHOWN_BYTES else ""
    return f"{len(content)} bytes, at {place}: {shown}{dots}"


def _text(value: Any) -> str:
    match value:
        case None:
            return "none"
        case bytes():
            return f"{len(value)} bytes 0x{value[:_SHOWN_BYTES].hex()}"
        case enum.Enum():
            return value.name
        case str():
            return escape(value)
        case int():
            return str(int(value))
        case tuple():
            return f"{len(value)} of them"
        case _:
            return escape(repr(value))
