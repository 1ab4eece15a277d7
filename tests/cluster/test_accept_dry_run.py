"""`necp-replay accept --dry-run` on a cluster prints what it prints on one machine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from necp_replay.accept.trace_plan import PlanOptions, PlanWork, TracePlan
from necp_replay.cli.main import main
from necp_replay.errors import NecpReplayError
from necp_replay.golden.store import GoldenStore
from necp_replay.trace.find import FoundTrace
from tests.cluster.conftest import Started

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a trace to accept, one that needs no golden, and a damaged one."""
    monkeypatch.chdir(tmp_path)
    measured = sorted((REPOSITORY / "traces" / "measured").rglob("*.necptrace"))[0]
    for path in (REPOSITORY / "traces" / "client" / "remove.necptrace", measured):
        (tmp_path / "traces").mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / "traces")
    (tmp_path / "traces" / "damaged.necptrace").write_bytes(b"x")
    (tmp_path / "golden").mkdir()
    (tmp_path / "golden" / "remove.golden").write_text("what stood here\n", "utf-8")
    (tmp_path / "necp-replay.toml").touch()
    return tmp_path


def test_a_dry_run_prints_the_same(
    project: Path, capsys: pytest.CaptureFixture[str], started: Started
) -> None:
    printed = []
    for words in ((), ("--scheduler", started.address)):
        status = main(["accept", "traces", "--dry-run", *words])
        printed.append((status, *capsys.readouterr()))
    assert printed[0] == printed[1]
    assert printed[0][0] == 2
    assert "traces/damaged.necptrace: " in printed[0][2]


def test_plans_name_files_as_the_client_does(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("worker"))
    shutil.rmtree(project / "golden")
    # The same name where a file system ignores case.
    (project / "golden").mkdir()
    (project / "golden" / "Remove.golden").touch()
    trace = FoundTrace(Path("traces/remove.necptrace"), "remove")

    def planned() -> TracePlan | NecpReplayError:
        return PlanWork(PlanOptions(GoldenStore(Path("golden")), releases=()), str(project))(trace)

    refused = planned()
    assert str(refused).startswith("golden/remove.golden: its name is that of golden/Remove.golden")
    (project / "golden" / "Remove.golden").unlink()
    plan = planned()
    assert isinstance(plan, TracePlan)
    assert [change.path for change in plan.changes] == [Path("golden/remove.golden")]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("traces",), "--scheduler is for --dry-run"),
        (("traces", "--dry-run", "--reformat"), "--reformat runs no engine"),
        (("memory://x", "--dry-run"), "memory://x: traces at a URL can be replayed only"),
    ],
)
def test_what_cannot_be_combined_is_refused(
    words: tuple[str, ...],
    why: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert main(["accept", *words, "--scheduler", "tcp://x"]) == 2
    assert why in capsys.readouterr().err
