"""Equal records are decoded once, and give what decoding each of them gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.bench.workload import write_workload
from necp_replay.trace import repeated_records
from necp_replay.trace.reader import TraceReader


@pytest.fixture(scope="module")
def workload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("traces") / "realistic.necptrace"
    write_workload(path, "realistic", 1500, seed=1)
    return path


def test_shared_records_are_those_that_decoding_each_gives(workload: Path) -> None:
    with TraceReader(workload) as reader:
        each = list(reader.records())
        assert list(reader.records(shared=True)) == each
        assert list(reader.records(700, shared=True)) == each[699:]


def test_equal_calls_are_the_same_objects(workload: Path) -> None:
    with TraceReader(workload) as reader:
        found = list(reader.records(shared=True))
    assert len({id(step) for _, step, _ in found}) < len(found) / 2


def test_a_table_that_is_full_starts_again(workload: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated_records, "MAX_RECORDS", 3)
    with TraceReader(workload) as reader:
        assert list(reader.records(shared=True)) == list(reader.records())


def test_long_records_are_decoded_each_time(
    workload: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeated_records, "MAX_RECORD_BYTES", 0)
    with TraceReader(workload) as reader:
        found = list(reader.records(shared=True))
    assert len({id(step) for _, step, _ in found}) == len(found)
