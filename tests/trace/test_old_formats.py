"""Traces of every format ever released can still be read."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from necp_replay.trace.header import FORMAT
from necp_replay.trace.reader import TraceReader
from tests.trace.traces import HEADER, RECORDS

FORMATS = Path(__file__).parent / "formats"


def test_there_is_a_trace_of_every_format() -> None:
    names = sorted(path.name for path in FORMATS.iterdir())
    assert names == [f"format-{number}.necptrace" for number in range(1, FORMAT + 1)]


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_a_trace_of_an_old_format_reads_as_ever(number: int) -> None:
    with TraceReader(FORMATS / f"format-{number}.necptrace") as reader:
        assert dataclasses.replace(reader.header, tool_version=HEADER.tool_version) == HEADER
        assert [(step, outcome) for _, step, outcome in reader] == list(RECORDS)
        assert reader.verify() == len(RECORDS)
