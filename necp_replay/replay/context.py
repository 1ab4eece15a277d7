"""What happened before a record to the same client, agent, socket or fd: its context."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import fields
from itertools import islice
from typing import Any, Final

from necp_replay.abi.client import UUID_BYTES
from necp_replay.events.inputs import Input, Step
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import title

WINDOW_RECORDS: Final = 500
"""So many records before a differing one are looked through for its context."""
_SHOWN_RECORDS: Final = 3
_BLOCKS: Final = frozenset({"socket", "mp", "handle"})


def context_of(
    before: Iterable[tuple[int, Step]], step: Step | None, names: StableNames
) -> list[str]:
    """Titles of the latest records about the same client, agent or socket, in order.

    Where there are fewer than three, those on the same fd, and then the latest at all join them:
    of None, a record that is missing, these.
    """
    ids: set[Hashable] = set() if step is None else _ids(step)
    fd = None if step is None else _fd(step.input)
    latest = list(before)[::-1]
    shown: dict[int, Step] = {}
    relations: tuple[Callable[[Step], bool], ...] = (
        lambda at: bool(ids) and not ids.isdisjoint(_ids(at)),
        lambda at: fd is not None and _fd(at.input) == fd,
        lambda _: True,
    )
    for is_related in relations:
        missing = _SHOWN_RECORDS - len(shown)
        others = (entry for entry in latest if entry[0] not in shown and is_related(entry[1]))
        shown.update(islice(others, missing))
    return [f"{number} {title(at.input, names)}" for number, at in sorted(shown.items())]


def _ids(step: Step) -> set[Hashable]:
    """The ids, sessions and blocks that a record names or generates."""
    found: set[Hashable] = set(step.uuids)
    for entry in fields(step.input):
        value: Any = getattr(step.input, entry.name)
        if isinstance(value, UserBuffer) and entry.name == "client_id":
            value = value.content[:UUID_BYTES]
        if isinstance(value, bytes) and len(value) == UUID_BYTES and any(value):
            found.add(value)
        elif isinstance(value, str) and (entry.name in _BLOCKS or entry.name == "session"):
            found.add((entry.name, value))
    return found


def _fd(event: Input) -> tuple[int, int] | None:
    pid, fd = getattr(event, "pid", None), getattr(event, "fd", None)
    return None if pid is None or fd is None else (pid, fd)
