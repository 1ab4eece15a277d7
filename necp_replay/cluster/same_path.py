"""Work on traces that client and workers reach under the same path, such as on a shared disk."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from necp_replay.dataclass import dataclass
from necp_replay.golden.store import GoldenStore
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.one_trace import Work, report_of
from necp_replay.trace.find import FoundTrace


@dataclass(frozen=True, slots=True)
class SharedWork:
    """Work on a trace by its absolute path; the report has the path that the client typed.

    ``folder`` is the current folder of the client.
    """

    work: Work
    folder: str

    def __call__(self, trace: FoundTrace) -> TraceReport:
        """The report of a trace. Raises nothing but what ``work`` raises."""
        found = FoundTrace(Path(self.folder, trace.path), trace.name)
        report = report_of(self.work, None, found)
        if not trace.path.is_absolute():
            _show_typed(report, self.folder)
        return report


def with_absolute_goldens(goldens: GoldenStore | None, folder: str) -> GoldenStore | None:
    """The same goldens for workers, whose current folder is another."""
    return None if goldens is None else replace(goldens, root=Path(folder, goldens.root))


def current_folder() -> str:
    """The current folder, as paths are completed for workers."""
    return os.getcwd()


def _show_typed(report: TraceReport, folder: str) -> None:
    """Write all paths of a report as they were typed."""
    prefix = f"{folder.rstrip('/')}/"
    shown = escape(prefix)
    report.path = report.path.removeprefix(shown)
    if report.golden is not None:
        report.golden = report.golden.removeprefix(prefix)
    for name in ("error", "hint", "first_not_modelled", "first_not_determined", "without_golden"):
        text: str | None = getattr(report, name)
        if text is not None:
            setattr(report, name, text.replace(shown, ""))
