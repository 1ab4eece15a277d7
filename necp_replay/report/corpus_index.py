"""The index page of a corpus: what each trace shows, its size, and where releases differ."""

from __future__ import annotations

from collections.abc import Iterable

from tabulate import tabulate

from necp_replay.releases.lineage import RELEASES
from necp_replay.replay.corpus import IndexedTrace

_HEAD = """\
# The traces

Written by `necp-replay index traces`; `--check` says when it is out of date. Scenarios stand beside
their traces; what lies below `measured` was measured on the real code, one trace for each vector.
Records differ where {older} and {newer} answer them differently;
`necp-replay diff` shows how.
"""


def corpus_index(traces: Iterable[IndexedTrace]) -> str:
    """The page: scenarios by folder, then measured traces, a row for each folder."""
    scenarios: dict[str, list[IndexedTrace]] = {}
    measured: dict[str, list[IndexedTrace]] = {}
    for trace in traces:
        folder = trace.name.rpartition("/")[0]
        (scenarios if trace.is_scenario else measured).setdefault(folder, []).append(trace)
    oldest, *_, newest = RELEASES
    blocks = [_HEAD.format(older=oldest, newer=newest)]
    for folder, found in sorted(scenarios.items()):
        rows = [
            (
                trace.name.rpartition("/")[2],
                trace.description.partition("\n")[0].replace("|", "\\|"),
                trace.records,
                _kib(trace.size_bytes),
                trace.differing or "",
            )
            for trace in sorted(found, key=lambda each: each.name)
        ]
        head = ("trace", "shows", "records", "KiB", "records that differ")
        blocks.append(f"## {folder or 'here'}\n\n{tabulate(rows, head, tablefmt='github')}\n")
    if measured:
        rows_of_folders = [
            (
                folder,
                len(found),
                sum(trace.records for trace in found),
                _kib(sum(trace.size_bytes for trace in found)),
                sum(trace.differing > 0 for trace in found),
            )
            for folder, found in sorted(measured.items())
        ]
        head = ("folder", "traces", "records", "KiB", "traces with records that differ")
        table = tabulate(rows_of_folders, head, tablefmt="github")
        blocks.append(f"## Measured on real code\n\n{table}\n")
    return "\n".join(blocks)


def _kib(size_bytes: int) -> int:
    return max(1, round(size_bytes / 1024))
