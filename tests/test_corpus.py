"""The traces of this repository replay identically, on both releases where goldens say so."""

from pathlib import Path

import pytest

from necp_replay.golden.store import GoldenStore
from necp_replay.outcomes.trace_report import Verdict
from necp_replay.releases.span import span_of
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.trace.find import FoundTrace, find_traces
from necp_replay.trace.reader import TraceReader
from tests.complaints import assert_none

ROOT = Path(__file__).parents[1]
MEASURED = [trace for trace in find_traces([ROOT / "traces"]) if "measured/" in trace.name]
SCENARIOS = [trace for trace in find_traces([ROOT / "traces"]) if "measured/" not in trace.name]
GOLDENS = GoldenStore(ROOT / "golden")


def releases_of(trace: FoundTrace) -> list[str]:
    """The modelled releases on which a trace can run."""
    with TraceReader(trace.path) as reader:
        return span_of(reader.header.properties).modelled()


@pytest.mark.parametrize("trace", SCENARIOS, ids=lambda trace: trace.name)
def test_a_scenario_matches_its_golden_on_every_release(trace: FoundTrace) -> None:
    reports = [
        replay_trace(trace.path, trace.name, ReplayOptions(release, GOLDENS))
        for release in releases_of(trace)
    ]
    assert reports
    assert_none(f"{each}" for each in reports if each.verdict is not Verdict.IDENTICAL)


KEYS = 3
"""A measured trace of macOS 12 or later begins with at most this many such records."""


@pytest.mark.parametrize("trace", MEASURED[::10], ids=lambda trace: trace.name)
def test_a_measured_trace_replays_as_it_was_measured(trace: FoundTrace) -> None:
    report = replay_trace(trace.path, trace.name, ReplayOptions(goldens=GOLDENS))
    assert report.verdict is Verdict.IDENTICAL, report
    # Records that say what the kernel drew at random have no outcome to compare with.
    compared_or_open = report.identical + report.not_determined + report.not_compared
    assert compared_or_open == report.records
    assert report.not_compared <= KEYS


def test_every_golden_belongs_to_a_trace() -> None:
    names = {trace.name for trace in SCENARIOS}
    goldens = [path.relative_to(ROOT / "golden") for path in (ROOT / "golden").rglob("*.golden")]
    strays = [g for g in goldens if g.as_posix().removesuffix(".golden").split("@")[0] not in names]
    assert not strays
