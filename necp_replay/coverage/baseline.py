"""Coverage as JSON, and the points of an earlier coverage that are no longer exercised."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal, TypedDict

from necp_replay.coverage.points import POINTS, UNREACHABLE, Area, Point
from necp_replay.coverage.traces import Coverage, coverage_of
from necp_replay.errors import UsageError, hint_for, why_no_json
from necp_replay.trace.find import FoundTrace

VERSION: Final = 1
_HINT: Final = "Name what `necp-replay coverage PATH --format json` printed."
_MAX_BYTES: Final = 16 * 1024 * 1024
"""Bounds the memory for a baseline. That of this repository has 100 KiB."""


class AreaObject(TypedDict):
    """The points of one area: those exercised with up to three traces each, and the others.

    ``not_reachable`` has the reason why nothing can exercise a point.
    """

    exercised: dict[str, list[str]]
    not_exercised: list[str]
    not_reachable: dict[str, str]


class CoverageDocument(TypedDict):
    """What a number of traces exercise, by area. ``coverage`` is the version of this form."""

    schema_version: Literal[1]
    coverage: Literal[1]
    traces: int
    areas: dict[str, AreaObject]


def coverage_json(coverage: Coverage) -> str:
    """The coverage as JSON: each area's points, with the traces that exercise them.

    Counts are left out, so that a baseline file only changes when a point is gained or lost.
    """
    areas: dict[str, AreaObject] = {}
    for point in POINTS:
        area = areas.setdefault(
            point.area.value, {"exercised": {}, "not_exercised": [], "not_reachable": {}}
        )
        if point in coverage.witnesses:
            area["exercised"][point.name] = coverage.witnesses[point]
        elif point in UNREACHABLE:
            area["not_reachable"][point.name] = UNREACHABLE[point]
        else:
            area["not_exercised"].append(point.name)
    content: CoverageDocument = {
        "schema_version": 1,
        "coverage": VERSION,
        "traces": coverage.traces,
        "areas": areas,
    }
    return json.dumps(content, indent=1)


def read_baseline(path: Path) -> dict[Point, list[str]]:
    """The points of a baseline with the traces that exercised them. Raises UsageError."""
    try:
        with path.open("rb") as stream:
            text = stream.read(_MAX_BYTES + 1)
        if len(text) > _MAX_BYTES:
            reason = f"larger than {_MAX_BYTES >> 20} MiB"
            raise UsageError(reason, file=str(path), hint=_HINT)
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"no JSON: {why_no_json(error)}") from None
        if content["coverage"] != VERSION:
            raise UsageError("a baseline of another version", file=str(path), hint=_HINT)
        return {
            Point(Area(area), name): list(witnesses)
            for area, points in content["areas"].items()
            for name, witnesses in points["exercised"].items()
        }
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise UsageError(reason, file=str(path), hint=hint_for(error)) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why = error if type(error) is ValueError else "its members are others"
        raise UsageError(f"not a coverage baseline: {why}", file=str(path), hint=_HINT) from None


def lost_points(baseline: Iterable[Point], coverage: Coverage) -> list[Point]:
    """Points of a baseline that nothing exercises any more. Points that no longer exist are left
    out.
    """
    return [point for point in baseline if point in _KNOWN and point not in coverage.counts]


def lost_from_corpus(
    baseline: dict[Point, list[str]],
    traces: Iterable[FoundTrace],
) -> list[Point]:
    """The same for a whole corpus, reading only the traces that the baseline names if it can.

    All traces are read only if the named ones no longer exercise everything.
    """
    found = list(traces)
    names = {name for witnesses in baseline.values() for name in witnesses[:1]}
    lost = lost_points(baseline, coverage_of(each for each in found if each.name in names))
    if not lost:
        return []
    return lost_points(lost, coverage_of(found))


_KNOWN: Final = frozenset(POINTS)
