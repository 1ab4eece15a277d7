"""Finds a release that gives the expected outcome of a difference from what is recorded.

A recorded system cannot be run again, so it cannot tell which records its outcome depends on. A
release that gives the same outcome can replay any part of the trace.
"""

from __future__ import annotations

from collections.abc import Sequence

from necp_replay.events.outcome import Outcome
from necp_replay.kernel.machine import Machine
from necp_replay.minimize.effort import Effort
from necp_replay.minimize.final_state import loses_state, state_of
from necp_replay.minimize.part_comparison import PartComparison
from necp_replay.minimize.target import PROGRESS_RECORDS, OnRecords, Target
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import Profile
from necp_replay.trace.reader import TraceReader


def find_model(
    reader: TraceReader,
    target: Target,
    comparison: PartComparison,
    work: Effort,
    release: str,
    on_records: OnRecords | None = None,
) -> Profile | None:
    """The release nearest to ``release`` that gives what is expected of the target.

    All modelled releases replay the trace up to the target. None if none of them gives it.
    """
    profiles = _nearest_first(release)
    machines = []
    for profile in profiles:
        machine = Machine(profile)
        machine.make_missing_ids()
        machines.append(machine)
    outcomes: list[Outcome] = []
    stopped: set[str] = set()
    for number, step, _ in reader:
        outcomes = [machine.submit(step) for machine in machines]
        if target.is_final_state:
            pairs = zip(machines, outcomes, strict=True)
            stopped.update(
                each.profile.release for each, after in pairs if loses_state(each, after)
            )
        work.records += len(machines)
        if number == target.difference.record:
            break
        if on_records is not None and number % PROGRESS_RECORDS == 0:
            on_records(PROGRESS_RECORDS)
    if target.is_final_state:
        outcomes = [state_of(machine) for machine in machines]
    work.replays += len(machines)
    for profile, outcome in zip(profiles, outcomes, strict=True):
        is_known = profile.release not in stopped
        if is_known and comparison.answers_as(target.step, target.expected, outcome):
            return profile
    return None


def _nearest_first(release: str) -> Sequence[Profile]:
    tags = list(RELEASES)
    place = tags.index(release) if release in RELEASES else len(tags)
    return [RELEASES[tag] for tag in sorted(tags, key=lambda tag: abs(tags.index(tag) - place))]
