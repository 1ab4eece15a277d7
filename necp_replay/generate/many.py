"""Generates the traces of many seeds, here or in other processes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from necp_replay.coverage.points import POINTS, Point
from necp_replay.dataclass import dataclass
from necp_replay.errors import NecpReplayError, error_of_trace
from necp_replay.generate.trace import write_generated
from necp_replay.trace.find import TRACE_SUFFIX

_NUMBERS: Final = {point: number for number, point in enumerate(POINTS)}


@dataclass(frozen=True, slots=True)
class SeededTrace:
    """A trace to generate, and the file that it will be."""

    path: Path
    seed: int


@dataclass(frozen=True, slots=True)
class GeneratedTrace:
    """The bytes of a trace, and the numbers of the points of coverage that it exercises."""

    content: bytes
    exercised: frozenset[int]


@dataclass(frozen=True, slots=True)
class GenerateWork:
    """Generates a trace in any process, with the options of :func:`.write_generated`."""

    release: str
    records: int
    mix: str
    unmeasured_percent: int

    def __call__(self, trace: SeededTrace) -> GeneratedTrace | NecpReplayError:
        """Generate one trace. Raises nothing."""
        try:
            with tempfile.TemporaryDirectory(prefix="necp-replay-") as folder:
                path = Path(folder, "generated" + TRACE_SUFFIX)
                counter = write_generated(
                    path,
                    self.release,
                    seed=trace.seed,
                    records=self.records,
                    mix=self.mix,
                    unmeasured_percent=self.unmeasured_percent,
                )
                seen = frozenset(_NUMBERS[point] for point in counter.seen if point in _NUMBERS)
                return GeneratedTrace(path.read_bytes(), seen)
        except Exception as error:  # An error in one trace must not stop the others.
            return error_of_trace(error, str(trace.path))


def points_of(numbers: Iterable[int]) -> set[Point]:
    """The points of coverage with these numbers."""
    return {POINTS[number] for number in numbers}


def seeded_traces(folder: Path, first: int, count: int) -> list[SeededTrace]:
    """The traces of ``count`` seeds from ``first`` on. Names sort as their seeds do."""
    width = len(str(first + count - 1))
    return [
        SeededTrace(folder / f"seed-{seed:0{width}}{TRACE_SUFFIX}", seed)
        for seed in range(first, first + count)
    ]
