"""Traces that hold the same steps are found, also with different outcomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.replay.equal_steps import step_keys
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter
from tests.tools.recorded import generate


def without_outcomes(source: Path, path: Path, *, last: int | None = None) -> Path:
    """The same steps without their outcomes, or only the first of them."""
    with TraceReader(source) as reader, TraceWriter.create(path, reader.header) as writer:
        for number, step, _ in reader:
            if last is None or number <= last:
                writer.write(step, None)
    return path


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    return generate(tmp_path / "trace.necptrace", seed=1, records=30)


def test_traces_with_the_same_steps_have_one_key(tmp_path: Path, trace: Path) -> None:
    same = without_outcomes(trace, tmp_path / "same.necptrace")
    first, second = step_keys([trace, same])
    assert first is not None
    assert first == second


def test_other_steps_have_no_key(tmp_path: Path, trace: Path) -> None:
    shorter = without_outcomes(trace, tmp_path / "shorter.necptrace", last=29)
    other = generate(tmp_path / "other.necptrace", seed=2, records=30)
    assert step_keys([trace, shorter, other]) == [None, None, None]


def test_a_trace_alone_has_no_key(trace: Path) -> None:
    assert step_keys([trace]) == [None]


def test_what_cannot_be_read_has_no_key(tmp_path: Path, trace: Path) -> None:
    content = trace.read_bytes()
    cut_short = tmp_path / "cut.necptrace"
    cut_short.write_bytes(content[: len(content) // 2])
    damaged = tmp_path / "damaged.necptrace"
    damaged.write_bytes(content.replace(content[200:210], bytes(10)))
    paths = [trace, cut_short, damaged, tmp_path, tmp_path / "none.necptrace"]
    assert step_keys(paths) == [None] * len(paths)
