"""``dataclass`` as in the standard library, whose methods are written when they are first called.

The standard library writes the source of ``__init__``, ``__eq__`` and others while a module is
imported, and Python compiles it. Most of these methods are never called, and a replay of a short
trace spent a third of its time with it.

Theory of operation. The decorator only makes the class: with slots, if asked for. In place of what
the standard library would write is an :class:`_OnFirstUse`. The first time that one is looked up,
it makes the attribute from the fields and puts it into the class in its own place. So a method that
is called often is as fast as one of the standard library. The fields are read by the standard
library itself, from the class as it was declared, which is kept for this.

Type checkers see the standard library's decorator. The engine uses that one, because mypyc compiles
it. ``field``, ``fields``, ``replace`` and the rest are those of the standard library.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, FrozenInstanceError
from reprlib import recursive_repr
from threading import RLock
from types import CellType, FunctionType, MemberDescriptorType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from dataclasses import dataclass as dataclass
else:

    def dataclass(declared: type | None = None, /, **options: bool) -> Any:
        """Make a data class, as ``dataclasses.dataclass`` does with the options of ``_Options``."""
        if declared is None:
            return lambda each: _data_class(each, _Options(**options))
        return _data_class(declared, _Options())


class _Options(NamedTuple):
    """The options of the decorator."""

    frozen: bool = False
    slots: bool = False
    kw_only: bool = False
    eq: bool = True
    repr: bool = True


_NO_METHODS: Final = {"init": False, "repr": False, "eq": False}
_lock: Final = RLock()
"""Only one thread makes attributes."""
_declared: Final[dict[type, tuple[type, _Options]]] = {}
"""What each data class was declared as: a class without anything that the decorator adds."""


def _data_class(declared: type, options: _Options) -> type:
    """Make the data class. Nothing of it is compiled yet."""
    body = dict(vars(declared))
    # Python adds these to a class by itself.
    body.pop("__dict__", None)
    body.pop("__weakref__", None)
    added: dict[str, Any] = {"__init__": _INIT}
    if options.repr:
        added["__repr__"] = _repr
    if options.eq:
        added["__eq__"] = _EQ
        added["__hash__"] = _HASH if options.frozen else None
        if "__eq__" in body and body["__hash__"] is None:
            # Python adds it to a class with an own __eq__.
            del body["__hash__"]
    if options.frozen:
        added["__setattr__"] = _refuse_to_set
        added["__delattr__"] = _refuse_to_delete
    if options.slots:
        names = _own_fields(declared)
        for name in names:
            # A default would hide the slot.
            body.pop(name, None)
        body["__slots__"] = tuple(name for name in names if name not in _slots_above(declared))
        if options.frozen:
            added["__getstate__"] = _state
            added["__setstate__"] = _set_state
    cell = _cell_of_super(body.values())
    if cell is not None:
        body["__classcell__"] = cell
    made = type(declared)(declared.__name__, declared.__bases__, added | body | _READ_FROM_DECLARED)
    made.__qualname__ = declared.__qualname__
    _declared[made] = declared, options
    return made


def _own_fields(declared: type) -> list[str]:
    """The names of the fields that a class declares itself."""
    kinds = declared.__annotations__.items()
    return [name for name, kind in kinds if not str(kind).startswith(("ClassVar", "typing.Class"))]


def _slots_above(declared: type) -> set[str]:
    """The slots of the bases. They are not made again for a field that is declared again."""
    return {name for base in declared.__mro__[1:] for name in getattr(base, "__slots__", ())}


def _cell_of_super(attributes: Iterable[Any]) -> CellType | None:
    """Where ``super()`` in a method looks for the class, None if no method uses it.

    All methods of a class share it, and Python fills it when it makes a class with it.
    """
    for each in attributes:
        if isinstance(each, FunctionType) and "__class__" in each.__code__.co_freevars:
            cells = each.__closure__ or ()
            return cells[each.__code__.co_freevars.index("__class__")]
    return None


class _OnFirstUse:
    """Stands for an attribute of data classes, and replaces itself with it when it is looked up.

    The same object stands for the attribute in all classes.
    """

    __slots__ = ("_make", "_name")

    def __init__(self, name: str, make: Callable[[type], Any]) -> None:
        self._name = name
        self._make = make

    def __get__(self, instance: object, owner: type) -> Any:
        # ``inspect.signature`` of Python 3.13 binds what it found in a class to this class.
        classes = instance.__mro__ if isinstance(instance, type) else owner.__mro__
        with _lock:
            for each in classes:
                # Another thread may have replaced it by now.
                if vars(each).get(self._name) is self:
                    setattr(each, self._name, self._make(each))
        found = getattr(owner if instance is None else instance, self._name)
        is_bound_to_class = isinstance(instance, type) and hasattr(found, "__get__")
        return found.__get__(instance, owner) if is_bound_to_class else found


def _attribute_read(name: str) -> _OnFirstUse:
    """Stands for an attribute that the standard library adds when it reads the fields."""

    def read(data_class: type) -> Any:
        declared, options = _declared[data_class]
        if name not in vars(declared):
            dataclasses.dataclass(**_NO_METHODS, kw_only=options.kw_only)(declared)
        return vars(declared)[name]

    return _OnFirstUse(name, read)


def _init(data_class: type) -> Any:
    """Make ``__init__``: it takes the fields in order, then those that are by keyword only."""
    is_frozen = _declared[data_class][1].frozen
    known: dict[str, Any] = {"_MISSING": MISSING}
    positional: list[str] = []
    by_keyword: list[str] = []
    lines = []
    for each in dataclasses.fields(data_class):
        name = value = parameter = each.name
        if each.default is not MISSING:
            known[f"_default_{name}"] = each.default
            parameter = f"{name}=_default_{name}"
        elif each.default_factory is not MISSING:
            known[f"_make_{name}"] = each.default_factory
            parameter = f"{name}=_MISSING"
            value = f"_make_{name}() if {name} is _MISSING else {name}"
        if not each.init:
            # ``__post_init__`` sets it.
            continue
        (by_keyword if each.kw_only else positional).append(parameter)
        if is_frozen:
            known[f"_set_{name}"] = _setter(data_class, name)
            lines.append(f"_set_{name}(self, {value})")
        else:
            lines.append(f"self.{name} = {value}")
    if hasattr(data_class, "__post_init__"):
        lines.append("self.__post_init__()")
    parameters = [*positional, "*", *by_keyword] if by_keyword else positional
    return _compiled(data_class, "__init__", parameters, lines or ["pass"], known)


def _setter(data_class: type, name: str) -> Callable[[Any, Any], None]:
    """What sets a field of a frozen class: its slot, which is the fastest, if it has one."""
    slot = getattr(data_class, name, None)
    if isinstance(slot, MemberDescriptorType):
        return slot.__set__
    return lambda instance, value: object.__setattr__(instance, name, value)


def _eq(data_class: type) -> Any:
    """Make ``__eq__``: equal are objects of the same class whose compared fields are equal."""
    names = [each.name for each in dataclasses.fields(data_class) if each.compare]
    lines = [
        "if other.__class__ is not self.__class__:",
        "    return NotImplemented",
        f"return {_tuple_of('self', names)} == {_tuple_of('other', names)}",
    ]
    return _compiled(data_class, "__eq__", ["other"], lines, {})


def _hash(data_class: type) -> Any:
    """Make ``__hash__`` of the compared fields."""
    names = [each.name for each in dataclasses.fields(data_class) if each.compare]
    return _compiled(data_class, "__hash__", [], [f"return hash({_tuple_of('self', names)})"], {})


def _tuple_of(instance: str, names: Iterable[str]) -> str:
    return "(" + "".join(f"{instance}.{name}, " for name in names) + ")"


def _compiled(
    data_class: type,
    name: str,
    parameters: Iterable[str],
    lines: Iterable[str],
    known: dict[str, Any],
) -> Any:
    """Compile a method with these parameters and lines, which know of these objects."""
    body = "\n    ".join(lines)
    # Names of fields are identifiers, which Python has checked, and nothing else is put in.
    exec(f"def {name}({', '.join(['self', *parameters])}):\n    {body}\n", known)
    method = known.pop(name)
    method.__module__ = data_class.__module__
    method.__qualname__ = f"{data_class.__qualname__}.{name}"
    return method


@recursive_repr()
def _repr(self: Any) -> str:
    shown = ", ".join(
        f"{each.name}={getattr(self, each.name)!r}"
        for each in dataclasses.fields(self)
        if each.repr
    )
    return f"{type(self).__qualname__}({shown})"


def _refuse_to_set(self: Any, name: str, value: Any) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    """What is pickled of an object with slots that cannot be set."""
    return [getattr(self, each.name) for each in dataclasses.fields(self)]


def _set_state(self: Any, state: Iterable[Any]) -> None:
    for each, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


_INIT: Final = _OnFirstUse("__init__", _init)
_EQ: Final = _OnFirstUse("__eq__", _eq)
_HASH: Final = _OnFirstUse("__hash__", _hash)
_READ_FROM_DECLARED: Final = {
    name: _attribute_read(name)
    for name in ("__dataclass_fields__", "__dataclass_params__", "__match_args__")
}
