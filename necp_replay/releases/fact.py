"""The declaration of one fact: a behaviour in which releases differ."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, Final, get_type_hints

from necp_replay.dataclass import dataclass

_NO_MEANINGS: Final[Mapping[Any, str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What is known of one fact, whatever its value.

    A field of the profile is annotated with it: ``name: Annotated[bool, Fact(...)] = value``, where
    ``value`` is that of the oldest modelled release. ``function`` is the upstream function, or
    several after commas. ``meanings`` says what a release with each value does. It may leave out
    values that speak for themselves, such as sets of actions.
    """

    title: str
    function: str = ""
    meanings: Mapping[Any, str] = field(default_factory=lambda: _NO_MEANINGS)
    traces: tuple[str, ...] = ()
    """Names of traces in ``traces/differences`` that show the fact."""
    not_observable: str = ""
    """Why no trace can show the fact, where that is so."""
    requires: tuple[str, ...] = ()
    """Facts that have to change together with this one, because it is part of their algorithm."""
    vulnerabilities: Mapping[Any, str] = field(default_factory=lambda: _NO_MEANINGS)
    """The values that are a security fault, which a later release fixed, each with the id of the
    fault in docs/vulnerabilities.md."""
    name: str = ""
    """The name of the profile's field. :func:`declared_facts` fills it in."""

    def meaning(self, value: Any) -> str:
        """What a release with this value does."""
        return self.meanings.get(value) or shown_value(value)

    def meanings_of(self, old: Any, new: Any) -> tuple[str, str]:
        """What two releases do. Of sets that speak for themselves only what the other lacks."""
        if old in self.meanings or new in self.meanings or not isinstance(old, frozenset):
            return self.meaning(old), self.meaning(new)
        return _beside(old, new), _beside(new, old)

    def fixed_vulnerability(self, old: Any, new: Any) -> str | None:
        """The id of the security fault that a change of the value fixes, if it fixes one."""
        fault = self.vulnerabilities.get(old)
        return None if fault == self.vulnerabilities.get(new) else fault

    @property
    def text(self) -> str:
        """All that is known of it, as sentences."""
        where = f" ({self.function})" if self.function else ""
        meanings = (f"{shown_value(value)}: {text}." for value, text in self.meanings.items())
        return " ".join([f"{self.title}{where}.", *meanings])


def declared_facts(profile_class: type) -> dict[str, Fact]:
    """The facts of a profile class by name, in the order of their declarations."""
    found = {}
    for name, hint in get_type_hints(profile_class, include_extras=True).items():
        for entry in getattr(hint, "__metadata__", ()):
            if isinstance(entry, Fact):
                found[name] = replace(entry, name=name)
    return found


def _beside(own: frozenset[Any], other: frozenset[Any]) -> str:
    """The members of a set that another lacks, and those that the other has more."""
    more, less = own - other, other - own
    parts = (("with", more), ("without", less))
    return ", ".join(f"{word} {shown_value(members)}" for word, members in parts if members)


def shown_change(old: Any, new: Any) -> str:
    """``False -> True``. Of a set the members that were added and removed: ``+CLAIM, -TRIGGER``."""
    if not isinstance(old, frozenset) or not isinstance(new, frozenset):
        return f"{shown_value(old)} -> {shown_value(new)}"
    changes = (("+", new - old), ("-", old - new))
    return ", ".join(
        f"{sign}{name}" for sign, each in changes for name in sorted(item.name for item in each)
    )


def shown_value(value: Any) -> str:
    """The value of a fact as people read it."""
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, enum.Enum):
        # A flag without bits has no name.
        return value.name or "none"
    if isinstance(value, frozenset):
        return ", ".join(sorted(item.name for item in value))
    return str(value)
