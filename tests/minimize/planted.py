"""Plants differences in generated traces, and measures how small they get.

    python -m tests.minimize.planted [--differences 100] [--records 20000] [--first-seed 1]
                                     [--beside-picire] [--picire-seconds 20]

One fact is changed from a release to the value of the next one. Of the records that differ then and
ask for the fact themselves, a random one is minimized: the difference begins there. Printed are the
records that are left, and the cost in replays of the trace up to the difference.

With ``--beside-picire`` the generic delta debugger of that name gets the same task
(``pip install 'necp-replay[bench]'``). It is stopped after 200 replays of the trace up to the
difference, or after ``--picire-seconds`` of processor time, with the smallest part that it has
found by then.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from necp_replay.engines.engine import open_machine
from necp_replay.events.equality import same_whole
from necp_replay.events.outcome import Absent, NotDetermined
from necp_replay.generate.trace import write_generated
from necp_replay.kernel.machine import Machine
from necp_replay.minimize.minimize import minimize, pair_of_releases
from necp_replay.minimize.options import MinimizeOptions
from necp_replay.minimize.part_comparison import PartComparison
from necp_replay.minimize.target import Wanted
from necp_replay.outcomes.names import StableNames
from necp_replay.releases.lineage import LINEAGE, RELEASES
from necp_replay.releases.observed_profile import ObservedProfile
from necp_replay.releases.profile import Profile, differing_facts
from necp_replay.tools.select import parse_selection
from necp_replay.tools.touched_keys import touched_keys
from necp_replay.trace.reader import TraceReader


@dataclass(frozen=True, slots=True)
class Planted:
    """A difference in a trace: two profiles that differ in one fact, and a record that shows it."""

    trace: Path
    fact: str
    old: Profile
    new: Profile
    record: int


def planted(folder: Path, wanted: int, records: int, first_seed: int = 1) -> Iterator[Planted]:
    """Plant differences. The same numbers always give the same ones."""
    chance = random.Random(first_seed)
    steps = [
        (RELEASES[release.parent], RELEASES[tag], fact.name)
        for tag, release in LINEAGE.items()
        if release.parent is not None
        for fact in differing_facts(RELEASES[release.parent], RELEASES[tag])
    ]
    seed, found = first_seed - 1, 0
    while found < wanted:
        seed += 1
        old, parent, fact = chance.choice(steps)
        change: dict[str, Any] = {fact: getattr(parent, fact)}
        new = replace(old, **change)
        trace = folder / f"{seed}.necptrace"
        write_generated(trace, old.release, seed=seed, records=records, mix="everything")
        differing = _beginnings(trace, fact, old, new)
        if differing:
            found += 1
            yield Planted(trace, fact, old, new, chance.choice(differing))
        trace.unlink()


def _beginnings(trace: Path, fact: str, old: Profile, new: Profile) -> list[int]:
    """The records that differ and in which the fact is asked for; else the first that differs."""
    observed = ObservedProfile.of(old, (old, new))
    before, after = Machine(observed), Machine(new)
    for machine in (before, after):
        machine.make_missing_ids()
    differing, found = [], []
    with TraceReader(trace) as reader:
        for number, step, _ in reader:
            observed.forget_asked()
            sides = before.submit(step), after.submit(step)
            if any(isinstance(side.answer, Absent | NotDetermined) for side in sides):
                # What is not modelled is no difference.
                continue
            if not same_whole(*sides):
                differing.append(number)
                if fact in observed.asked:
                    found.append(number)
    return found or differing[:1]


_PICIRE_REPLAYS = 200
"""What picire may spend, in replays of the trace up to the difference."""


class _OverBudget(Exception):
    """Picire has spent what it may."""


def beside_picire(each: Planted, target: str, limit_s: float) -> tuple[int, float, str]:
    """How many records picire leaves, at which cost in replays of the trace, and how it ended.

    ``target`` is the fingerprint of the difference.
    """
    from picire import DD, Outcome

    with TraceReader(each.trace) as reader:
        names = StableNames()
        steps = []
        for number, step, _ in reader:
            names.learn(step)
            steps.append((number, step))
            if number == each.record:
                break
        selection = parse_selection(str(each.record))
        history = touched_keys(reader, selection, open_machine, each.old.release).history
    comparison = PartComparison(pair_of_releases(each.old, each.new), names, history)
    smallest = [number for number, _ in steps[:-1]]
    by_number = dict(steps)
    replayed = 0
    deadline_s = time.process_time() + limit_s

    def test(config: list[int], config_id: object) -> Any:
        nonlocal smallest, replayed
        if replayed > _PICIRE_REPLAYS * len(steps):
            raise _OverBudget("stopped by its budget of replays")
        if time.process_time() > deadline_s:
            raise _OverBudget("stopped by its time limit")
        part = [*((number, by_number[number]) for number in sorted(config)), steps[-1]]
        replayed += len(part)
        shown = comparison.difference(part)
        if shown is None or shown.fingerprint != target:
            return Outcome.PASS
        smallest = min(smallest, config, key=len)
        return Outcome.FAIL

    ended = "finished"
    try:
        DD(test)(smallest)
    except _OverBudget as why:
        ended = str(why)
    return len(smallest) + 1, replayed / len(steps), ended


def main(arguments: Sequence[str]) -> int:
    """Measure, and print a line for each difference, then the totals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--differences", type=int, default=100)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--beside-picire", action="store_true")
    parser.add_argument("--picire-seconds", type=float, default=20.0)
    options = parser.parse_args(arguments)
    left, cost, seconds = [], [], []
    others: list[int] = []
    endings: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        wanted = (options.differences, options.records, options.first_seed)
        for each in planted(Path(name), *wanted):
            output = Path(name) / "small.necptrace"
            chosen = Wanted(record=each.record)
            started = time.process_time()
            report = minimize(
                each.trace,
                output,
                MinimizeOptions(
                    pair_of_releases(each.old, each.new),
                    each.new.release,
                    each.old.release,
                    wanted=chosen,
                ),
            )
            seconds.append(time.process_time() - started)
            left.append(list(report.sizes.values())[-1])
            cost.append(report.equivalents)
            print(
                f"{each.fact}: {report.difference.kind}, record {each.record:,} of"
                f" {options.records:,},"
                f" {' '.join(map(str, report.sizes.values()))} records,"
                f" {report.equivalents:.1f} replays, {seconds[-1]:.1f} s",
                flush=True,
            )
            output.unlink()
            if options.beside_picire:
                records, replays, ended = beside_picire(
                    each, report.difference.fingerprint, options.picire_seconds
                )
                others.append(records)
                endings[ended] += 1
                print(f"  picire: {records:,} records, {replays:.1f} replays, {ended}", flush=True)
    print(
        f"{len(left)} differences: median {statistics.median(left):g} records,"
        f" largest {max(left)}; median {statistics.median(cost):.1f} replays of the trace, most"
        f" {max(cost):.1f}; median {statistics.median(seconds):.1f} s, most {max(seconds):.1f} s"
    )
    if others:
        how = ", ".join(f"{count} {ended}" for ended, count in endings.items())
        print(
            f"picire: median {statistics.median(others):g} records, largest {max(others):,}; {how}"
            f" ({_PICIRE_REPLAYS} replays, {options.picire_seconds:g} s each)"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
