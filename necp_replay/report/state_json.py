"""The state at a place of a trace, and when a part of it changed, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from necp_replay.events.state_hash import StateHash, hash_of
from necp_replay.history.history import StateHistory
from necp_replay.history.paths import StatePlace
from necp_replay.history.watch import WatchedRecord
from necp_replay.outcomes.node import Node
from necp_replay.report.json_schema import Count, Ordinal
from necp_replay.report.json_text import json_line, json_text


class StateNodeObject(TypedDict):
    """A line of a state, with those inside of it."""

    key: str
    value: NotRequired[str]
    children: NotRequired[list[StateNodeObject]]


class StatePlaceObject(TypedDict):
    """A place of a state that was asked for, by its path."""

    path: str
    value: str
    children: list[StateNodeObject]


class StateHashObject(TypedDict):
    """SHA-256 of the canonical form of a state, and the number of that form."""

    form: Count
    sha256: str


class StateDocument(TypedDict):
    """The state after record ``record``, 0 for before the first.

    ``before`` says that the state before the next record was asked for. ``records`` is how many the
    trace has, null where only reading it tells. ``title`` is what the record is, null for 0.
    ``down_at`` is the record that took the modelled system down, null if none did. Unless
    ``is_determined``, not all inputs are known, and parts of the state are in doubt.
    ``recorded_hash`` is that of the trace, null where it has none. ``state`` is the whole, or null
    where ``places`` were asked for, which are null otherwise.
    """

    schema_version: Literal[1]
    trace: str
    release: str
    record: Count
    before: bool
    records: Count | None
    title: str | None
    down_at: Ordinal | None
    is_determined: bool
    state_hash: StateHashObject
    recorded_hash: StateHashObject | None
    state: list[StateNodeObject] | None
    places: list[StatePlaceObject] | None


class ChangedFieldObject(TypedDict):
    """A part inside a place, before and after; null for a side that lacks it."""

    layer: str
    path: str
    before: str | None
    after: str | None


class ChangedPlaceObject(TypedDict):
    """How a place changed; a side is null where it was not there.

    ``fields`` are what differs inside, where it was there before and after.
    """

    path: str
    before: StateNodeObject | None
    after: StateNodeObject | None
    fields: list[ChangedFieldObject]


class StateChangeDocument(TypedDict):
    """A record that changed places that are watched."""

    schema_version: Literal[1]
    trace: str
    release: str
    record: Ordinal
    title: str
    places: list[ChangedPlaceObject]


def state_json(
    history: StateHistory,
    *,
    before: bool,
    nodes: Sequence[Node] | None,
    places: Sequence[StatePlace] | None,
) -> str:
    """The state at the place of a history: the whole, or places of it."""
    recorded = history.recorded_hash
    document: StateDocument = {
        "schema_version": 1,
        "trace": str(history.path),
        "release": history.profile.release,
        "record": history.number,
        "before": before,
        "records": history.records(),
        "title": history.title or None,
        "down_at": history.down_at if history.machine.is_down else None,
        "is_determined": history.machine.is_determined,
        "state_hash": _hash(hash_of(history.snapshot())),
        "recorded_hash": None if recorded is None else _hash(recorded),
        "state": None if nodes is None else [state_node(node) for node in nodes],
        "places": None if places is None else [state_place(place) for place in places],
    }
    return json_text(document)


def change_json(history: StateHistory, record: WatchedRecord) -> str:
    """A record that changed places, in one line."""
    document: StateChangeDocument = {
        "schema_version": 1,
        "trace": str(history.path),
        "release": history.profile.release,
        "record": record.number,
        "title": record.title,
        "places": [
            {
                "path": change.path,
                "before": None if change.old is None else state_node(change.old),
                "after": None if change.new is None else state_node(change.new),
                "fields": [
                    {
                        "layer": field.layer.value,
                        "path": field.path,
                        "before": field.expected,
                        "after": field.actual,
                    }
                    for field in change.fields
                ],
            }
            for change in record.changes
        ],
    }
    return json_line(document)


def _hash(found: StateHash) -> StateHashObject:
    return {"form": found.form, "sha256": str(found)}


def state_node(node: Node) -> StateNodeObject:
    """A line of a state."""
    written: StateNodeObject = {"key": node.key}
    if node.value:
        written["value"] = node.value
    if node.children:
        written["children"] = [state_node(child) for child in node.children]
    return written


def state_place(place: StatePlace) -> StatePlaceObject:
    """A place of a state."""
    return {
        "path": place.text,
        "value": place.node.value,
        "children": [state_node(child) for child in place.node.children],
    }
