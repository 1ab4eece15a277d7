"""Data classes whose methods are written late do what those of the standard library do."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from threading import Barrier, Thread
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from necp_replay.dataclass import dataclass
from tests.complaints import assert_none

_T = TypeVar("_T")


class Plain:
    count: ClassVar[int] = 3
    a: int
    b: str = "x"
    c: list[int] = field(default_factory=list)
    d: int = field(default=4, compare=False, repr=False)

    def total(self) -> int:
        return self.a + self.d + self.count


class OwnEquality:
    a: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OwnEquality)


class Derived:
    a: int = 5
    e: int = 1
    f: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "f", self.e + 1)


class Empty:
    pass


OPTIONS: list[dict[str, bool]] = [
    {},
    {"slots": True},
    {"slots": True, "eq": False},
    {"frozen": True, "slots": True},
    {"frozen": True, "slots": True, "repr": False},
    {"frozen": True, "kw_only": True},
    {"frozen": True, "slots": True, "kw_only": True},
]
USES: list[Callable[[Any], Any]] = [
    lambda kind: kind(a=1),
    lambda kind: kind(1, "y", [2], 5),
    lambda kind: kind(),
    lambda kind: kind(1, e=2),
    lambda kind: kind(a=1) == kind(a=1, d=9),
    lambda kind: kind(a=1) == kind(a=2),
    lambda kind: kind(a=1) == 1,
    lambda kind: kind(a=1).c is kind(a=1).c,
    lambda kind: kind.__hash__ is None,
    lambda kind: hash(kind(a=1, c=())) == hash((1, "x", ())),
    lambda kind: kind.__match_args__,
    lambda kind: [(each.name, each.type, each.compare) for each in dataclasses.fields(kind)],
    lambda kind: dataclasses.replace(kind(a=1), a=2),
    lambda kind: dataclasses.asdict(kind(a=1)),
    lambda kind: copy.deepcopy(kind(a=1, c=[3])).c,
    lambda kind: setattr(kind(a=1), "a", 2),
    lambda kind: delattr(kind(a=1), "a"),
    lambda kind: kind(a=1).total(),
    lambda kind: kind.__slots__,
    lambda kind: kind.__qualname__,
    lambda kind: list(inspect.signature(kind).parameters),
]


def _made(decorator: Any, options: dict[str, bool]) -> list[type]:
    """The classes above as data classes. One is derived from the first."""
    plain = decorator(**options)(_copy(Plain, (object,)))
    others = (decorator(**options)(_copy(each, (object,))) for each in (OwnEquality, Empty))
    return [plain, decorator(**options)(_copy(Derived, (plain,))), *others]


def _copy(kind: type, bases: tuple[type, ...]) -> type:
    parts = vars(kind).items()
    body = {name: value for name, value in parts if name not in ("__dict__", "__weakref__")}
    return type(kind.__name__, bases, body)


def _outcome(use: Callable[[Any], Any], kind: type) -> str:
    """What a use gives as text, or the kind of error that it raises."""
    try:
        return re.sub(r" at 0x\w+", "", repr(use(kind)))
    except Exception as error:  # Many uses are refused, each with an error of its own.
        return type(error).__name__


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_every_use_gives_what_the_standard_library_gives(options: dict[str, bool]) -> None:
    assert_none(
        f"{right.__name__}, use {number}: {_outcome(use, ours)}, not {_outcome(use, right)}"
        for number, use in enumerate(USES)
        # Every use meets classes that nothing has used before.
        for ours, right in zip(
            _made(dataclass, options), _made(dataclasses.dataclass, options), strict=True
        )
        if _outcome(use, ours) != _outcome(use, right)
    )


@dataclass(frozen=True, slots=True)
class Point(Generic[_T]):
    """A point."""

    x: _T
    y: int = 0

    def shown(self) -> str:
        return f"{self.x}, {self.y}"


@dataclass(frozen=True, slots=True)
class Place(Point[_T]):
    """A point in space."""

    z: int = 0

    def shown(self) -> str:
        return f"{super().shown()}, {self.z}"


def test_a_class_with_slots_finds_what_it_derives_from() -> None:
    assert Place(1, 2, 3).shown() == "1, 2, 3"


def test_objects_that_cannot_be_set_are_pickled_and_matched() -> None:
    match pickle.loads(pickle.dumps(Point(1, 2))):
        case Point(x, y):
            assert (x, y) == (1, 2)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        Point(1).x = 2  # type: ignore[misc]  # This is refused here.


def test_nothing_is_compiled_before_a_method_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []

    def note(data_class: type, name: str, *rest: object) -> Any:
        compiled.append(name)
        return object.__init__

    monkeypatch.setattr("necp_replay.dataclass._compiled", note)
    empty = _made(dataclass, {"slots": True})[-1]
    assert compiled == []
    empty()
    assert compiled == ["__init__"]


def test_threads_may_use_a_class_first_at_the_same_time() -> None:
    barrier = Barrier(4)
    kinds = [_made(dataclass, {"slots": True})[0] for _ in range(20)]
    failed = []

    def use() -> None:
        barrier.wait()
        for kind in kinds:
            if _outcome(lambda kind: kind(1), kind) != "Plain(a=1, b='x', c=[])":
                failed.append(kind)

    threads = [Thread(target=use) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
