"""What commands print when the scheduler goes away in the middle."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from necp_replay.accept.plan import NeedsNoGolden
from necp_replay.accept.trace_plan import PlanWork, TracePlan
from necp_replay.cli.main import main
from necp_replay.cluster.run import Cluster, SchedulerLostError

REPOSITORY = Path(__file__).resolve().parents[2]
WHY = "the scheduler at tcp://x is gone"
PAIR = ("--from", "xnu-4570.41.2", "--to", "xnu-4570.51.1")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder, with two traces."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "traces").mkdir()
    for name in ("remove", "remove_flow"):
        shutil.copy(REPOSITORY / "traces" / "client" / f"{name}.necptrace", tmp_path / "traces")
    (tmp_path / "necp-replay.toml").touch()


@pytest.fixture(autouse=True)
def cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster that is lost after the first item."""

    def results(
        self: Cluster,
        items: Sequence[Any],
        work: Callable[[Any], Any],
        order: Sequence[int],
        *_: object,
        **__: object,
    ) -> Iterator[tuple[int, Any]]:
        yield order[0], work(items[order[0]])
        raise SchedulerLostError(WHY)

    monkeypatch.setattr(Cluster, "__init__", lambda self, *_: None)
    monkeypatch.setattr(Cluster, "__exit__", lambda self, *_: None)
    monkeypatch.setattr(Cluster, "results", results)


def test_accept_prints_what_was_planned(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = TracePlan(skipped=NeedsNoGolden.MEASURED)
    monkeypatch.setattr(PlanWork, "__call__", lambda *_: plan)
    assert main(["accept", "traces", "--dry-run", "--scheduler", "tcp://x"]) == 2
    out, err = capsys.readouterr()
    assert "1 measured on the real code need none" in out
    assert f"Stopped: {WHY}. 1 trace not run:\n  traces/remove" in out
    assert WHY in err


def test_diff_prints_what_was_compared(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["diff", "traces", *PAIR, "--scheduler", "tcp://x"]
    assert main([*command, "--json"]) == 2
    printed = json.loads(capsys.readouterr().out)
    assert printed["stopped"] == WHY
    assert not printed["complete"]
    (ran,), (left,) = printed["per_trace"], printed["not_run"]
    assert {ran["path"], left} == {"traces/remove.necptrace", "traces/remove_flow.necptrace"}
    assert main(command) == 2
    assert f"Stopped: {WHY}. 1 trace not run:\n  {left}" in capsys.readouterr().out


def test_generate_keeps_what_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["generate", "--seed", "1", "--traces", "3", "--records", "9", "-o", "out"]
    assert main([*command, "--scheduler", "tcp://x"]) == 2
    out, err = capsys.readouterr()
    assert f"Stopped: {WHY}. 2 traces not run:\n  out/seed-2.necptrace\n" in out
    assert WHY in err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["seed-1.necptrace"]
