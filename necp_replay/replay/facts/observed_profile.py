"""A profile that notes which facts the engine asks for.

A fact that nobody asks for cannot explain a difference.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final, Self

from necp_replay.releases.profile import Profile

_FACTS: Final = frozenset(entry.name for entry in fields(Profile)) - {"release"}


class ObservedProfile(Profile):
    """A profile with the same facts. ``asked`` has the names of those that were read."""

    __slots__ = ("asked",)

    asked: set[str]

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """An observed profile with the facts of a profile."""
        observed = cls(**{entry.name: getattr(profile, entry.name) for entry in fields(Profile)})
        # Profiles are frozen dataclasses, so a plain assignment would raise.
        object.__setattr__(observed, "asked", set())
        return observed

    def __getattribute__(self, name: str) -> Any:
        """Read an attribute, and note it if it is a fact."""
        if name in _FACTS:
            object.__getattribute__(self, "asked").add(name)
        return object.__getattribute__(self, name)
