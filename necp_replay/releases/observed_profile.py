"""A profile that notes which facts the engine asks for.

A fact that is not asked for cannot explain a difference.

Idea: the profile holds its values apart. The first time that a fact is read, a descriptor puts the
value into the instance, where Python finds it from then on. So reading a fact again costs nothing
more, and what the instance holds are the facts that were asked for.

A set is asked for its members. Two releases agree about most members of a set in which they differ,
such as the client actions that are handled. If both releases are known, only the members decide in
which they differ, so the fact is asked for when the engine looks for one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any, Final, Protocol, Self

from necp_replay.releases.profile import FACT_NAMES, Profile


class NotesFacts(Protocol):
    """What notes the facts that a machine asks for."""

    @property
    def asked(self) -> AbstractSet[str]:
        """The facts asked for since :meth:`forget_asked`. Later questions change it."""
        ...

    def forget_asked(self) -> None:
        """Begin again, with no fact asked for."""
        ...


_FACTS: Final = (*FACT_NAMES, "release")


class ObservedProfile(Profile):
    """A profile with the same facts, which notes those that are read."""

    __slots__ = ("_values",)

    _values: dict[str, Any]

    @classmethod
    def of(cls, profile: Profile, between: tuple[Profile, Profile] | None = None) -> Self:
        """An observed profile with the facts of a profile.

        ``between`` are two releases. Then each fact has the value of one of them, and only the
        members of sets are noted in which they differ.
        """
        values = vars(profile)
        if between is not None or type(profile) is not Profile:
            values = {name: getattr(profile, name) for name in _FACTS}
        # The facts of a profile of its own would hide the descriptors that note what is read.
        observed = object.__new__(cls)
        if between is not None:
            for name, members in values.items():
                if isinstance(members, frozenset):
                    old, new = (getattr(each, name) for each in between)
                    note = partial(observed._note, name)
                    values[name] = _ObservedSet(members, old ^ new, note)
        # Profiles are frozen dataclasses, so a plain assignment would raise.
        object.__setattr__(observed, "_values", values)
        return observed

    @property
    def asked(self) -> AbstractSet[str]:
        """The facts asked for since :meth:`forget_asked`. Later questions change it."""
        return vars(self).keys()

    def forget_asked(self) -> None:
        """Begin again, with no fact asked for."""
        vars(self).clear()

    def _note(self, name: str) -> None:
        vars(self)[name] = self._values[name]


class _ObservedSet(AbstractSet[Any]):
    """The members of a set-valued fact. Calls ``note`` where it matters which release asks."""

    __slots__ = ("_deciding", "_members", "_note")

    def __init__(
        self, members: frozenset[Any], deciding: frozenset[Any], note: Callable[[], None]
    ) -> None:
        self._members = members
        self._deciding = deciding
        self._note = note

    def __contains__(self, member: object) -> bool:
        if member in self._deciding:
            self._note()
        return member in self._members

    def __iter__(self) -> Iterator[Any]:
        self._note()
        return iter(self._members)

    def __len__(self) -> int:
        self._note()
        return len(self._members)


class _Fact:
    """Reads a fact the first time. The instance has it then, and Python looks there first."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, profile: ObservedProfile, owner: type) -> Any:
        value = profile._values[self._name]
        if type(value) is not _ObservedSet:
            vars(profile)[self._name] = value
        return value


class _Release:
    """Reads the release, which is no fact and so is never noted."""

    def __get__(self, profile: ObservedProfile, owner: type) -> str:
        release: str = profile._values["release"]
        return release


for _name in FACT_NAMES:
    setattr(ObservedProfile, _name, _Fact(_name))
for _name in ("release",):
    setattr(ObservedProfile, _name, _Release())
