"""What is imported is no work for the cycle collector."""

import gc
from collections.abc import Iterator

import pytest

from necp_replay.processes import collector
from necp_replay.processes.collector import collect_rarely


@pytest.fixture
def thawed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(collector, "_EXEMPTED", [])
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("thawed")
def test_what_is_there_at_the_first_call_is_exempted_and_nothing_later() -> None:
    collect_rarely()
    exempted = gc.get_freeze_count()
    assert exempted > 0
    later = [[number] for number in range(100)]
    collect_rarely()
    assert gc.get_freeze_count() == exempted
    assert all(gc.is_tracked(each) for each in later)
    assert gc.get_threshold()[0] == collector.NEW_OBJECTS
