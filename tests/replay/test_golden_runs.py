"""The goldens of many releases from one pass over a trace are those of a run on each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from necp_replay.accept.plan import goldens_by_release
from necp_replay.engines.engine import Engine, open_machine
from necp_replay.errors import GoldenError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import Profile
from necp_replay.replay import golden_runs, release_runs
from necp_replay.replay.golden_parts import texts_in_processes
from necp_replay.replay.golden_runs import texts_by_release
from necp_replay.trace.find import FoundTrace
from necp_replay.trace.reader import TraceReader
from tests.work import lines_run

ROOT = Path(__file__).parents[2] / "traces"
TRACES = [
    *sorted((ROOT / "client").glob("*.necptrace"))[:4],
    *sorted((ROOT / "differences").glob("*.necptrace"))[:6],
]


def on_each(release: str) -> Engine:
    """Our engine, opened by a function of which nothing is known."""
    return open_machine(release)


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_every_release_has_the_text_that_a_run_gives(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of a longer trace the file is read again for machines that begin late.
    monkeypatch.setattr(golden_runs, "_KEPT_RECORDS", 3)
    trace = FoundTrace(path, path.relative_to(ROOT).with_suffix("").as_posix())
    asked, ran = (goldens_by_release(trace, None, open_) for open_ in (open_machine, on_each))
    texts = [{tag: each.newest.text for tag, each in found.items()} for found in (asked, ran)]
    assert texts[0] == texts[1]
    shared = [{tag: id(each) for tag, each in found.items()} for found in (asked, ran)]
    assert len(set(shared[0].values())) == len(set(shared[1].values()))


def test_releases_in_step_take_less_work() -> None:
    trace = FoundTrace(TRACES[0], "client/any")
    in_step = lines_run(lambda: goldens_by_release(trace, None, open_machine))
    each = lines_run(lambda: goldens_by_release(trace, None, on_each))
    assert in_step < each


def test_processes_share_out_the_releases_of_a_trace() -> None:
    path = TRACES[0]
    with TraceReader(path) as reader:
        wanted = (reader.header.release, *(tag for tag in RELEASES if tag != reader.header.release))
    alone, shared = texts_by_release(path, wanted), texts_in_processes(path, wanted, 2)
    assert alone == shared
    assert set(alone) == set(RELEASES)


class _LaterOther(Machine):
    """A machine that answers otherwise from the second one on."""

    count = 0

    def __init__(self, profile: Profile, *, cache_entries: int) -> None:
        super().__init__(profile, cache_entries=cache_entries)
        _LaterOther.count += 1
        self.is_later = _LaterOther.count > 1

    def submit(self, step: Step) -> Outcome:
        outcome = super().submit(step)
        return replace(outcome, retval=77) if self.is_later else outcome


@pytest.mark.parametrize("releases", [(), None], ids=["own", "all"])
def test_an_engine_that_does_not_do_the_same_twice_is_refused(
    releases: tuple[str, ...] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_runs, "Machine", _LaterOther)
    monkeypatch.setattr(_LaterOther, "count", 0)
    trace = FoundTrace(TRACES[0], "client/any")
    with pytest.raises(GoldenError, match=r"two runs on xnu-\S+ differ"):
        goldens_by_release(trace, releases, open_machine)
