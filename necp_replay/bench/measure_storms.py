"""Measures update storms: how their time grows with the number of clients and of policies."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from necp_replay.bench.memory import peak_memory_bytes
from necp_replay.bench.storms import RELEASE, SHAPES, StormSystem
from necp_replay.dataclass import dataclass
from necp_replay.kernel.evaluation_cache import CACHE_ENTRIES
from necp_replay.processes.collector import collect_rarely
from necp_replay.processes.worker import worker_pool, workers_starting

REPEATS: Final = 3
"""How often each size runs, in turn with the others; the fastest run counts."""
STORMS_UNKEPT: Final = 3
"""At most this many storms run without the evaluation cache, since each takes much longer."""


@dataclass(frozen=True, slots=True)
class StormSize:
    """The size of one measurement; ``evaluations_kept`` is 0 to run without evaluation cache.

    ``shapes`` is how many different clients there are.
    """

    clients: int
    policies: int
    storms: int
    shapes: int = SHAPES
    evaluations_kept: int = CACHE_ENTRIES
    release: str = RELEASE


@dataclass(frozen=True, slots=True)
class StormCost:
    """The cost of a storm of one size, in processor seconds.

    ``varied`` names what differs between the rows of a series. ``growth`` is
    ``seconds_per_storm`` divided by that of the series' first row. ``seconds_to_install`` is what
    adding and applying the policies took, and ``install_growth`` that divided by the same of the
    row before, 1 in the first row of a series. ``times_first`` is
    ``seconds_per_storm`` divided by that of the same size on the first release that was measured.
    """

    varied: str
    release: str
    clients: int
    policies: int
    shapes: int
    storms: int
    evaluations_kept: int
    seconds_per_storm: float
    growth: float
    seconds_to_install: float
    install_growth: float
    times_first: float
    peak_memory_bytes: int


def run_storms(
    clients: int, policies: int, storms: int, seed: int, releases: Sequence[str] = (RELEASE,)
) -> list[StormCost]:
    """Measure with a quarter, half and all of the clients, and likewise of the policies.

    Then the whole size is compared with as many clients of which no two are alike, and with and
    without the evaluation cache. Each size runs in a new process on each release. Raises UsageError
    for a release that is not modelled.
    """
    whole = StormSize(clients, policies, storms)
    unlike = replace(whole, storms=min(storms, STORMS_UNKEPT), shapes=clients)
    unkept = replace(whole, storms=min(storms, STORMS_UNKEPT), evaluations_kept=0)
    series = {
        "clients": [replace(whole, clients=max(1, clients // part)) for part in (4, 2, 1)],
        "policies": [replace(whole, policies=max(1, policies // part)) for part in (4, 2, 1)],
        "shapes": [whole, unlike],
        "memory": [whole, unkept],
    }
    best: dict[StormSize, _StormTimes] = {}
    for _ in range(REPEATS):
        for size in dict.fromkeys(size for sizes in series.values() for size in sizes):
            for release in releases:
                on_release = replace(size, release=release)
                run = _in_fresh_process(on_release, seed)
                best[on_release] = run.or_faster(best.get(on_release, run))
    return [
        StormCost(
            varied,
            release,
            size.clients,
            size.policies,
            min(size.shapes, size.clients),
            size.storms,
            size.evaluations_kept,
            run.seconds,
            run.seconds / best[replace(sizes[0], release=release)].seconds,
            run.seconds_to_install,
            run.seconds_to_install / best[replace(before, release=release)].seconds_to_install,
            run.seconds / best[replace(size, release=releases[0])].seconds,
            run.peak_memory_bytes,
        )
        for release in dict.fromkeys(releases)
        for varied, sizes in series.items()
        for before, size in zip((sizes[0], *sizes), sizes, strict=False)
        for run in [best[replace(size, release=release)]]
    ]


class _StormTimes(NamedTuple):
    """Processor seconds of a storm and of installing the policies, and peak memory in bytes."""

    seconds: float
    seconds_to_install: float
    peak_memory_bytes: int

    def or_faster(self, other: _StormTimes) -> _StormTimes:
        return _StormTimes(
            min(self.seconds, other.seconds),
            min(self.seconds_to_install, other.seconds_to_install),
            min(self.peak_memory_bytes, other.peak_memory_bytes),
        )


def _in_fresh_process(size: StormSize, seed: int) -> _StormTimes:
    with worker_pool(1, multiprocessing.get_context("spawn")) as pool:
        with workers_starting():
            future = pool.submit(_measure, size, seed)
        return future.result()


def _measure(size: StormSize, seed: int) -> _StormTimes:
    """A storm includes the interface's change."""
    # As the commands do that work on traces.
    collect_rarely()
    system = StormSystem(
        size.clients,
        size.policies,
        seed,
        size.evaluations_kept,
        size.release,
        shapes=size.shapes,
    )
    started = time.process_time()
    for _ in range(size.storms):
        system.storm()
    seconds = time.process_time() - started
    return _StormTimes(seconds / size.storms, system.seconds_to_install, peak_memory_bytes())
