"""What is watched is told at each record that changes it, and at no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.history.history import StateHistory
from necp_replay.history.paths import Pattern, chosen_places
from necp_replay.history.watch import Watch
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.render_snapshot import snapshot_nodes

VPN = Path(__file__).parents[2] / "traces/policies/vpn.necptrace"


@pytest.mark.parametrize("text", ["client/#1/result", "counters/*", "client/*/result_read"])
def test_the_changes_are_those_between_whole_snapshots(text: str) -> None:
    pattern = Pattern(text)
    expected: dict[int, dict[str, tuple[Node | None, Node | None]]] = {}
    with StateHistory(VPN) as history:
        before = _chosen(history, pattern)
        while history.forward() is not None:
            after = _chosen(history, pattern)
            changed = {
                path: (before.get(path), after.get(path))
                for path in {**before, **after}
                if before.get(path) != after.get(path)
            }
            if changed:
                expected[history.number] = changed
            before = after
    watch = Watch(pattern)
    with StateHistory(VPN) as history:
        found = {
            record.number: {change.path: (change.old, change.new) for change in record.changes}
            for record in watch.changes(history)
        }
    assert found == expected
    assert expected
    assert watch.chose_any


def test_counters_are_watched_without_the_whole_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(StateHistory, "snapshot")
    with StateHistory(VPN) as history:
        assert list(Watch(Pattern("counters/*")).changes(history))


def test_a_pattern_that_chooses_nothing_is_told_with_the_paths_there_were() -> None:
    watch = Watch(Pattern("client/#1/resultt"))
    with StateHistory(VPN) as history:
        assert not list(watch.changes(history))
    assert not watch.chose_any
    assert any(path.endswith("client/#1/result") for path in watch.paths)


def test_watching_ends_at_the_last_record() -> None:
    with StateHistory(VPN) as history:
        records = [each.number for each in Watch(Pattern("counters/*")).changes(history, last=5)]
        assert history.number == 5
    assert max(records) <= 5


def _chosen(history: StateHistory, pattern: Pattern) -> dict[str, Node]:
    nodes = snapshot_nodes(history.snapshot(), history.names, beyond_vectors=True)
    return {place.text: place.node for place in chosen_places(nodes, pattern)}
