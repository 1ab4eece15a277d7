"""What is remembered of each trace: reading it, writing it, and what a trace is taken to cost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from necp_replay.errors import UsageError
from necp_replay.suite.times import (
    RunTimes,
    costs_of,
    file_in_cache,
    key_of,
    read_times,
    remembered_times,
    write_times,
)
from necp_replay.trace.find import FoundTrace


def times(**seconds: float) -> RunTimes:
    noted = RunTimes()
    for key, each in seconds.items():
        noted.note(key, each, passed=key != "bad")
    return noted


def test_times_are_read_as_they_were_written(tmp_path: Path) -> None:
    file = tmp_path / "times.json"
    write_times(file, times(a=0.5, bad=2), private=True)
    assert read_times(file) == remembered_times(file) == times(a=0.5, bad=2)
    assert file.stat().st_mode & 0o077 == 0


def test_a_missing_file_has_no_times(tmp_path: Path) -> None:
    assert read_times(tmp_path / "no.json") == remembered_times(tmp_path / "no.json") == RunTimes()


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"necp_replay_times": 2, "traces": {}}', "[" * 100_000),
        '{"necp_replay_times": 1, "traces": []}',
        '{"necp_replay_times": 1, "traces": {"a": 1}}',
        '{"necp_replay_times": 1, "traces": {"a": {"seconds": "1"}}}',
        '{"necp_replay_times": 1, "traces": {"a": {"seconds": true}}}',
        '{"necp_replay_times": 1, "traces": {"a": {"seconds": NaN}}}',
        '{"necp_replay_times": 1, "traces": {"a": {"seconds": -1}}}',
    ],
)
def test_a_damaged_file_is_refused_if_it_was_named_and_left_in_the_cache(
    tmp_path: Path, text: str
) -> None:
    file = tmp_path / "times.json"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"times\.json: holds no remembered times"):
        read_times(file)
    file.chmod(0o600)
    assert remembered_times(file) == RunTimes()


def test_no_link_is_followed_in_the_cache_and_no_file_read_that_others_may_write(
    tmp_path: Path,
) -> None:
    file = tmp_path / "times.json"
    write_times(file, times(a=1), private=True)
    link = tmp_path / "link.json"
    link.symlink_to(file)
    assert remembered_times(link) == RunTimes()
    file.chmod(0o666)
    assert remembered_times(file) == RunTimes()
    os.mkfifo(tmp_path / "fifo")
    assert remembered_times(tmp_path / "fifo") == RunTimes()


def test_a_cost_is_the_remembered_time_or_estimated_by_size(tmp_path: Path) -> None:
    traces = []
    for name, size in (("a", 8192), ("b", 8192), ("c", 18432)):
        path = tmp_path / name
        path.write_bytes(bytes(size))
        traces.append(FoundTrace(path, name))
    assert list(costs_of(traces, RunTimes(), None)) == [10240, 10240, 20480]
    assert list(costs_of(traces, times(a=3, b=1), None)) == [3, 1, 4]
    # Other times are those of another release.
    assert list(costs_of(traces, times(a=3), "xnu-1")) == [10240, 10240, 20480]
    assert key_of("a", "xnu-1") == "a@xnu-1"


def test_each_project_and_each_engine_has_a_file(tmp_path: Path) -> None:
    files = {
        file_in_cache(tmp_path, project, engine)
        for project in (None, tmp_path, tmp_path / "other")
        for engine in (None, "./engine")
    }
    assert len(files) == 6
