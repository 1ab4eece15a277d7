"""Update storms are the same for the same arguments, with and without the evaluation cache."""

from __future__ import annotations

import json
from dataclasses import replace

from necp_replay.bench.measure_storms import StormCost
from necp_replay.bench.storms import SHAPES, StormSystem
from necp_replay.events.outcome import TimerAnswer
from necp_replay.releases.lineage import RELEASES
from necp_replay.report.bench import bench_json, bench_text

OLD, NEW = "xnu-4570.51.1", "xnu-7195.101.1"
ROW = StormCost(
    *("clients", OLD, 10_000, 500, 200, 100, 16_384, 0.05, 1.5, 0.07, 2.1, 1.0, 41_000_000)
)


def test_the_same_seed_gives_the_same_storms() -> None:
    one, other = StormSystem(30, 25, seed=1), StormSystem(30, 25, seed=1)
    assert [one.storm() for _ in range(3)] == [other.storm() for _ in range(3)]
    assert one.machine.snapshot() == other.machine.snapshot()
    assert one.machine.snapshot() != StormSystem(30, 25, seed=2).machine.snapshot()


def test_storms_have_the_same_outcomes_without_the_evaluation_cache() -> None:
    keeping = StormSystem(2 * SHAPES, 60, seed=1)
    evaluating = StormSystem(2 * SHAPES, 60, seed=1, evaluations_kept=0)
    assert [keeping.storm() for _ in range(4)] == [evaluating.storm() for _ in range(4)]
    assert keeping.machine.snapshot() == evaluating.machine.snapshot()


def test_every_modelled_release_has_storms() -> None:
    for release in RELEASES:
        system = StormSystem(10, 20, seed=1, release=release)
        assert system.storm().answer == TimerAnswer(fired=True), release


def test_releases_of_storms_are_shown_if_there_are_several() -> None:
    *_, row = bench_text([], [ROW, replace(ROW, release=NEW, times_first=1.2)]).splitlines()
    assert (
        " ".join(row.split())
        == f"clients {NEW} 10,000 200 500 yes 100 50.0 5.00 1.50 70.0 2.10 1.20 41"
    )


def test_a_storm_has_clients_of_every_shape() -> None:
    snapshot = StormSystem(SHAPES + 10, 5, seed=1).machine.snapshot()
    shapes = {(client.proc_pid, client.parameters) for fd in snapshot.fds for client in fd.clients}
    assert len(shapes) == SHAPES


def test_clients_of_a_storm_can_all_be_different() -> None:
    clients = SHAPES + 10
    snapshot = StormSystem(clients, 5, seed=1, shapes=clients).machine.snapshot()
    shapes = {(client.proc_pid, client.parameters) for fd in snapshot.fds for client in fd.clients}
    assert len(shapes) == clients


def test_storms_are_shown_as_a_table_and_as_json() -> None:
    *_, row = bench_text([], [ROW]).splitlines()
    expected = "clients 10,000 200 500 yes 100 50.0 5.00 1.50 70.0 2.10 41"
    assert " ".join(row.split()) == expected
    assert json.loads(bench_json([], [ROW]))["storms"][0]["growth"] == 1.5
