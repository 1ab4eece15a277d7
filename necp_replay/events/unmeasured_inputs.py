"""Parts of inputs that are not known: fields of the input, its ids, bytes of its user buffers.

The name of a part is a field of the input, or ``uuids``, or the field of a user buffer with
``.content``: some bytes of the buffer are not known, and the buffer says which.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from necp_replay.events.inputs import Input, Step
from necp_replay.events.json_shapes import field_types
from necp_replay.events.unmeasured import MAX_PARTS, placeholder_of
from necp_replay.events.user_buffer import UserBuffer

CONTENT: Final = ".content"
UUIDS: Final = "uuids"
"""The name of the ids that the kernel generated, among the parts of an input."""


def _buffer_fields(kind: type) -> tuple[str, ...]:
    return tuple(
        name for name, hint in field_types(kind).items() if hint in (UserBuffer, UserBuffer | None)
    )


def _unknown_fields(kind: type) -> Mapping[str, Any]:
    return {
        field.name: placeholder_of(field_types(kind)[field.name])
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING
    }


def _part_names(kind: type) -> frozenset[str]:
    return frozenset(field.name for field in dataclasses.fields(kind)) | {UUIDS}


buffer_fields: Final[Callable[[type], tuple[str, ...]]] = functools.cache(_buffer_fields)
"""The fields of an input, by its class, that are user buffers."""
unknown_fields: Final[Callable[[type], Mapping[str, Any]]] = functools.cache(_unknown_fields)
"""The fields of an input that have no default, and their values when they are not known."""
_known_parts: Final[Callable[[type], frozenset[str]]] = functools.cache(_part_names)


def unmeasured_parts(event: Input, names: Iterable[str]) -> tuple[str, ...]:
    """The parts of an input that are not known, in order: those named, and those of its buffers.

    Raises ValueError for one that the input does not have.
    """
    found = {name for name in names if not name.endswith(CONTENT)}
    for name in buffer_fields(type(event)):
        buffer = getattr(event, name)
        if name not in found and buffer is not None and buffer.is_partly_known:
            found.add(name + CONTENT)
    if len(found) > MAX_PARTS:
        raise ValueError(f"unmeasured: more than {MAX_PARTS} parts")
    for name in found:
        if name.removesuffix(CONTENT) not in _known_parts(type(event)):
            raise ValueError(f"unmeasured: the input has no field {name!r}")
    return tuple(sorted(found))


def partial_step(
    event: Input,
    uuids: tuple[bytes, ...] = (),
    now_ns: int | None = None,
    unmeasured: Iterable[str] = (),
) -> Step:
    """A step of which some parts are not known: the fields named, and bytes of its user buffers."""
    return Step(event, uuids, now_ns, unmeasured_parts(event, unmeasured))
