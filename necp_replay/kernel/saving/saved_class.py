"""One row of the table of classes: what of an object is saved, and what is made anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from necp_replay.kernel.saving.kinds import BOOL, BYTES, INT, Kind
from necp_replay.releases.profile import Profile


@dataclass(frozen=True, slots=True)
class SavedClass:
    """A class whose objects have rows.

    ``unsaved`` are the fields that are made anew, from the profile. ``before`` brings an object
    into the form in which it is saved, without changing what it means. ``after`` completes an
    object whose fields are there, but perhaps not those of objects that it holds.
    """

    class_: type
    fields: Mapping[str, Kind]
    unsaved: Mapping[str, Callable[[Profile], object]] = field(default_factory=dict)
    before: Callable[[Any], object] | None = None
    after: Callable[[Any], object] | None = None


def saved(
    class_: type,
    *,
    ints: str = "",
    bools: str = "",
    bytes_: str = "",
    unsaved: Mapping[str, Callable[[Profile], object]] | None = None,
    before: Callable[[Any], object] | None = None,
    after: Callable[[Any], object] | None = None,
    **others: Kind,
) -> SavedClass:
    """A class, with the names of its numbers, flags and bytes as words, and its other fields."""
    fields: dict[str, Kind] = {}
    for names, kind in ((ints, INT), (bools, BOOL), (bytes_, BYTES)):
        fields.update(dict.fromkeys(names.split(), kind))
    return SavedClass(class_, fields | others, unsaved or {}, before, after)
