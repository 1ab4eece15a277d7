"""The context of a difference: what happened before the record to the same client, socket or fd."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from itertools import islice
from typing import Final

from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.inputs import Step
from necp_replay.events.references import IDS, References, Thing, fd_of
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import title

WINDOW_RECORDS: Final = 500
"""How many records before a differing one are searched for its context."""
_SHOWN_RECORDS: Final = 3
_RELATING: Final = References(*IDS, Thing.AGENT_SESSION, Thing.SOCKET, Thing.MULTIPATH)
"""Two records that name the same of these are related."""


def context_of(
    before: Iterable[tuple[int, Step]], step: Step | None, names: StableNames
) -> list[str]:
    """Titles of three earlier records: the latest that name the same client, agent or socket.

    If there are fewer than three, the latest on the same fd join them, then the latest of all.
    Without a step, for a record that is missing, they are the latest of all. They come in order.
    """
    named: set[Hashable] = set() if step is None else _named(step)
    fd = None if step is None else fd_of(step.input, None)
    latest = list(before)[::-1]
    shown: dict[int, Step] = {}
    relations: tuple[Callable[[Step], bool], ...] = (
        lambda at: bool(named) and not named.isdisjoint(_named(at)),
        lambda at: fd is not None and fd_of(at.input, None) == fd,
        lambda _: True,
    )
    for is_related in relations:
        missing = _SHOWN_RECORDS - len(shown)
        others = (entry for entry in latest if entry[0] not in shown and is_related(entry[1]))
        shown.update(islice(others, missing))
    return [f"{number} {title(at.input, names)}" for number, at in sorted(shown.items())]


def _named(step: Step) -> set[Hashable]:
    """What relates a record to others: the ids that it generates, and what its input names."""
    found: set[Hashable] = set(step.uuids)
    for thing, name, _ in _RELATING.passed(step.input):
        if type(name) is not bytes:
            found.add((thing, name))
        elif name != ZERO_UUID:
            found.add(name)
    return found
