"""Data classes as plain JSON values and back. A value that does not fit its type is an error.

The form follows from the types that the classes declare: a data class is an object, a member of an
enumeration its name, a set a sorted list. Text that is not UTF-8, such as names of files, is
written as its bytes. Records are in the form of `events/json_form.py`.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import os
import sys
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from re import IGNORECASE
from typing import Any, Final

from necp_replay.outcomes.safe_text import visible
from necp_replay.rules.pattern import Patterns, patterns

_MOST_DEPTH: Final = 40
_BYTES: Final = "bytes"
_SAFE_TEXT: Final = ("necp_replay.outcomes.", "necp_replay.replay.facts.")
"""The text of these classes is printed as it is: it was made safe where the report was made."""
_PATH: Final = "golden"
"""The name of the only field that is a path, which is made safe where it is printed."""
_LINES: Final = frozenset({"error", "hint", "unforeseen"})
"""The names of their fields whose text may have several lines."""


def to_plain(value: Any) -> Any:
    """A value of a data class as what `json` writes."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if _is_utf8(value) else {_BYTES: os.fsencode(value).hex()}
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Patterns):
        ignore_case = any(each.flags & IGNORECASE for each in value.compiled)
        return {"texts": to_plain(value.texts), "ignore_case": ignore_case}
    if isinstance(value, Mapping):
        return [[to_plain(key), to_plain(each)] for key, each in value.items()]
    if isinstance(value, frozenset):
        return sorted(map(to_plain, value))
    if isinstance(value, list | tuple):
        return [to_plain(each) for each in value]
    name = type(value).__name__
    if name == "Sides":
        return _sides_to_plain(value)
    if dataclasses.is_dataclass(value):
        return {
            each.name: to_plain(getattr(value, each.name))
            for each in dataclasses.fields(value)
            if each.init
        }
    raise TypeError(f"{name} has no plain form")


def from_plain(kind: Any, plain: Any, depth: int = 0) -> Any:
    """The value of a type that :func:`to_plain` wrote. Raises ValueError."""
    if depth > _MOST_DEPTH:
        raise ValueError("nested too deeply")
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _from_union(kind, plain, depth)
    if origin in (list, tuple, frozenset, dict, Mapping):
        return _from_container(origin, typing.get_args(kind), plain, depth)
    if kind is str:
        return _text(plain)
    if kind is float and type(plain) is int:
        return float(plain)
    if kind in (bool, int, float, type(None)):
        if type(plain) is not kind and not (kind is type(None) and plain is None):
            raise ValueError(f"expected {kind.__name__}, not {type(plain).__name__}")
        return plain
    reader = _reader_of(kind)
    if reader is not None:
        return reader(plain)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        if not isinstance(plain, str) or plain not in kind.__members__:
            raise ValueError(f"{plain!r:.100} is no {kind.__name__}")
        return kind[plain]
    if dataclasses.is_dataclass(kind):
        return _from_object(kind, plain, depth)
    raise TypeError(f"{kind} has no plain form")


def _from_union(kind: Any, plain: Any, depth: int) -> Any:
    members = [each for each in typing.get_args(kind) if each is not type(None)]
    if plain is None and len(members) < len(typing.get_args(kind)):
        return None
    if len(members) != 1:
        raise TypeError(f"{kind} has no plain form")
    return from_plain(members[0], plain, depth + 1)


def _from_container(origin: type, arguments: Any, plain: Any, depth: int) -> Any:
    if not isinstance(plain, list):
        raise ValueError(f"expected a list, not {type(plain).__name__}")
    if origin not in (dict, Mapping):
        return origin(from_plain(arguments[0], each, depth + 1) for each in plain)
    if not all(isinstance(each, list) and len(each) == 2 for each in plain):
        raise ValueError("expected pairs")
    key_kind, value_kind = arguments
    return {
        from_plain(key_kind, key, depth + 1): from_plain(value_kind, value, depth + 1)
        for key, value in plain
    }


def _from_object(kind: Any, plain: Any, depth: int) -> Any:
    if not isinstance(plain, dict):
        raise ValueError(f"expected an object for {kind.__name__}, not {type(plain).__name__}")
    hints = _hints(kind)
    unknown = plain.keys() - hints.keys()
    if unknown:
        raise ValueError(f"{kind.__name__} has no {min(unknown)!r:.100}")
    values = {}
    for name, each in plain.items():
        try:
            values[name] = from_plain(hints[name], each, depth + 1)
            if kind.__module__.startswith(_SAFE_TEXT) and name != _PATH:
                values[name] = _made_safe(values[name], has_lines=name in _LINES)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError(f"{kind.__name__}: {error}") from None


def _made_safe(value: Any, *, has_lines: bool) -> Any:
    """Text, or a list or tuple of texts, without what acts on a terminal."""
    if isinstance(value, str):
        lines = value.split("\n") if has_lines else [value]
        return "\n".join(map(visible, lines))
    if isinstance(value, list | tuple) and value and isinstance(value[0], str):
        return type(value)(map(visible, value))
    return value


@functools.cache
def _hints(kind: type) -> Mapping[str, Any]:
    """The types of the fields of a data class, also of those that are imported for types only."""
    from necp_replay.outcomes.record_difference import RecordDifference
    from necp_replay.outcomes.timeline import Timeline
    from necp_replay.replay.facts.likely_fact import LikelyFact

    more = {each.__name__: each for each in (RecordDifference, Timeline, LikelyFact, Fraction)}
    found = typing.get_type_hints(kind, {**more, **vars(sys.modules[kind.__module__])})
    wanted = {each.name for each in dataclasses.fields(kind) if each.init}
    return {name: hint for name, hint in found.items() if name in wanted}


def _sides_to_plain(sides: Any) -> dict[str, Any]:
    from necp_replay.events.json_form import outcome_to_json, step_to_json

    step = sides.step
    event = None if step is None else step.input
    return {
        "expected": to_plain(sides.expected),
        "actual": to_plain(sides.actual),
        "passed": to_plain(sides.passed),
        "step": None if step is None else step_to_json(step),
        **{
            name: None if (found := getattr(sides, name)) is None else outcome_to_json(found, event)
            for name in ("expected_outcome", "actual_outcome")
        },
        "measured_only": sides.measured_only,
    }


def _sides_from_plain(plain: Any) -> Any:
    from necp_replay.events.json_form import outcome_from_json, step_from_json
    from necp_replay.outcomes.sides import Sides

    if not isinstance(plain, dict):
        raise ValueError("expected an object for Sides")
    expected, actual, passed = (
        from_plain(tuple[str, ...], plain.get(name)) for name in ("expected", "actual", "passed")
    )
    step = None if plain.get("step") is None else step_from_json(plain["step"])
    old, new = (
        None
        if step is None or plain.get(name) is None
        else outcome_from_json(step.input, plain[name])
        for name in ("expected_outcome", "actual_outcome")
    )
    measured_only = from_plain(bool, plain.get("measured_only"))
    return Sides(expected, actual, passed, step, old, new, measured_only)


def _text(plain: Any) -> str:
    if isinstance(plain, str):
        return plain
    if isinstance(plain, dict) and plain.keys() == {_BYTES} and isinstance(plain[_BYTES], str):
        return os.fsdecode(bytes.fromhex(plain[_BYTES]))
    raise ValueError(f"expected text, not {type(plain).__name__}")


def _patterns(plain: Any) -> Patterns:
    if not isinstance(plain, dict) or plain.keys() != {"texts", "ignore_case"}:
        raise ValueError("expected patterns")
    texts = from_plain(tuple[str, ...], plain["texts"])
    return patterns(texts, ignore_case=from_plain(bool, plain["ignore_case"]))


def _day(plain: Any) -> date:
    return date.fromisoformat(_text(plain))


def _fraction(plain: Any) -> Fraction:
    try:
        return Fraction(_text(plain))
    except ZeroDivisionError:
        raise ValueError("expected a fraction") from None


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _reader_of(kind: Any) -> Callable[[Any], Any] | None:
    """The function for a type that is not read field by field."""
    if getattr(kind, "__name__", "") == "Sides":
        # Importing the class itself would import the classes of all records.
        return _sides_from_plain
    return _READERS.get(kind)


_READERS: Final[dict[Any, Callable[[Any], Any]]] = {
    Patterns: _patterns,
    date: _day,
    Fraction: _fraction,
}
