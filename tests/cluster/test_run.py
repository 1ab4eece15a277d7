"""Work on the workers of a Dask scheduler, and what happens when some of them die."""

from __future__ import annotations

import json
import re
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from necp_replay.cli.main import main
from necp_replay.cluster.run import Cluster, SchedulerLostError
from necp_replay.errors import UsageError
from tests.cluster.conftest import Started
from tests.cluster.deadly import deadly

pytest.importorskip("distributed", reason="the extra dask is not installed")

REPOSITORY = Path(__file__).resolve().parents[2]
SECONDS = re.compile(r'"seconds": [0-9.e-]+')


def reports(address: str, items: list[str], told: list[str] | None = None) -> dict[int, Any]:
    said = told if told is not None else []
    with Cluster(address, said.append) as cluster:
        return dict(cluster.reports(items, deadly, range(len(items)), [1e-4] * len(items)))


def test_a_trace_that_kills_workers_has_that_as_its_verdict(started: Started) -> None:
    told: list[str] = []
    items = ["a", "b", "kill", "c", "raise"]
    found = reports(started.address, items, told)
    assert sorted(found) == [0, 1, 2, 3, 4]
    assert [found[index].error for index in (0, 1, 3)] == [None] * 3
    assert found[2].error == "kill: every worker that worked on it died"
    assert "unforeseen error: ValueError: raised" in found[4].error
    assert any("is gone; another one takes its traces" in text for text in told)


def test_a_worker_that_dies_costs_no_report(started: Started, tmp_path: Path) -> None:
    items = [f"once {tmp_path / 'died'}", *["slow"] * 40]
    found = reports(started.address, items)
    assert [found[index].error for index in range(41)] == [None] * 41


def test_a_replay_gives_what_one_process_gives(
    started: Started,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, pattern in (("traces", "necptrace"), ("golden", "golden")):
        (tmp_path / folder).mkdir()
        for path in (REPOSITORY / folder / "client").glob(f"remove*.{pattern}"):
            shutil.copy(path, tmp_path / folder)
    (golden,) = (tmp_path / "golden").glob("remove.golden")
    golden.write_text(golden.read_text("utf-8").replace("ENOENT", "EINVAL"), "utf-8")
    (tmp_path / "traces" / "damaged.necptrace").write_bytes(b"x")
    (tmp_path / "necp-replay.toml").touch()
    forms: list[str] = []
    for where in ("traces", (tmp_path / "traces").as_uri()):
        for words in ((), ("--scheduler", started.address)):
            if "://" in where and not words:
                continue
            html = ("--html", f"{len(forms)}.html") if where == "traces" else ()
            assert main(["replay", where, *words, "--json", *html]) == 2
            forms.append(SECONDS.sub('"seconds": 0', capsys.readouterr().out))
    assert forms[0] == forms[1]
    assert (tmp_path / "0.html").read_bytes() == (tmp_path / "1.html").read_bytes()
    # At a URL only the paths are others, and no facts are looked for.
    here, there = (json.loads(forms[index]) for index in (0, 2))
    for key in ("traces", "different", "identical", "errors", "records", "complete"):
        assert here[key] == there[key]
    assert all(trace["path"].startswith("file:///") for trace in there["per_trace"])
    pair = ("--from", "xnu-4570.41.2", "--to", "xnu-4570.51.1", "--json")
    compared = []
    for words in ((), ("--scheduler", started.address)):
        main(["diff", "traces/remove.necptrace", "traces/remove_flow.necptrace", *pair, *words])
        compared.append(SECONDS.sub('"seconds": 0', capsys.readouterr().out))
    assert compared[0] == compared[1]


def test_workers_with_another_engine_are_refused(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("necp_replay.cluster.run.engine_digest", lambda: "other")
    with pytest.raises(UsageError, match="a worker has another version of necp_replay"):
        reports(started.address, ["a"])


def test_no_scheduler_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("necp_replay.cluster.run.CONNECT_S", 0.2)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(UsageError, match="no scheduler answers at tcp://127"):
            Cluster(address)


def test_a_scheduler_that_goes_away_ends_the_run_and_keeps_what_was_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = Started(tmp_path)
    found = {}
    with (
        pytest.raises(SchedulerLostError, match=r"the scheduler at tcp://.* is gone"),
        Cluster(started.address) as cluster,
    ):
        items = ["slow"] * 400
        for index, report in cluster.reports(items, deadly, range(400), [0.05] * 400):
            found[index] = report
            if len(found) == 1:
                started.end()
    assert 0 < len(found) < 400


def test_workers_that_dask_leaves_out_are_not_gone(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    with Cluster(started.address, told.append) as cluster:
        cluster.wait_for_workers()
        left_out = {"n_workers": 2, "workers": {}}
        monkeypatch.setattr(cluster._client, "scheduler_info", lambda **_: left_out)
        cluster._look(at_once=True)
        assert (told, cluster.threads) == ([], 2)
