"""Hides parts of the inputs of a trace, as a tracer would that does not show them."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from typing import Any

from necp_replay.events.inputs import Step
from necp_replay.events.json_shapes import field_types
from necp_replay.events.unmeasured import placeholder_of
from necp_replay.events.unmeasured_inputs import UUIDS, buffer_fields, partial_step


def hide_parts(step: Step, chance: random.Random) -> Step:
    """The step without the bytes of some buffers, without its ids, or without one field."""
    event = step.input
    buffers = [name for name in buffer_fields(type(event)) if _can_hide(getattr(event, name))]
    kind = chance.random()
    if buffers and kind < 0.7:
        for name in chance.sample(buffers, chance.randint(1, len(buffers))):
            buffer = getattr(event, name)
            known = chance.choice((0, 0, 1, 4, 16, chance.randint(0, max(1, buffer.length))))
            changed = dataclasses.replace(buffer, content=buffer.content[:known], known=known)
            event = _with(event, name, changed)
        return partial_step(event, step.uuids, step.now_ns)
    if step.uuids and kind < 0.8:
        return partial_step(event, (), step.now_ns, [UUIDS])
    fields: Sequence[dataclasses.Field[Any]] = dataclasses.fields(event)
    if not fields:
        return step
    field = chance.choice(fields)
    unknown = field.default
    if unknown is dataclasses.MISSING:
        unknown = placeholder_of(field_types(type(event))[field.name])
    return partial_step(_with(event, field.name, unknown), step.uuids, step.now_ns, [field.name])


def _can_hide(buffer: Any) -> bool:
    return buffer is not None and not buffer.pointers and not buffer.unmapped


def _with(event: Any, name: str, value: Any) -> Any:
    changed: dict[str, Any] = {name: value}
    return dataclasses.replace(event, **changed)
