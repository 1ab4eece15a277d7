"""All objects of an engine's state that can change."""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from necp_replay.releases.profile import Profile

ATOMS = (int, str, bytes, type(None), enum.Enum, Profile)
CONTAINERS = (list, dict, set, deque, bytearray)


def field_names(class_: type) -> set[str]:
    """The names of the fields of a class with slots."""
    names: set[str] = set()
    for each in class_.__mro__:
        names.update(getattr(each, "__slots__", ()))
    return names


def changeable_objects(
    root: object, names_of: Callable[[type], Iterable[str]] = field_names
) -> list[Any]:
    """Every object below a root that can change, once for each place that holds it.

    ``names_of`` says which fields of a class are looked at.
    """
    found: list[Any] = []
    seen: set[int] = set()
    waiting: list[Any] = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, ATOMS) or callable(value):
            continue
        if not isinstance(value, (tuple, frozenset)):
            found.append(value)
            if id(value) in seen:
                continue
            seen.add(id(value))
        waiting.extend(_held(value, names_of))
    return found


def _held(value: Any, names_of: Callable[[type], Iterable[str]]) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value
        yield from value.values()
    elif isinstance(value, (tuple, frozenset, list, set, deque)):
        yield from value
    for name in (*names_of(type(value)), *getattr(value, "__dict__", ())):
        if hasattr(value, name):
            yield getattr(value, name)
