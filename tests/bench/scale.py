"""Doubles what work depends on, one thing at a time, and prints how the work grows.

Fails where twice as much takes more than 2.3 times as long: `make bench-scale`.

    python -m tests.bench.scale
    python -m tests.bench.scale --only policies --repeat 5
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from necp_replay.accept.plan import plan_acceptance
from necp_replay.bench.storms import StormSystem
from necp_replay.bench.workload import RELEASE, write_workload
from necp_replay.engines.engine import open_machine
from necp_replay.golden.store import GoldenStore
from necp_replay.replay.golden_document import golden_text
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.report.table import left, right, table
from necp_replay.rules.book import RuleBook
from necp_replay.rules.table import rule_of
from necp_replay.scenario.system import System
from necp_replay.trace.find import FoundTrace

MOST_GROWTH: Final = 2.3
"""How much longer twice as much may take."""

Work = Callable[[], object]
Prepare = Callable[[Path, int], Work]
"""Prepares the work on so many things in an empty folder."""


def _workload(folder: Path, records: int, name: str = "t") -> Path:
    path = folder / f"{name}.necptrace"
    write_workload(path, "realistic", records, seed=1)
    return path


def _golden(path: Path) -> Path:
    golden = GoldenStore(path.parent).path(path.stem)
    golden.write_bytes(b"".join(golden_text(path, RELEASE, open_machine)))
    return golden


def _replayed(path: Path, rules: RuleBook | None = None) -> Work:
    goldens = GoldenStore(path.parent)
    options = ReplayOptions(goldens=goldens, rules=rules or RuleBook())
    return lambda: replay_trace(path, path.stem, options)


def _records(folder: Path, count: int) -> Work:
    path = _workload(folder, count)
    _golden(path)
    return _replayed(path)


def _accepted(folder: Path, count: int) -> Work:
    trace = FoundTrace(_workload(folder, count), "t")
    return lambda: plan_acceptance(trace, GoldenStore(folder), ())


def _accepted_on_all(folder: Path, count: int) -> Work:
    trace = FoundTrace(_workload(folder, count), "t")
    return lambda: plan_acceptance(trace, GoldenStore(folder))


def _differences(folder: Path, count: int) -> Work:
    path = _workload(folder, 2 * count)
    golden = _golden(path)
    changed = itertools.count()

    def other(line: str) -> str:
        is_changed = "-> ok retval=" in line and next(changed) < count
        return line.replace("-> ok", "-> EINVAL") if is_changed else line

    golden.write_text("".join(map(other, golden.read_text("utf-8").splitlines(keepends=True))))
    return _replayed(path)


def _rules(folder: Path, count: int) -> Work:
    work = _differences(folder, 500)
    assert work is not None
    made = (
        rule_of({"reason": "r", "action": "known", "record": "ADD", "field": f"f{number}"}, 1, None)
        for number in range(count)
    )
    return _replayed(folder / "t.necptrace", RuleBook(tuple(made)))


def _clients(_folder: Path, count: int) -> Work:
    system = StormSystem(count, 100, seed=1)
    return lambda: [system.storm() for _ in range(3)]


def _policies(_folder: Path, count: int) -> Work:
    return lambda: StormSystem(1, count, seed=1).storm()


def _interfaces(_folder: Path, count: int) -> Work:
    def build() -> None:
        system = System.of_release(RELEASE)
        interfaces = [
            system.add_interface(
                f"en{index}", index, addrs=[f"10.0.{index // 200}.{index % 200}/32"]
            )
            for index in range(1, count + 1)
        ]
        system.order_interfaces(*interfaces)
        for interface in interfaces:
            system.add_route(f"10.{interface.index % 200}.{interface.index // 200}.0/24", interface)
        client = system.add_process(pid=100).necp_open().add(remote="203.0.113.5:443")
        client.copy_result()

    return build


def _multipath(clients: int, interfaces: int) -> Work:
    """Updates of clients, all different, that have a flow on each of the interfaces."""
    system = System.of_release(RELEASE)
    added = []
    for index in range(1, interfaces + 1):
        added.append(system.add_interface(f"en{index}", index, addrs=[f"10.1.{index}.1/24"]))
        system.add_route("default", added[-1], gateway=f"10.1.{index}.2", scoped=True)
    system.order_interfaces(*added)
    system.add_route("default", added[0], gateway="10.1.1.2")
    fd = system.add_process(pid=100).necp_open()
    for number in range(clients):
        fd.add(remote=f"203.0.113.{number % 200}:{number + 1}", multipath=True)
    generations = itertools.count(1)

    def update() -> None:
        added[-1].update(generation=next(generations))
        system.update_all_clients()
        system.fire_timer()

    return update


def _multipath_clients(_folder: Path, count: int) -> Work:
    return _multipath(count, interfaces=8)


def _flows_of_clients(_folder: Path, count: int) -> Work:
    return _multipath(50, count)


def _traces(folder: Path, count: int) -> Work:
    content = _workload(folder, 20).read_bytes()
    traces = []
    for number in range(count):
        path = folder / f"t{number}.necptrace"
        path.write_bytes(content)
        traces.append(FoundTrace(path, path.stem))
    goldens = GoldenStore(folder)
    return lambda: [plan_acceptance(trace, goldens, ()) for trace in traces]


def _goldens(folder: Path, count: int) -> Work:
    content = _workload(folder, 20).read_bytes()
    golden = _golden(folder / "t.necptrace").read_bytes()
    paths = [folder / f"t{number}.necptrace" for number in range(count)]
    for path in paths:
        path.write_bytes(content)
        path.with_suffix(".golden").write_bytes(golden)
    work = [_replayed(path) for path in paths]
    return lambda: [each() for each in work]


THINGS: Final[Mapping[str, tuple[Prepare, int]]] = {
    "records": (_records, 5000),
    "accepted records": (_accepted, 3000),
    "records accepted on all releases": (_accepted_on_all, 1000),
    "differences": (_differences, 1000),
    "rules": (_rules, 100),
    "clients": (_clients, 2000),
    "policies": (_policies, 500),
    "interfaces": (_interfaces, 200),
    "multipath clients": (_multipath_clients, 400),
    "flows of clients": (_flows_of_clients, 50),
    "traces": (_traces, 20),
    "goldens": (_goldens, 40),
}
"""What is doubled: how the work is prepared, and from how many on."""


def cost_s(prepare: Prepare, count: int, repeat: int) -> float:
    """The processor seconds of the work, the fastest of several times."""
    best = float("inf")
    with TemporaryDirectory() as folder:
        work = prepare(Path(folder), count)
        for _ in range(repeat):
            started = time.process_time()
            work()
            best = min(best, time.process_time() - started)
    return best


def main() -> int:
    """Print a row for each thing. Returns 1 if one grows too fast."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=THINGS, default=[])
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    rows = []
    is_too_much = False
    for name, (prepare, count) in THINGS.items():
        if options.only and name not in options.only:
            continue
        once, twice = (cost_s(prepare, each, options.repeat) for each in (count, 2 * count))
        growth = twice / once
        is_too_much |= growth > MOST_GROWTH
        rows.append((name, count, f"{once:.3f}", f"{twice:.3f}", f"{growth:.2f}"))
    columns = [*left("doubled"), *right("from", "s", "s of twice as many", "growth")]
    print(table(columns, rows))
    if is_too_much:
        print(f"twice as much takes more than {MOST_GROWTH} times as long", file=sys.stderr)
    return int(is_too_much)


if __name__ == "__main__":
    sys.exit(main())
