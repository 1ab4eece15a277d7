"""One row of the table of classes: which fields of an object are saved, and which are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from necp_replay.kernel.saving.kinds import BOOL, BYTES, INT, Kind
from necp_replay.releases.profile import Profile


@dataclass(frozen=True, slots=True)
class SavedClass:
    """A class whose objects have rows.

    ``blank`` makes an object for a profile, whose saved fields are set afterwards. A compiled class
    has no other way to make one. ``unsaved`` are the fields that keep the values that they have in
    a blank object. ``before`` brings an object into the form in which it is saved, without changing
    what it means. ``after`` completes an object whose fields are set, but perhaps not those of
    objects that it holds.
    """

    class_: type
    blank: Callable[[Profile], object]
    fields: Mapping[str, Kind]
    unsaved: tuple[str, ...] = ()
    before: Callable[[Any], object] | None = None
    after: Callable[[Any], object] | None = None


def saved(
    class_: type,
    blank: Callable[[Profile], object],
    *,
    ints: str = "",
    bools: str = "",
    bytes_: str = "",
    unsaved: str = "",
    before: Callable[[Any], object] | None = None,
    after: Callable[[Any], object] | None = None,
    **others: Kind,
) -> SavedClass:
    """A class, with the names of its numbers, flags and bytes as words, and its other fields."""
    fields: dict[str, Kind] = {}
    for names, kind in ((ints, INT), (bools, BOOL), (bytes_, BYTES)):
        fields.update(dict.fromkeys(names.split(), kind))
    names_unsaved = tuple(unsaved.split())
    return SavedClass(class_, blank, fields | others, names_unsaved, before, after)
