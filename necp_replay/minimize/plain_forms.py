"""Simpler forms of a whole part: one time for all records, small fds, ids that differ clearly.

These values usually do not matter for the difference, and cost readers time. Each form is tried
like any other: it is kept only if the difference is still there. Each kind of form first replaces
all values, then one at a time. It leaves out values that are simple already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import Any, Final

from necp_replay.abi.uuid import UUID_BYTES, ZERO_UUID, as_client_id, as_flow_id
from necp_replay.events.inputs import Step
from necp_replay.events.references import OPENINGS

Steps = Sequence[Step]
_LOWEST_FD: Final = 3
_FD_FIELDS: Final = frozenset({"fd", "assigned_fd"})


def _times(steps: Steps) -> Iterator[Steps]:
    """The clock stays as it is."""
    at = [place for place, step in enumerate(steps) if step.now_ns is not None]
    for places in _all_then_each(at):
        yield [
            replace(step, now_ns=None) if place in places else step
            for place, step in enumerate(steps)
        ]


def _fds(steps: Steps) -> Iterator[Steps]:
    """Fds are counted from the lowest, in the order in which they were opened."""
    new: dict[tuple[int, int], int] = {}
    lowest: dict[int, int] = {}
    for step in steps:
        event = step.input
        if isinstance(event, OPENINGS) and event.assigned_fd is not None:
            fd = lowest.get(event.pid, _LOWEST_FD)
            lowest[event.pid] = fd + 1
            new.setdefault((event.pid, event.assigned_fd), fd)
    if new:
        yield [_with_fds(step, new) for step in steps]


def _with_fds(step: Step, new: Mapping[tuple[int, int], int]) -> Step:
    event = step.input
    pid = getattr(event, "pid", None)
    changes: dict[str, Any] = {}
    for entry in fields(event):
        old = getattr(event, entry.name)
        if entry.name in _FD_FIELDS and pid is not None and (pid, old) in new:
            # A number that the system would give anyway needs no mention.
            changes[entry.name] = None if entry.name == "assigned_fd" else new[pid, old]
    return replace(step, input=replace(event, **changes)) if changes else step


def _ids(steps: Steps) -> Iterator[Steps]:
    """The ids that the kernel generated are counted from 1."""
    generated = dict.fromkeys(uuid for step in steps for uuid in step.uuids)
    new = {
        uuid: as_client_id(number.to_bytes(UUID_BYTES, "big"))
        for number, uuid in enumerate(generated, 1)
        if len(uuid) == UUID_BYTES and uuid != ZERO_UUID
    }
    changed = [uuid for uuid in new if uuid != new[uuid]]
    for chosen in _all_then_each(changed):
        both = {
            form(uuid): form(new[uuid]) for uuid in chosen for form in (as_flow_id, as_client_id)
        }
        exact = {uuid: new[uuid] for uuid in chosen}
        replaced = partial(_with_ids, {**both, **exact})
        yield [_rebuilt(step, replaced) for step in steps]


def _with_ids(new: Mapping[bytes, bytes], value: bytes) -> bytes:
    for old, plain in new.items():
        value = value.replace(old, plain)
    return value


def _rebuilt(value: Any, replaced: Callable[[bytes], bytes]) -> Any:
    """The same value with all bytes in it replaced."""
    if isinstance(value, bytes):
        return replaced(value)
    if isinstance(value, tuple):
        return tuple(_rebuilt(each, replaced) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        changes = {}
        for entry in fields(value):
            old = getattr(value, entry.name)
            new = _rebuilt(old, replaced)
            if new != old:
                changes[entry.name] = new
        return replace(value, **changes) if changes else value
    return value


def _all_then_each(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    if items:
        yield items
    if len(items) > 1:
        yield from ((item,) for item in items)


PLAIN_FORMS: Final = (_times, _fds, _ids)
"""Functions from the steps of a part to the forms of one kind."""
