"""Coverage as text: a table of areas, then the points that are not exercised."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence

from necp_replay.coverage.points import POINTS, UNREACHABLE, Area, Point
from necp_replay.report.table import left, right, table
from necp_replay.report.terminal import text_width

# Lists of points are wrapped here, so that the same traces give the same text in every file.
_WIDTH = 100


def coverage_text(exercised: Collection[Point], *, is_whole: bool = True) -> str:
    """A table of areas. With ``is_whole`` also the points that are not exercised, and why."""
    rows: list[tuple[str, int, int, int]] = []
    for area in Area:
        points = [point for point in POINTS if point.area is area]
        reachable = [point for point in points if point not in UNREACHABLE]
        found = sum(point in exercised for point in points)
        if is_whole or area is not Area.RELEASE_FACT:
            rows.append((area.value, found, len(reachable), len(points) - len(reachable)))
    sums = [sum(counts) for counts in zip(*(row[1:] for row in rows), strict=True)]
    rows.append(("all", sums[0], sums[1], sums[2]))
    columns = [*left("area"), *right("exercised", "reachable", "not reachable")]
    text = table(columns, rows)
    if not is_whole:
        return text
    missing = [p for p in POINTS if p not in exercised and p not in UNREACHABLE]
    return "\n\n".join([text, *_by_area("not exercised", missing), *_by_reason()])


def lost_text(lost: Sequence[Point]) -> str:
    """The points of a baseline that are not exercised any more."""
    return "\n".join(f"no longer exercised: {point}" for point in lost)


def _by_reason() -> list[str]:
    blocks = []
    for reason in dict.fromkeys(UNREACHABLE.values()):
        points = [point for point in UNREACHABLE if UNREACHABLE[point] == reason]
        names = ", ".join(str(point) for point in points)
        line = f"not reachable, since {reason}: {names}"
        blocks.append(textwrap.fill(line, text_width(_WIDTH), subsequent_indent="  "))
    return blocks


def _by_area(title: str, points: Sequence[Point]) -> list[str]:
    blocks = []
    for area in Area:
        names = [point.name for point in points if point.area is area]
        if names:
            head = f"{title}, {area.value}: "
            blocks.append(
                textwrap.fill(head + ", ".join(names), text_width(_WIDTH), subsequent_indent="  ")
            )
    return blocks
