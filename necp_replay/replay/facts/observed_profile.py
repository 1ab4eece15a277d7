"""A release's facts, noting which of them are asked: what nobody asks cannot explain anything."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final, Self

from necp_replay.releases.profile import Profile

_FACTS: Final = frozenset(entry.name for entry in fields(Profile)) - {"release"}


class ObservedProfile(Profile):
    """Answers as the profile it was made from. ``asked`` names the facts that were asked."""

    __slots__ = ("asked",)

    asked: set[str]

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """An observed profile with the facts of another."""
        observed = cls(**{entry.name: getattr(profile, entry.name) for entry in fields(Profile)})
        # The class is frozen, as are the facts.
        object.__setattr__(observed, "asked", set())
        return observed

    def __getattribute__(self, name: str) -> Any:
        """The attribute; a fact is noted."""
        if name in _FACTS:
            object.__getattribute__(self, "asked").add(name)
        return object.__getattribute__(self, name)
