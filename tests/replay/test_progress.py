"""The progress bar says something while a single trace is worked on."""

from __future__ import annotations

import time
from itertools import count
from pathlib import Path

import pytest

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import RecordDifference, Truth
from necp_replay.replay.facts.likely_fact import likely_fact
from necp_replay.replay.progress import TraceProgress
from tests.tools.recorded import generate


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is a second later each time it is read."""
    clock = count()
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))


@pytest.mark.usefixtures("seconds")
def test_the_bar_is_drawn_before_the_first_trace_is_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with TraceProgress(1, is_shown=True) as bar:
        for _ in bar.each(["a trace"]):
            bar.on_records(256)
            assert capsys.readouterr().err == ""
            bar.on_records(256)
            bar.on_records(256)
            assert "0/1" in (drawn := capsys.readouterr().err)
            assert "records" in drawn


def test_the_search_for_a_likely_fact_tells_of_its_records(tmp_path: Path) -> None:
    trace = generate(tmp_path / "a.necptrace", seed=1, records=600)
    field = FieldDifference(Layer.RETURN, "status", "ok", "EINVAL")
    difference = RecordDifference(600, "title", "kind", Truth.RECORDED, [field])
    told: list[int] = []
    likely_fact(trace, "xnu-4570.51.1", difference, told.append)
    assert told[:2] == [256, 256]


@pytest.mark.usefixtures("seconds")
def test_nothing_is_drawn_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with TraceProgress(1, is_shown=False) as bar:
        for _ in bar.each(range(9)):
            bar.on_records(256)
    assert capsys.readouterr().err == ""
