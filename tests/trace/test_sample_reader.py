"""The sample reader in docs/ reads what the real one reads; tested where its tools are."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict

from necp_replay.trace.reader import TraceReader
from tests.trace.traces import many_records, trace_of

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SAMPLE = REPOSITORY / "docs" / "sample-reader"
NODE = shutil.which("node")


def run_node(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert NODE is not None
    return subprocess.run(
        [NODE, *arguments], cwd=SAMPLE, capture_output=True, text=True, check=False
    )


def are_tools_installed() -> bool:
    needed = "require('lz4js'); require('protobufjs'); require('zlib').crc32('')"
    return NODE is not None and run_node("-e", needed).returncode == 0


def expected_records(path: Path) -> list[dict[str, Any]]:
    """The records as protobuf's own JSON form has them."""
    with TraceReader(path) as reader:
        return [
            MessageToDict(record, preserving_proto_field_name=True)
            for chunk in reader.chunks()
            for record in chunk.message.records
        ]


def test_the_sample_reader_has_less_than_a_hundred_lines() -> None:
    assert len((SAMPLE / "read.js").read_text("utf-8").splitlines()) < 100


if are_tools_installed():
    TRACES = sorted((REPOSITORY / "traces" / "measured").rglob("named/*.necptrace"))[::20]

    @pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
    def test_it_reads_what_the_real_reader_reads(path: Path) -> None:
        run = run_node("read.js", str(path))
        assert run.stderr == ""
        found = [json.loads(line) for line in run.stdout.splitlines()]
        assert [record.pop("number") for record in found] == list(range(1, len(found) + 1))
        assert found == expected_records(path)

    def test_it_reads_traces_of_many_chunks(tmp_path: Path) -> None:
        path = tmp_path / "a.necptrace"
        path.write_bytes(trace_of(many_records(4000)))
        run = run_node("read.js", str(path))
        assert (run.stderr, run.returncode) == ("", 0)
        assert len(run.stdout.splitlines()) == 4000

    def test_it_finds_damage(tmp_path: Path) -> None:
        sound = trace_of(flush_after=2)
        path = tmp_path / "a.necptrace"
        for position in range(0, len(sound), 43):
            flipped = bytearray(sound)
            flipped[position] ^= 1 << position % 8
            for damaged in (bytes(flipped), sound[:position]):
                path.write_bytes(damaged)
                run = run_node("read.js", str(path))
                assert run.returncode == 2, position
                assert len(run.stderr.splitlines()) == 1
