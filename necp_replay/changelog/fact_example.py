"""Finds an example of a fact: the smallest trace in which it changes an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError
from necp_replay.minimize.minimize import minimize, pair_of_releases
from necp_replay.minimize.options import MinimizeOptions
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import title
from necp_replay.releases.profile import Profile
from necp_replay.trace.reader import TraceReader


@dataclass(frozen=True, slots=True)
class FactExample:
    """A few records, the last of which differs.

    ``trace`` is the name of the trace that it comes from. ``titles`` are those of the records.
    ``fields`` are what differs in the last one, the older release on the expected side.
    """

    trace: str
    titles: Sequence[str]
    fields: Sequence[FieldDifference]


def find_example(before: Profile, after: Profile, traces: Sequence[Path]) -> FactExample | None:
    """The first example that one of the traces gives, None if none does.

    The profiles are those of one release before and after a single fact changed. Raises TraceError
    for a trace that cannot be read.
    """
    for trace in traces:
        options = MinimizeOptions(pair_of_releases(before, after), after.release, before.release)
        with TemporaryDirectory(prefix="necp-replay-") as folder:
            output = Path(folder, "small.necptrace")
            try:
                report = minimize(trace, output, options)
            except UsageError:
                # In this trace the fact has an effect only together with other facts of its
                # release.
                continue
            return FactExample(trace.stem, _titles(output), report.difference.fields)
    return None


def _titles(path: Path) -> list[str]:
    names = StableNames()
    titles = []
    with TraceReader(path) as reader:
        for _, step, _ in reader:
            names.learn(step)
            titles.append(title(step.input, names))
    return titles
