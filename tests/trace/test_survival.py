"""Recorders that are killed, run out of disk, or lose their reader leave all complete chunks."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from necp_replay.errors import TraceError, WriteError
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.recovery import recover
from necp_replay.trace.writer import TraceWriter
from tests.examples import examples
from tests.trace.traces import HEADER, Record, many_records

REPOSITORY = Path(__file__).resolve().parent.parent.parent
RECORDS = many_records(20_000)


def test_recorders_killed_at_any_moment_lose_nothing_that_was_complete(tmp_path: Path) -> None:
    count = examples(50, thorough=250)
    # A process of its own: forking one that has threads is no measure.
    command = [sys.executable, "-m", "tests.trace.killed_recorder", str(tmp_path), str(count)]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert run.stderr == ""
    left = dict(result.split("=") for result in run.stdout.split())
    assert sum(int(count) for count in left.values()) == count
    assert int(left.get("clean", 0)) + int(left.get("torn", 0)) > count // 5


_FULL_DISK = """\
import resource, sys
from pathlib import Path
from necp_replay.errors import WriteError
from necp_replay.trace.writer import TraceWriter
from tests.trace.traces import HEADER, many_records
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    with TraceWriter.create(Path(sys.argv[1]), HEADER, keep_partial=True) as writer:
        for record in many_records(20_000):
            writer.write(*record)
except WriteError as error:
    print(error)
"""


def test_a_full_disk_leaves_what_fits(tmp_path: Path) -> None:
    path = tmp_path / "a.necptrace"
    command = [sys.executable, "-c", _FULL_DISK, str(path)]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert run.stdout == f"{path}.partial: cannot be written: File too large\n"
    assert [each.name for each in tmp_path.iterdir()] == ["a.necptrace.partial"]
    partial = tmp_path / "a.necptrace.partial"
    assert partial.stat().st_size == 100_000
    recovery = recover(partial, path)
    assert recovery.records > 2000
    assert recovery.is_tail_unknown
    with TraceReader(path) as reader:
        assert [(step, outcome) for _, step, outcome in reader] == RECORDS[: recovery.records]


def test_a_pipe_closed_by_its_reader_is_an_error_and_what_it_read_is_right() -> None:
    readable, writable = os.pipe()
    heard = bytearray()

    def read_some() -> None:
        with os.fdopen(readable, "rb", buffering=0) as stream:
            while len(heard) < 100_000 and (part := stream.read(100_000 - len(heard))):
                heard.extend(part)

    reader_thread = threading.Thread(target=read_some)
    reader_thread.start()
    with (
        pytest.raises(WriteError, match="cannot be written: Broken pipe"),
        os.fdopen(writable, "wb", buffering=0) as stream,
        TraceWriter(cast(BinaryIO, stream), HEADER) as writer,
    ):
        for record in RECORDS:
            writer.write(*record)
    reader_thread.join()
    found: list[Record] = []
    with (
        TraceReader(io.BytesIO(bytes(heard))) as trace,
        pytest.raises(TraceError, match="the file is cut short"),
    ):
        for _, step, outcome in trace:
            found.append((step, outcome))
    assert len(found) > 2000
    assert found == RECORDS[: len(found)]
