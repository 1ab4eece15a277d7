"""Update storms are the same for the same arguments, whatever is kept of evaluations."""

from __future__ import annotations

import json

from necp_replay.bench.measure_storms import MeasuredStorms
from necp_replay.bench.storms import SHAPES, StormyWorld
from necp_replay.report.bench_text import bench_json, bench_text

ROW = MeasuredStorms("clients", 10_000, 500, 200, 100, 16_384, 0.05, 1.5, 41_000_000)


def test_the_same_seed_gives_the_same_storms() -> None:
    one, other = StormyWorld(30, 25, seed=1), StormyWorld(30, 25, seed=1)
    assert [one.storm() for _ in range(3)] == [other.storm() for _ in range(3)]
    assert one.machine.snapshot() == other.machine.snapshot()
    assert one.machine.snapshot() != StormyWorld(30, 25, seed=2).machine.snapshot()


def test_storms_come_to_the_same_without_kept_evaluations() -> None:
    keeping = StormyWorld(2 * SHAPES, 60, seed=1)
    evaluating = StormyWorld(2 * SHAPES, 60, seed=1, evaluations_kept=0)
    assert [keeping.storm() for _ in range(4)] == [evaluating.storm() for _ in range(4)]
    assert keeping.machine.snapshot() == evaluating.machine.snapshot()


def test_clients_of_a_storm_are_of_different_shapes() -> None:
    snapshot = StormyWorld(SHAPES + 10, 5, seed=1).machine.snapshot()
    shapes = {(client.proc_pid, client.parameters) for fd in snapshot.fds for client in fd.clients}
    assert len(shapes) == SHAPES


def test_storms_are_a_table_for_people_and_json_for_machines() -> None:
    *_, row = bench_text([], [ROW]).splitlines()
    expected = "clients 10,000 200 500 yes 100 50.0 5.00 1.50 41"
    assert " ".join(row.split()) == expected
    assert json.loads(bench_json([], [ROW]))["storms"][0]["growth"] == 1.5
