"""What a report keeps of traces that differ, where it is asked to: both sides, and timelines."""

from pathlib import Path

import pytest

from necp_replay.engines.engine import Engine, open_machine
from necp_replay.errors import TraceError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.golden.store import GoldenStore
from necp_replay.outcomes import sides as sides_module
from necp_replay.outcomes.record_difference import Truth
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay import second_pass
from necp_replay.replay.findings.kept_examples import keep_examples
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.trace.reader import TraceReader

OLD, NEW = "xnu-4570.41.2", "xnu-4570.51.1"
ROOT = Path(__file__).parents[2]
TRACE = ROOT / "traces/differences/remove_unknown_client.necptrace"
NAME = "differences/remove_unknown_client"


def on_the_older(_release: str) -> Engine:
    """An engine that answers as the older release does, whichever release it is asked to be."""
    return open_machine(OLD)


def replayed(*, extra_examples: int = 0) -> TraceReport:
    options = ReplayOptions(open_engine=on_the_older, extra_examples=extra_examples)
    report = replay_trace(TRACE, NAME, options)
    assert report.error is None
    return report


def test_both_sides_of_a_difference_are_kept_whole() -> None:
    (difference,) = replayed(extra_examples=1).examples
    assert difference.shown.sides is not None
    assert difference.shown.sides.expected == (
        "status: ENOENT",
        "effects",
        "  log: err necp_client_remove error=2",
    )
    assert difference.shown.sides.actual == ("status: ok retval=0",)


def test_the_step_and_both_outcomes_are_kept() -> None:
    (difference,) = replayed(extra_examples=1).examples
    sides = difference.shown.sides
    assert sides is not None
    assert sides.step is not None and isinstance(sides.step.input, NecpClientAction)
    assert sides.expected_outcome is not None and sides.expected_outcome.errno == 2
    assert sides.actual_outcome is not None and sides.actual_outcome.retval == 0


def test_a_trace_that_differs_has_a_timeline() -> None:
    timeline = replayed(extra_examples=1).timeline
    assert timeline is not None
    assert timeline.records == 5
    assert [lane.label for lane in timeline.lanes.values()][-1] == "client #1"


def test_sides_and_timelines_are_kept_only_on_request() -> None:
    report = replayed()
    assert report.timeline is None
    assert [each.shown.sides for each in report.examples] == [None]


def holding_golden() -> Path:
    """The golden that holds for the release of the trace."""
    with TraceReader(TRACE) as reader:
        found = GoldenStore(ROOT / "golden").find(NAME, reader.header.release)
    assert found is not None
    return found


def test_the_golden_gives_the_expected_side_and_the_replay_the_rest(tmp_path: Path) -> None:
    text = holding_golden().read_text("utf-8")
    changed = tmp_path / f"{NAME}.golden"
    changed.parent.mkdir(parents=True)
    changed.write_text(text.replace("flags=0x0 -> ok retval=3", "flags=0x0 -> EMFILE"), "utf-8")
    report = replay_trace(
        TRACE, NAME, ReplayOptions(goldens=GoldenStore(tmp_path), extra_examples=1)
    )
    (difference,) = report.examples
    assert difference.truth is Truth.GOLDEN
    sides = difference.shown.sides
    assert sides is not None
    assert (sides.expected[0], sides.actual[0]) == ("status: EMFILE", "status: ok retval=3")
    assert sides.expected_outcome is None
    assert sides.step is not None and sides.actual_outcome is not None


def test_two_releases_are_compared_side_by_side() -> None:
    report = replayed()
    second_pass.add_details(TRACE, report, open_machine(OLD), open_machine(NEW))
    (difference,) = report.examples
    assert difference.shown.sides is not None
    assert difference.shown.sides.expected[0] == "status: ENOENT"


def test_differences_kept_besides_are_of_any_kind_and_no_more_than_asked_for() -> None:
    reports = [
        replay_trace(
            ROOT / "traces/differences/remove_matrix.necptrace",
            "differences/remove_matrix",
            ReplayOptions(open_engine=on_the_older, keep=1, extra_examples=extra_examples),
        )
        for extra_examples in (0, 2)
    ]
    plain, more = (report.examples for report in reports)
    assert len(more) == len(plain) + 2 < reports[0].different
    keep_examples(reports[1], 1)
    assert [each.record for each in reports[1].examples] == [each.record for each in plain]


def test_what_is_too_long_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sides_module, "SIDE_LINES", 1)
    monkeypatch.setattr(sides_module, "LINE_CHARACTERS", 3)
    monkeypatch.setattr(sides_module, "KEPT_BYTES", 10)
    (difference,) = replayed(extra_examples=1).examples
    sides = difference.shown.sides
    assert sides is not None
    assert sides.expected == ("status: ENOENT", "eff... (4 more)", "(the rest is left out)")
    assert sides.step is None


def test_an_engine_that_fails_only_the_second_time_changes_no_verdict() -> None:
    opened: list[int] = []

    class Failing:
        def submit(self, step: Step) -> Outcome:
            raise TraceError("it broke")

        def snapshot(self) -> Snapshot:
            raise TraceError("it broke")

    def once(_release: str) -> Engine:
        opened.append(1)
        return open_machine(OLD) if len(opened) == 1 else Failing()

    report = replay_trace(TRACE, NAME, ReplayOptions(open_engine=once, extra_examples=1))
    assert len(opened) == 2
    assert (report.error, report.different, report.timeline) == (None, 1, None)
