"""A timeline as the page has it: its lanes with differences first, each below its parent."""

from __future__ import annotations

from typing import Any, Final

from necp_replay.outcomes.timeline import LaneKind, MarkKind, Timeline, TimelineMark
from necp_replay.report.html.texts import Texts

LANES: Final = 240
"""The most lanes of one timeline. Lanes with differences come first."""
LANE_KINDS: Final = tuple(LaneKind)
MARK_KINDS: Final = tuple(MarkKind)


def timeline_shown(timeline: Timeline, differing: set[int | None], texts: Texts) -> dict[str, Any]:
    """The timeline of a trace in which the records ``differing`` differ."""
    chosen = _chosen_lanes(timeline, differing)
    numbers = {lane: number for number, lane in enumerate(chosen)}
    marks: list[list[int]] = [[] for _ in chosen]
    for mark in timeline.marks:
        if mark.lane in numbers:
            marks[numbers[mark.lane]] += (mark.record, MARK_KINDS.index(mark.kind))
    lanes = [timeline.lanes[lane] for lane in chosen]
    return {
        "records": timeline.records,
        "lanes": [
            {
                "kind": LANE_KINDS.index(lane.kind),
                "label": texts.text(lane.label),
                "parent": None if lane.parent is None else numbers[lane.parent],
                "born": lane.born,
                "gone": lane.gone,
                "marks": own,
            }
            for lane, own in zip(lanes, marks, strict=True)
        ],
        "titles": [[record, texts.text(text)] for record, text in timeline.titles.items()],
        "looked_every": timeline.looked_every,
        "left_out_lanes": timeline.left_out_lanes + len(timeline.lanes) - len(chosen),
        "thinned": timeline.thinned,
    }


def _chosen_lanes(timeline: Timeline, differing: set[int | None]) -> list[int]:
    """The lanes that are shown, each below its parent."""
    first: dict[int, None] = {}
    for mark in timeline.marks:
        if mark.record in differing:
            _take(timeline, mark, first)
    for lane in timeline.lanes:
        if len(first) >= LANES:
            break
        _take(timeline, TimelineMark(0, lane, MarkKind.CALL), first)
    inside: dict[int | None, list[int]] = {}
    for lane in sorted(first):
        inside.setdefault(timeline.lanes[lane].parent, []).append(lane)
    ordered: list[int] = []
    pending = inside.get(None, [])[::-1]
    # Lanes of the system, such as interfaces, are above those of processes.
    pending.sort(key=lambda lane: timeline.lanes[lane].kind is LaneKind.SYSTEM)
    while pending:
        lane = pending.pop()
        ordered.append(lane)
        pending += inside.get(lane, [])[::-1]
    return ordered


def _take(timeline: Timeline, mark: TimelineMark, taken: dict[int, None]) -> None:
    """Add the lane of a mark and the parents of the lane, if there is room for them."""
    lane: int | None = mark.lane
    path = []
    while lane is not None and lane not in taken:
        path.append(lane)
        lane = timeline.lanes[lane].parent
    if len(taken) + len(path) <= LANES:
        taken.update(dict.fromkeys(path))
