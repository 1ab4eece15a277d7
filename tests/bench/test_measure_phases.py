"""Phases are measured on every release that is named, and compared with the first."""

from __future__ import annotations

from necp_replay.bench.measure_phases import PHASES, PhaseCost, run_benchmark
from necp_replay.report.bench import bench_text

OLD, NEW = "xnu-4570.51.1", "xnu-7195.101.1"


def test_each_phase_is_measured_on_each_release() -> None:
    costs = run_benchmark("add", 60, 1, (OLD, NEW), repeats=1)
    assert [(cost.release, cost.phase) for cost in costs] == [
        (release, phase) for release in (OLD, NEW) for phase in PHASES
    ]
    assert [cost.times_first for cost in costs if cost.release == OLD] == [1.0] * len(PHASES)
    assert all(cost.times_first > 0 for cost in costs)


def test_releases_are_shown_only_if_there_are_several() -> None:
    rows = [
        PhaseCost("add", release, "replay", 1000, seconds, 5.0, seconds / 0.01, 41_000_000)
        for release, seconds in ((OLD, 0.01), (NEW, 0.012))
    ]
    *_, row = bench_text(rows).splitlines()
    assert " ".join(row.split()) == f"add {NEW} replay 1,000 83,333 12.00 5.00 1.20 41"
    *_, row = bench_text(rows[:1]).splitlines()
    assert " ".join(row.split()) == "add replay 1,000 100,000 10.00 5.00 41"
