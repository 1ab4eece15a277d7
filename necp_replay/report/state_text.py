"""The state at a place of a trace, and when a part of it changed, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from necp_replay.events.state_hash import hash_of
from necp_replay.history.history import StateHistory
from necp_replay.history.paths import StatePlace
from necp_replay.history.watch import PlaceChange, WatchedRecord
from necp_replay.outcomes.node import INDENT, Node, lines_of
from necp_replay.outcomes.safe_text import visible
from necp_replay.report.fields_text import clipped, clipped_pair, field_lines
from necp_replay.report.style import Style
from necp_replay.report.words import counted

_SHOWN_VALUE = 400
_LABELS = ("before", "after")


def state_heading(history: StateHistory, *, before: bool, style: Style) -> Iterator[str]:
    """Which state it is, with notes about it."""
    release = history.profile.release
    yield f"{style.paint(visible(str(history.path)), 'bold')} on {release}"
    records = history.records()
    of = "" if records is None else f" of {records:,}"
    if before:
        yield f"state before record {history.number + 1:,}{of}"
    elif history.moment is None:
        yield "state before the first record"
    else:
        yield f"state after record {history.number:,}{of}: {history.title}"
    yield f"state hash {hash_of(history.snapshot())}{_as_recorded(history)}"
    for note in state_notes(history):
        yield style.paint(note, "yellow")


def _as_recorded(history: StateHistory) -> str:
    """Whether the hash is that of the trace."""
    recorded = history.recorded_hash
    if recorded is None or not recorded.is_known:
        return ""
    return ", as recorded" if recorded == hash_of(history.snapshot()) else f", recorded {recorded}"


def state_notes(history: StateHistory) -> Iterator[str]:
    """Why parts of a state may be unknown."""
    if history.machine.is_down:
        yield (
            f"record {history.down_at:,} took the modelled system down: this is the state then"
            if history.down_at is not None
            else "the modelled system is down: this is the state then"
        )
    if not history.machine.is_determined:
        yield "not all is known of the inputs up to here: parts of the state are in doubt"


def state_lines(nodes: Sequence[Node]) -> Iterator[str]:
    """The whole state."""
    return lines_of(nodes)


def place_lines(places: Sequence[StatePlace], style: Style) -> Iterator[str]:
    """Chosen places, each with what is inside it."""
    for place in places:
        value = f": {place.node.value}" if place.node.value else ""
        yield f"{style.paint(place.text, 'bold')}{value}"
        yield from lines_of(place.node.children, 1)


def change_lines(record: WatchedRecord, style: Style) -> Iterator[str]:
    """A record, and how it changed the places that are watched."""
    yield f"{style.paint(f'record {record.number:,}', 'dim')} {style.paint(record.title, 'bold')}"
    for change in record.changes:
        yield f"{INDENT}{change.path}{_how(change, style)}"
        if change.fields:
            yield from field_lines(change.fields, _LABELS, style)
        elif change.old is None and change.new is not None:
            yield from lines_of(change.new.children, 2)


def watched_line(pattern: str, changed: int, records: int) -> str:
    """How many records changed what is watched."""
    return f"{pattern}: {counted(changed, 'record')} of {records:,} changed it"


def _how(change: PlaceChange, style: Style) -> str:
    """How a place itself changed."""
    if change.old is None and change.new is not None:
        return style.paint(" (new)", "green") + _after_colon(change.new.value)
    if change.new is None and change.old is not None:
        return style.paint(" (gone)", "red") + _after_colon(change.old.value)
    if change.old is None or change.new is None or change.old.value == change.new.value:
        return ""
    old, new = clipped_pair(change.old.value, change.new.value, _SHOWN_VALUE)
    return f": {style.paint(old or '(none)', 'red')} -> {style.paint(new or '(none)', 'green')}"


def _after_colon(value: str) -> str:
    return f": {clipped(value, _SHOWN_VALUE)}" if value else ""
