"""A search that is interrupted, and goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from necp_replay.engines.engine import Engine
from necp_replay.errors import Terminated, WriteError
from necp_replay.generate.trace import write_generated
from necp_replay.minimize.kept_work import KeptWork
from necp_replay.minimize.minimize import minimize, pair_of_releases
from necp_replay.minimize.options import MinimizeOptions, MinimizeReport
from necp_replay.minimize.part_comparison import Pair
from necp_replay.releases.lineage import RELEASES

OLD, NEW = RELEASES["xnu-4570.41.2"], RELEASES["xnu-4570.51.1"]


class Place:
    """A trace, and a search in it that can be interrupted."""

    def __init__(self, folder: Path, trace: Path) -> None:
        self.trace = trace
        self.output = folder / "small.necptrace"
        self.work = folder / "small.necptrace.work"
        self.said: list[str] = []
        self.opened = 0

    def search(
        self, stop_at: int = 0, by: type[BaseException] = KeyboardInterrupt, **changes: Any
    ) -> MinimizeReport:
        """Minimize. The engine raises an exception when it is opened for that many a time."""
        pair = pair_of_releases(OLD, NEW)
        self.opened = 0
        self.said.clear()

        def opened() -> Engine:
            self.opened += 1
            if self.opened == stop_at:
                raise by(15) if by is Terminated else by
            return pair.actual()

        options = MinimizeOptions(
            Pair(pair.expected, opened),
            NEW.release,
            OLD.release,
            work_file=self.work,
            say=self.said.append,
        )
        return minimize(self.trace, self.output, replace(options, **changes))

    def whole(self) -> bytes:
        """What a search that is not interrupted writes."""
        self.search()
        data = self.output.read_bytes()
        self.output.unlink()
        return data


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated trace of some length."""
    path = tmp_path_factory.mktemp("generated") / "long.necptrace"
    write_generated(path, OLD.release, seed=3, records=1_500, mix="everything")
    return path


@pytest.fixture
def place(tmp_path: Path, trace: Path) -> Place:
    """A folder for one search."""
    return Place(tmp_path, trace)


def test_a_search_goes_on_where_it_was_interrupted_and_ends_the_same(place: Place) -> None:
    whole = place.search()
    expected, opened = place.output.read_bytes(), place.opened
    place.output.unlink()
    with pytest.raises(KeyboardInterrupt):
        place.search(stop_at=12)
    assert place.said[0].startswith(f"the work is kept in {place.work}: the same command goes on")
    assert not place.output.exists()
    finished = place.search()
    assert place.opened < opened - 7
    assert place.said == [f"goes on from {place.work}: 10 parts were tried before"]
    assert place.output.read_bytes() == expected
    assert (finished.sizes, finished.replays, finished.stopped) == (whole.sizes, whole.replays, "")
    assert not place.work.exists()


def test_a_budget_is_for_one_run_and_several_runs_reach_the_end(place: Place) -> None:
    expected = place.whole()
    runs = 0
    while (report := place.search(most_replays=20)).stopped:
        assert (report.work_file, place.output.read_bytes() != expected) == (place.work, True)
        runs += 1
    assert runs > 1
    assert place.output.read_bytes() == expected


def test_what_others_wrote_meanwhile_is_not_replaced(place: Place) -> None:
    place.search(most_replays=10)
    place.output.write_bytes(b"other")
    with pytest.raises(WriteError, match="exists already"):
        place.search()
    assert place.output.read_bytes() == b"other"
    assert place.work.is_file()


def damaged(content: dict[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":"))[:-9]


def changed(content: dict[str, Any]) -> str:
    return json.dumps({**content, "answers": [*content["answers"], 1]}, separators=(",", ":"))


def newer(content: dict[str, Any]) -> str:
    return json.dumps({**content, "version": 2}, separators=(",", ":"))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [(damaged, "is damaged"), (changed, "is damaged"), (newer, "another version")],
)
def test_work_that_cannot_be_used_is_dropped_with_a_line(
    place: Place, spoil: Callable[[dict[str, Any]], str], message: str
) -> None:
    expected = place.whole()
    with pytest.raises(Terminated):
        place.search(stop_at=12, by=Terminated)
    place.work.write_text(spoil(json.loads(place.work.read_text())))
    place.search()
    (line,) = place.said
    assert message in line
    assert place.output.read_bytes() == expected
    assert not place.work.exists()


def test_work_of_another_search_is_dropped_with_a_line(place: Place) -> None:
    with pytest.raises(Terminated):
        place.search(stop_at=12, by=Terminated)
    place.search(engines_key="another")
    assert "work on another trace, or with other options" in place.said[0]
    assert place.output.is_file()


def test_answers_that_are_wrong_are_found_out(place: Place) -> None:
    expected = place.whole()
    with pytest.raises(Terminated):
        place.search(stop_at=12, by=Terminated)
    content = json.loads(place.work.read_text())
    # As if every part had shown the difference, whatever was left out.
    forged = KeptWork(None, content["question"], print)
    forged.record, forged.fingerprint = content["record"], content["fingerprint"]
    for _ in range(5):
        forged.add(1)
    forged.path = place.work
    forged.save()
    report = place.search()
    assert "does not lead to the difference" in place.said[-1]
    assert place.output.read_bytes() == expected
    assert report.shown == report.verified


@pytest.mark.parametrize("content", [b"notes", b"", b"{}", b"\x00" * 40], ids=repr)
def test_a_file_that_is_no_work_is_refused_and_left_alone(place: Place, content: bytes) -> None:
    place.work.write_bytes(content)
    with pytest.raises(WriteError, match="is not unfinished work"):
        place.search()
    assert place.work.read_bytes() == content


def test_a_link_is_not_followed(place: Place, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"kept")
    place.work.symlink_to(other)
    with pytest.raises(WriteError, match="symbolic link"):
        place.search()
    assert other.read_bytes() == b"kept"
