"""Parts that two states have in common are left out, and their differences stay the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.events.snapshot import Snapshot
from necp_replay.kernel.machine import Machine
from necp_replay.outcomes.compare import rendered_differences
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_outcome import Rendered
from necp_replay.outcomes.render_snapshot import snapshot_nodes
from necp_replay.outcomes.snapshot_parts import differing_parts
from necp_replay.releases.lineage import RELEASES
from necp_replay.trace.reader import TraceReader

FOLDER = Path(__file__).parents[2] / "traces" / "measured" / "xnu-4570.51.1"
TRACES = [
    *sorted((FOLDER / "observers").glob("*.necptrace"))[:4],
    *sorted((FOLDER / "flows").glob("*.necptrace"))[:4],
]


def text(*states: Snapshot) -> list[tuple[str, str | None, str | None]]:
    old, new = (
        Rendered("", snapshot_nodes(state, StableNames(), beyond_vectors=True)) for state in states
    )
    return [(each.path, each.expected, each.actual) for each in rendered_differences(old, new)]


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_the_differences_of_two_releases_states_are_those_of_their_parts(path: Path) -> None:
    old, new = (Machine(RELEASES[tag]) for tag in ("xnu-4570.41.2", "xnu-4570.51.1"))
    seen = 0
    with TraceReader(path) as reader:
        for number, step, _ in reader:
            old.submit(step)
            new.submit(step)
            if number % 50 == 0:
                before, after = old.snapshot(), new.snapshot()
                assert text(*differing_parts(before, after)) == text(before, after)
                seen += 1
    assert seen


def test_equal_states_have_no_parts_left() -> None:
    machine = Machine(RELEASES["xnu-4570.51.1"])
    with TraceReader(TRACES[0]) as reader:
        for _, step, _ in reader:
            machine.submit(step)
    state = machine.snapshot()
    for part in differing_parts(state, machine.snapshot()):
        assert (part.fds, part.observers) == ((), ())
    assert state.fds
