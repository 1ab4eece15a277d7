"""Releases on which the engine asks for no fact that differs are accepted without a run on each."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.accept.plan import goldens_by_release
from necp_replay.engines.engine import Engine, open_machine
from necp_replay.trace.find import FoundTrace
from tests.work import lines_run

ROOT = Path(__file__).parents[3] / "traces"
TRACES = [
    *sorted((ROOT / "client").glob("*.necptrace"))[:4],
    *sorted((ROOT / "differences").glob("*.necptrace"))[:6],
]


def on_each(release: str) -> Engine:
    """Our engine, opened by a function of which nothing is known."""
    return open_machine(release)


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_every_release_has_the_text_that_a_run_gives(path: Path) -> None:
    trace = FoundTrace(path, path.relative_to(ROOT).with_suffix("").as_posix())
    asked, ran = (goldens_by_release(trace, None, open_) for open_ in (open_machine, on_each))
    texts = [{tag: each.newest.text for tag, each in found.items()} for found in (asked, ran)]
    assert texts[0] == texts[1]
    shared = [{tag: id(each) for tag, each in found.items()} for found in (asked, ran)]
    assert len(set(shared[0].values())) == len(set(shared[1].values()))


def test_releases_alike_take_less_work() -> None:
    trace = FoundTrace(TRACES[0], "client/any")
    alike = lines_run(lambda: goldens_by_release(trace, None, open_machine))
    each = lines_run(lambda: goldens_by_release(trace, None, on_each))
    assert alike < each
