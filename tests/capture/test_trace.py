"""Traces of captured programs: they replay as the system answered the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.capture.environment import SystemEnvironment
from necp_replay.capture.recording import CallRecording, create_recording
from necp_replay.capture.run import capture_environment
from necp_replay.capture.trace import CapturedTrace, write_trace
from necp_replay.events.inputs import Step
from necp_replay.events.interfaces import IfaceAttach, IfaceOrder, InterfaceAddress
from necp_replay.events.processes import ProcExit
from necp_replay.events.routes import RouteAdd
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.releases.lineage import RELEASES
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.trace.reader import TraceReader
from tests.capture.built import built_programs, needs_compiler
from tests.capture.server import StandInServer

pytestmark = needs_compiler

RELEASE = list(RELEASES)[-1]
NETWORK = (
    Step(IfaceAttach(4, "en0", addrs=(InterfaceAddress("192.0.2.10", 24),), functional_type=3)),
    Step(IfaceOrder((4,))),
    Step(RouteAdd("default", "0.0.0.0", ifindex=4, gateway="192.0.2.1")),
)


def trace_of(tmp_path: Path, *arguments: str) -> tuple[CapturedTrace, str, str]:
    """Capture a program whose calls our engine answers; also what it prints, so and alone."""
    built = built_programs()
    recording, output = tmp_path / "recording", tmp_path / "captured.necptrace"
    create_recording(recording, 1 << 30)
    printed: list[str] = []
    for variables in ({}, capture_environment(built.library, recording)):
        server = tmp_path / f"server{len(printed)}"
        with StandInServer(server, RELEASE, NETWORK):
            done = built.run(*arguments, NECP_STAND_IN_SERVER=str(server), **variables)
        assert done.returncode == 0, done.stderr
        printed.append(done.stdout)
    with CallRecording(recording) as opened:
        trace = write_trace(
            opened,
            output,
            RELEASE,
            RELEASES[RELEASE].match_result.size,
            SystemEnvironment(NETWORK, ()),
        )
    return trace, printed[0], printed[1]


def replayed(tmp_path: Path) -> TraceReport:
    return replay_trace(tmp_path / "captured.necptrace", "captured", ReplayOptions())


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("threads", "4", "120"), id="threads"),
        pytest.param(("fork",), id="fork, vfork and exec"),
        pytest.param(("session",), id="sessions"),
    ],
)
def test_a_captured_trace_replays_identically(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    trace, alone, captured = trace_of(tmp_path, *arguments)
    assert captured == alone
    report = replayed(tmp_path)
    assert report.error is None
    assert (report.different, report.not_modelled, report.not_determined) == (0, 0, 0)
    assert report.records == trace.records
    assert report.identical >= trace.calls - 5
    assert not [what for what in trace.missing if "not seen" in what]


@pytest.mark.parametrize("mode", ["faults", "socket"])
def test_what_depends_on_an_unseen_id_is_not_determined(tmp_path: Path, mode: str) -> None:
    trace, alone, captured = trace_of(tmp_path, mode)
    assert captured == alone
    report = replayed(tmp_path)
    assert report.error is None
    assert (report.different, report.not_modelled) == (0, 0)
    assert 0 < report.not_determined <= 4
    assert report.identical + report.not_determined >= trace.calls - 3


def test_every_process_of_a_trace_ends(tmp_path: Path) -> None:
    trace_of(tmp_path, "fork")
    with TraceReader(tmp_path / "captured.necptrace") as reader:
        ended = [step.input.pid for _, step, _ in reader.records() if type(step.input) is ProcExit]
    # The child of `vfork` makes no calls, so it is not in the trace.
    assert len(ended) == 2
