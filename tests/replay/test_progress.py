"""The progress bar says something while a single trace is worked on."""

from __future__ import annotations

import time
from itertools import count

import pytest

from necp_replay.replay.progress import TraceProgress


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is a second later whenever somebody looks."""
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


@pytest.mark.usefixtures("seconds")
def test_nothing_is_drawn_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with TraceProgress(1, is_shown=False) as bar:
        for _ in bar.each(range(9)):
            bar.on_records(256)
    assert capsys.readouterr().err == ""
