"""One trace on two releases, record by record."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from necp_replay.errors import NecpReplayError
from necp_replay.events.outcome import Absent
from necp_replay.replay.compare import Difference, outcome_differences, same_whole
from necp_replay.replay.engine import EngineFactory, open_machine
from necp_replay.replay.names import StableNames
from necp_replay.replay.node import escape
from necp_replay.replay.render_input import title
from necp_replay.trace.reader import TraceReader


@dataclass(slots=True)
class DifferingRecord:
    """A record that two releases answer differently."""

    record: int
    title: str
    differences: list[Difference]


@dataclass(slots=True)
class TraceDiff:
    """How one trace fares on two releases. ``shown`` holds the first records that differ."""

    path: str
    records: int = 0
    different: int = 0
    not_modelled: int = 0
    shown: list[DifferingRecord] = field(default_factory=list)
    error: str | None = None
    hint: str | None = None


def diff_trace(
    path: Path,
    from_release: str,
    to_release: str,
    *,
    limit: int | None = None,
    open_engine: EngineFactory = open_machine,
    open_to: EngineFactory | None = None,
) -> TraceDiff:
    """Replay a trace on both releases at once and collect where they differ.

    ``open_to`` makes the engine of ``to_release`` where that is another than ``open_engine``'s. At
    most ``limit`` records keep their fields. Once one of both is down (a panic, a type
    confusion) the other still runs, and every later record of the first counts as not modelled.
    """
    result = TraceDiff(escape(str(path)))
    names = StableNames()
    try:
        old, new = open_engine(from_release), (open_to or open_engine)(to_release)
        with TraceReader(path) as reader:
            for number, step, _ in reader:
                before, after = old.submit(step), new.submit(step)
                names.learn(step)
                result.records += 1
                if isinstance(before.answer, Absent) or isinstance(after.answer, Absent):
                    result.not_modelled += 1
                elif not same_whole(before, after):
                    result.different += 1
                    if limit is None or len(result.shown) < limit:
                        fields = outcome_differences(
                            step.input, before, after, names, beyond_vectors=True
                        )
                        shown = DifferingRecord(number, title(step.input, names), fields)
                        result.shown.append(shown)
    except NecpReplayError as error:
        result.error = str(error)
        result.hint = error.hint
    return result
