"""Parts of inputs that are not known: fields of the input, its ids, bytes of its user buffers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Final

from necp_replay.events.inputs import INPUT_NAMES, Input
from necp_replay.events.json_shapes import field_types
from necp_replay.events.unmeasured import MAX_PARTS, placeholder_of
from necp_replay.events.user_buffer import UserBuffer

UUIDS: Final = "uuids"
"""The name of the ids that the kernel generated, among the parts of an input."""

BUFFER_FIELDS: Final[Mapping[type, tuple[str, ...]]] = {
    kind: tuple(
        name for name, hint in field_types(kind).items() if hint in (UserBuffer, UserBuffer | None)
    )
    for kind in INPUT_NAMES.values()
}
"""The fields of each input that are user buffers."""
_UNKNOWN: Final[Mapping[type, Mapping[str, Any]]] = {
    kind: {
        field.name: placeholder_of(field_types(kind)[field.name])
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING
    }
    for kind in INPUT_NAMES.values()
}
_FIELDS: Final[Mapping[type, frozenset[str]]] = {
    kind: frozenset(field.name for field in dataclasses.fields(kind)) | {UUIDS}
    for kind in INPUT_NAMES.values()
}


def unknown_fields(kind: type) -> Mapping[str, Any]:
    """The fields of an input that have no default, and what stands in those that are not known."""
    return _UNKNOWN[kind]


def unmeasured_fields(event: Input, names: Iterable[str]) -> tuple[str, ...]:
    """The names in order, each once. Raises ValueError for one that the input does not have."""
    found = tuple(sorted(set(names)))
    if len(found) > MAX_PARTS:
        raise ValueError(f"unmeasured: more than {MAX_PARTS} parts")
    for name in found:
        if name not in _FIELDS[type(event)]:
            raise ValueError(f"unmeasured: the input has no field {name!r}")
    return found
