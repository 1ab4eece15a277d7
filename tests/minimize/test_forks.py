"""Replays of parts that begin where a similar part was."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.engines.engine import Engine
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.generate.trace import write_generated
from necp_replay.kernel.machine import Machine
from necp_replay.minimize import forks, phases
from necp_replay.minimize.minimize import minimize, pair_of_releases
from necp_replay.minimize.options import MinimizeOptions
from necp_replay.minimize.part_comparison import Pair
from necp_replay.minimize.target import Wanted
from necp_replay.releases.lineage import RELEASES

OLD, NEW = RELEASES["xnu-4570.41.2"], RELEASES["xnu-4570.51.1"]


class Ours(Machine):
    """Our engine as a class of its own, which is not forked: it could have more than the state."""


def test_the_result_is_the_same_and_fewer_records_are_replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "long.necptrace"
    write_generated(trace, OLD.release, seed=3, records=1_500, mix="everything")
    submitted = 0
    submit = Machine.submit

    def counted(machine: Machine, step: Step) -> Outcome:
        nonlocal submitted
        submitted += 1
        return submit(machine, step)

    monkeypatch.setattr(Machine, "submit", counted)
    monkeypatch.setattr(forks, "_LEAST_APART", 10)
    monkeypatch.setattr(phases, "_LONG", 10)
    wanted = Wanted(record=1_486)
    pair = pair_of_releases(OLD, NEW)
    counts = []

    def opened() -> Engine:
        machine = Ours(NEW)
        machine.make_missing_ids()
        return machine

    for name, actual in (("forked", pair.actual), ("plain", opened)):
        submitted = 0
        options = MinimizeOptions(
            Pair(pair.expected, actual), NEW.release, OLD.release, wanted=wanted
        )
        minimize(trace, tmp_path / f"{name}.necptrace", options)
        counts.append(submitted)
    assert counts[0] < counts[1]
    results = {(tmp_path / f"{name}.necptrace").read_bytes() for name in ("forked", "plain")}
    assert len(results) == 1
