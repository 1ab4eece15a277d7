"""An engine that models nothing, as docs/engines.md begins with, differs nowhere."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from necp_replay.engines.external import ExternalEngines
from necp_replay.golden.store import GoldenStore
from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.releases.names import find_release
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.replay.two_releases import DiffOptions, diff_trace

ROOT = Path(__file__).parents[2]
RELEASE = "xnu-4570.51.1"
TRACE = ROOT / "traces" / "differences" / "remove_unknown_client.necptrace"

PROGRAM = f"""\
import sys
sys.path.insert(0, {str(ROOT)!r})
from necp_replay.engines.serve import serve
from necp_replay.events.outcome import Absent, Outcome
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release


class Nothing:
    def __init__(self, release):
        self.snapshot = Machine(find_release(release)).snapshot

    def submit(self, step):
        return Outcome(answer=Absent("not written yet"))


serve(sys.stdin.buffer, sys.stdout.buffer, open_engine=Nothing)
"""


def _engine(folder: Path) -> ExternalEngines:
    path = folder / "nothing.py"
    path.write_text(PROGRAM, "utf-8")
    return ExternalEngines(shlex.join([sys.executable, str(path)]), 20)


def _check(report: TraceReport) -> None:
    assert report.error is None, report.error
    assert report.not_modelled == report.records > 0
    assert (report.different, report.differing_states, report.missing_records) == (0, 0, 0)
    assert report.verdict is Verdict.NOT_MODELLED


def test_with_a_golden_everything_is_not_modelled(tmp_path: Path) -> None:
    options = ReplayOptions(RELEASE, GoldenStore(ROOT / "golden"), _engine(tmp_path))
    _check(replay_trace(TRACE, "differences/remove_unknown_client", options))


def test_with_our_engine_everything_is_not_modelled(tmp_path: Path) -> None:
    profile = find_release(RELEASE)
    options = DiffOptions(profile, profile, RELEASE, open_to=_engine(tmp_path))
    _check(diff_trace(TRACE, "differences/remove_unknown_client", options))
