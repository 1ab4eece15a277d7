"""Leaves parts out of a record, as if they had not been measured.

For recorders that know everything and shall show less: what an engine did with the whole input is
recorded, and the record says which parts of it are not known.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Final

from necp_replay.dataclass import dataclass
from necp_replay.events.inputs import INPUT_NAMES, Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.unmeasured import parse_part, without_parts
from necp_replay.events.unmeasured_inputs import (
    UUIDS,
    buffer_fields,
    partial_step,
    unknown_fields,
)
from necp_replay.events.user_buffer import UserBuffer

ALL_OF_OUTCOME: Final = ("answer", "effects", "errno", "retval")
"""The parts of an outcome of which nothing is known."""
_POINTER_BYTES: Final = 8
_INPUT_FIELDS: Final = {UUIDS} | {
    field.name for kind in INPUT_NAMES.values() for field in dataclasses.fields(kind)
}
_BUFFERS: Final = {name for kind in INPUT_NAMES.values() for name in buffer_fields(kind)}


@dataclass(frozen=True, slots=True)
class Hidden:
    """What records leave out, as far as they have it.

    ``outcome`` are parts of outcomes (:mod:`necp_replay.events.unmeasured`), ``inputs`` fields of
    inputs, or ``uuids``; ``known`` says of user buffers, by their fields, how many bytes from the
    start are known.
    """

    outcome: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    known: Mapping[str, int] = dataclasses.field(default_factory=dict)

    def check(self) -> None:
        """Raise ValueError for a part that no input and no outcome has."""
        for text in self.outcome:
            parse_part(text)
        for name in self.inputs:
            if name not in _INPUT_FIELDS:
                raise ValueError(f"unmeasured: no input has a field {name!r}")
        for name, known_bytes in self.known.items():
            if name not in _BUFFERS:
                raise ValueError(f"unmeasured: no input has a user buffer {name!r}")
            if known_bytes < 0:
                raise ValueError(f"unmeasured: {known_bytes} bytes of {name} are known")


def hide(step: Step, outcome: Outcome, hidden: Hidden) -> tuple[Step, Outcome, set[str]]:
    """The step and the outcome without the hidden parts, and the names of those that they had."""
    found = set()
    for text in hidden.outcome:
        shorter = without_parts(outcome, (text,))
        if shorter is not outcome:
            found.add(text)
        outcome = shorter
    event = step.input
    changed: dict[str, Any] = {}
    for name, known_bytes in hidden.known.items():
        buffer = getattr(event, name, None) if name in buffer_fields(type(event)) else None
        if buffer is not None:
            found.add(name)
            changed[name] = _partly_known(buffer, known_bytes)
    uuids, fields = step.uuids, []
    for field in dataclasses.fields(event):
        if field.name in hidden.inputs:
            fields.append(field.name)
            changed[field.name] = unknown_fields(type(event)).get(field.name, field.default)
    if UUIDS in hidden.inputs and uuids:
        fields.append(UUIDS)
        uuids = ()
    found.update(fields)
    if changed:
        event = dataclasses.replace(event, **changed)
    return partial_step(event, uuids, step.now_ns, (*step.unmeasured, *fields)), outcome, found


def hidden_names(hidden: Hidden) -> Iterable[str]:
    """The names of all parts, as :func:`hide` gives them back."""
    return (*hidden.outcome, *hidden.inputs, *hidden.known)


def _partly_known(buffer: UserBuffer, known_bytes: int) -> UserBuffer:
    """A buffer of which only some bytes from its start are known."""
    if buffer.unmapped or known_bytes >= buffer.length:
        return buffer
    pointers = tuple(
        each for each in buffer.pointers if each.offset + _POINTER_BYTES <= known_bytes
    )
    content = buffer.content[:known_bytes].rstrip(b"\0")
    return dataclasses.replace(buffer, content=content, pointers=pointers, known=known_bytes)
