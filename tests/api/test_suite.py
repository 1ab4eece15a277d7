"""Finding and replaying a suite from a program."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest

from necp_replay import api
from necp_replay.errors import UsageError
from tests.tools.recorded import generate


@pytest.fixture
def traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three generated traces; `c` is damaged."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "traces"
    folder.mkdir()
    generate(folder / "a.necptrace", seed=1, records=30)
    shutil.copy(folder / "a.necptrace", folder / "b.necptrace")
    (folder / "c.necptrace").write_bytes((folder / "a.necptrace").read_bytes()[:-9])
    (tmp_path / "necp-replay.toml").touch()
    return folder


def test_pickled_parts_give_the_report_of_one_run(traces: Path) -> None:
    suite = api.find(["traces"])
    sent = pickle.loads(pickle.dumps(suite))
    parts = [pickle.loads(pickle.dumps(api.replay_part(sent, each))) for each in ([2, 0], [1])]
    run, whole = (
        api.judge(api.merge(each)) for each in (parts, [api.replay_part(suite, range(3))])
    )
    for report in (*run.traces, *whole.traces):
        report.seconds = 0.0
    assert run == whole
    assert [report.verdict.value for report in run.traces] == ["identical", "identical", "error"]
    assert run.exit_status == 2


def test_a_part_stops_after_a_report_for_which_until_is_true(traces: Path) -> None:
    suite = api.find(["traces"])
    part = api.replay_part(suite, [2, 0, 1], until=lambda report: report.error is not None)
    assert list(part.reports) == [2]


def test_one_trace_is_replayed(traces: Path) -> None:
    suite = api.find([traces / "a.necptrace"], api.Options(record_limit_s=10, use_goldens=False))
    (trace,) = suite.traces
    report = api.replay(trace, suite.how)
    assert (report.records, report.verdict) == (30, api.Verdict.IDENTICAL)
    assert not suite.basis.complete


def test_paths_and_releases_that_do_not_exist_are_refused(traces: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        api.find(["nothing"])
    with pytest.raises(UsageError, match="xnu-0"):
        api.find(["traces"], api.Options(release="xnu-0"))
