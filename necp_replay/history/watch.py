"""When the places of a pattern changed: record by record through a trace.

The state is compared after each record. Most patterns name one client, or counters: then only these
are compared, so the number of other clients does not matter. Nothing is rendered as long as the
state is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from itertools import islice
from typing import Any, Final

from necp_replay.abi.uuid import as_client_id, as_flow_id
from necp_replay.dataclass import dataclass
from necp_replay.history.history import StateHistory
from necp_replay.history.paths import Pattern, all_places, chosen_places
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import layers_of_outcome
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.node_differences import node_differences
from necp_replay.outcomes.render_snapshot import client_nodes, snapshot_nodes

MOST_PATHS: Final = 20_000
"""How many paths are remembered at most, to name similar ones if a pattern chooses no place."""


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """How a place changed. A side is None where the place was not there."""

    path: str
    old: Node | None
    new: Node | None
    fields: tuple[FieldDifference, ...] = ()
    """What differs below the place, where it was there before and after."""


@dataclass(frozen=True, slots=True)
class WatchedRecord:
    """A record that changed some of the chosen places."""

    number: int
    title: str
    changes: tuple[PlaceChange, ...]


@dataclass(slots=True)
class Watch:
    """Watches the places that a pattern chooses."""

    pattern: Pattern
    paths: dict[str, None] = field(default_factory=dict)
    """The paths of the states that were looked at."""
    chose_any: bool = False
    """Whether the pattern chose a place of any state so far."""

    def changes(self, history: StateHistory, last: int | None = None) -> Iterator[WatchedRecord]:
        """The records after the current place of a history that changed one of the chosen places.

        ``last`` is the last record that is looked at, None for that of the trace.
        """
        before = self._look(history)
        places = self._places(before, history)
        while last is None or history.number < last:
            moment = history.forward()
            if moment is None:
                return
            after = self._look(history)
            if after == before:
                continue
            before, places_before = after, places
            places = self._places(after, history)
            changes = tuple(_changes(places_before, places))
            if changes:
                yield WatchedRecord(moment.number, history.title, changes)

    def _look(self, history: StateHistory) -> Any:
        """What the state is where the pattern chooses; equal as long as nothing changes there."""
        name = self.pattern.client
        if name is None and self.pattern.is_of_counters:
            return history.machine.counters(), ()
        if name is None:
            state = history.snapshot()
            return state, state.route_statistics
        uuid = history.names.id_of(name)
        if uuid is None:
            return ()
        ids = {uuid, as_client_id(uuid), as_flow_id(uuid)}
        return history.machine.clients(ids)

    def _places(self, looked: Any, history: StateHistory) -> dict[str, Node]:
        names = history.names
        if self.pattern.client is None:
            nodes = snapshot_nodes(looked[0], names, beyond_vectors=True)
        else:
            nodes = client_nodes(looked, names)
        if len(self.paths) < MOST_PATHS:
            self.paths.update(
                dict.fromkeys(place.text for place in islice(all_places(nodes), MOST_PATHS))
            )
        chosen = {place.text: place.node for place in chosen_places(nodes, self.pattern)}
        self.chose_any = self.chose_any or bool(chosen)
        return chosen


def _changes(old: dict[str, Node], new: dict[str, Node]) -> Iterator[PlaceChange]:
    for path in {**old, **new}:
        before, after = old.get(path), new.get(path)
        if before == after:
            continue
        fields: tuple[FieldDifference, ...] = ()
        if before is not None and after is not None and (before.children or after.children):
            found = node_differences(before.children, after.children, _LAYERS)
            fields = tuple(found)
        yield PlaceChange(path, before, after, fields)


_LAYERS: Final = layers_of_outcome("snapshot")
