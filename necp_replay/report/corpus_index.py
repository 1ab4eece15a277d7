"""The index page of a folder of traces: what each one shows, its size, its differences."""

from __future__ import annotations

from collections.abc import Iterable

from necp_replay.outcomes.safe_text import escape
from necp_replay.releases.lineage import RELEASES
from necp_replay.replay.corpus import IndexedTrace
from necp_replay.report.table import left, right, table

_HEAD = """\
# The traces

This page is written by `necp-replay index traces`; with `--check` the command reports whether it is
out of date. The scenario of a trace is in the same folder. Traces below `measured` were measured on
the real code, one for each vector. The last column counts the records whose outcomes differ between
{older} and {newer}; `necp-replay diff` shows how.
"""


def corpus_index(traces: Iterable[IndexedTrace]) -> str:
    """The page: a table of scenarios for each folder, then one row for each folder of others."""
    scenarios: dict[str, list[IndexedTrace]] = {}
    measured: dict[str, list[IndexedTrace]] = {}
    for trace in traces:
        folder = trace.name.rpartition("/")[0]
        (measured if trace.is_measured else scenarios).setdefault(folder, []).append(trace)
    oldest, *_, newest = RELEASES
    blocks = [_HEAD.format(older=oldest, newer=newest)]
    for folder, found in sorted(scenarios.items()):
        rows = [
            (
                escape(trace.name.rpartition("/")[2]),
                trace.description.partition("\n")[0].replace("|", "\\|"),
                str(trace.records),
                _kib(trace.size_bytes),
                str(trace.differing or ""),
            )
            for trace in sorted(found, key=lambda each: each.name)
        ]
        columns = [*left("trace", "shows"), *right("records", "KiB", "records that differ")]
        blocks.append(f"## {escape(folder) or 'here'}\n\n{table(columns, rows, markdown=True)}\n")
    if measured:
        rows_of_folders = [
            (
                escape(folder),
                str(len(found)),
                str(sum(trace.records for trace in found)),
                _kib(sum(trace.size_bytes for trace in found)),
                str(sum(trace.differing > 0 for trace in found)),
            )
            for folder, found in sorted(measured.items())
        ]
        columns = [
            *left("folder"),
            *right("traces", "records", "KiB", "traces with records that differ"),
        ]
        blocks.append(
            f"## Measured on real code\n\n{table(columns, rows_of_folders, markdown=True)}\n"
        )
    return "\n".join(blocks)


def _kib(size_bytes: int) -> str:
    return str(max(1, round(size_bytes / 1024)))
