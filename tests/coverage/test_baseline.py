"""A baseline of coverage names the points that are no longer exercised."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.coverage.baseline import (
    coverage_json,
    lost_from_corpus,
    lost_points,
    read_baseline,
)
from necp_replay.coverage.points import Area, Point
from necp_replay.coverage.traces import coverage_of
from necp_replay.generate.trace import write_generated
from necp_replay.trace.find import find_traces

ROOT = Path(__file__).parents[2]
RELEASE = "xnu-4570.51.1"


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    """A folder with one trace that exercises many points, and one with few."""
    folder = tmp_path / "traces"
    folder.mkdir()
    write_generated(folder / "many.necptrace", RELEASE, seed=1, records=400)
    write_generated(folder / "few.necptrace", RELEASE, seed=1, records=20)
    return folder


@pytest.fixture
def baseline(traces: Path, tmp_path: Path) -> dict[Point, list[str]]:
    """The coverage of both traces, written and read again."""
    path = tmp_path / "baseline.json"
    path.write_text(coverage_json(coverage_of(find_traces([traces]))), "utf-8")
    return read_baseline(path)


def test_a_baseline_has_each_point_with_the_first_traces_that_exercise_it(
    traces: Path, baseline: dict[Point, list[str]]
) -> None:
    coverage = coverage_of(find_traces([traces]))
    assert baseline == coverage.witnesses
    assert baseline[Point(Area.INPUT, "iface_attach ok")] == ["few", "many"]


def test_the_same_traces_lose_nothing(traces: Path, baseline: dict[Point, list[str]]) -> None:
    assert lost_from_corpus(baseline, find_traces([traces])) == []


def test_a_renamed_trace_loses_nothing(traces: Path, baseline: dict[Point, list[str]]) -> None:
    (traces / "many.necptrace").rename(traces / "moved.necptrace")
    assert lost_from_corpus(baseline, find_traces([traces])) == []


def test_points_that_only_a_removed_trace_exercised_are_lost(
    traces: Path, baseline: dict[Point, list[str]]
) -> None:
    (traces / "many.necptrace").unlink()
    lost = lost_from_corpus(baseline, find_traces([traces]))
    assert lost == [point for point, names in baseline.items() if names == ["many"]]
    assert lost


def test_a_point_that_no_longer_exists_is_not_lost(traces: Path) -> None:
    coverage = coverage_of(find_traces([traces]))
    assert lost_points([Point(Area.INPUT, "no such input ok")], coverage) == []


def test_the_traces_of_this_repository_exercise_everything_in_their_baseline() -> None:
    baseline = read_baseline(ROOT / "traces" / "coverage.json")
    lost = lost_from_corpus(baseline, find_traces([ROOT / "traces"]))
    assert not lost, "\n".join(str(point) for point in lost)
