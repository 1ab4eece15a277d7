"""Parts of a trace that the workers of a cluster try."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from necp_replay.cli.main import main
from necp_replay.cluster.run import Cluster, SchedulerLostError
from necp_replay.cluster.trials import ClusterTrials
from necp_replay.events.inputs import Step
from necp_replay.minimize.part_comparison import PartComparison
from necp_replay.minimize.trial_work import TrialWork
from tests.cluster.conftest import Started
from tests.cluster.deadly import DeadlyComparison

REPOSITORY = Path(__file__).resolve().parents[2]
TRACE = REPOSITORY / "traces" / "client" / "remove_flow.necptrace"


def minimized(output: Path, *words: str) -> int:
    pair = ("--from", "xnu-4570.41.2", "--to", "xnu-11417.121.6")
    return main(["minimize", str(TRACE), *pair, "-o", str(output), "--json", *words])


def test_the_result_is_that_of_one_process(
    started: Started, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = []
    for name, words in (("a", ()), ("b", ("--scheduler", started.address))):
        assert minimized(tmp_path / f"{name}.necptrace", *words) == 0
        printed.append(capsys.readouterr().out.replace(f"{name}.necptrace", "out"))
    assert printed[0] == printed[1]
    assert (tmp_path / "a.necptrace").read_bytes() == (tmp_path / "b.necptrace").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.necptrace", "b.necptrace"]


def test_a_part_that_kills_workers_does_not_show_the_difference(started: Started) -> None:
    step = cast(Step, "a step")
    comparison = cast(PartComparison, DeadlyComparison())
    work = TrialWork(comparison, "x", 1, dict.fromkeys(range(9), step))
    rows = ([1, 2], [1, 3], [4, 7], [8])
    parts = [[(number, step) for number in row] for row in rows]
    told: list[str] = []
    with Cluster(started.address, told.append) as cluster, ClusterTrials(cluster, work) as trials:
        found = [answer for _, answer in trials.answers(iter(parts), parts[0], is_plain=False)]
    assert found == [0, 0, 1, 0]
    assert any("is gone" in text for text in told)


def test_a_lost_scheduler_keeps_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def lost(self: Cluster, *_: Any) -> None:
        raise SchedulerLostError("the scheduler at tcp://x is gone")

    monkeypatch.setattr(Cluster, "__init__", lambda self, *_: None)
    monkeypatch.setattr(Cluster, "__exit__", lambda self, *_: None)
    monkeypatch.setattr(Cluster, "wait_for_workers", lost)
    assert minimized(tmp_path / "a.necptrace", "--scheduler", "tcp://x") == 2
    err = capsys.readouterr().err
    assert "the scheduler at tcp://x is gone" in err
    assert "the same command goes on from there" in err
    assert [path.name for path in tmp_path.iterdir()] == ["a.necptrace.work"]


def test_processes_here_and_elsewhere_are_not_combined(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert minimized(tmp_path / "a", "--scheduler", "tcp://x", "--jobs", "2") == 2
    assert "--jobs and --scheduler cannot be combined" in capsys.readouterr().err


def test_what_is_no_address_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for address in ("tcp://x", "python -m distributed", "tcp://x:8786/ y"):
        assert minimized(tmp_path / "a.necptrace", "--scheduler", address) == 2
        error = capsys.readouterr().err
        assert f"{address} is not the address of a scheduler" in error
        assert "tcp://10.0.0.1:8786" in error
