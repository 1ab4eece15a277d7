"""pytest collects ``.necptrace`` files as tests, one for each trace and release.

Options: ``--necp-golden DIR``, ``--necp-release R`` (several times for several), ``--necp-accept``.
Without ``--necp-release`` a trace runs on the release it was recorded on.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from necp_replay.golden.find import FoundTrace
    from necp_replay.replay.report_model import TraceReport

TRACE_SUFFIX = ".necptrace"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("necp-replay", "replaying .necptrace files")
    group.addoption(
        "--necp-golden",
        default="golden",
        metavar="DIR",
        help="folder of goldens, mirrors that of the traces (default: golden)",
    )
    group.addoption(
        "--necp-release",
        action="append",
        default=[],
        metavar="R",
        help="replay on this release instead of the trace's own; may be given several times",
    )
    group.addoption(
        "--necp-accept",
        action="store_true",
        help="write goldens of what the engine does now instead of comparing",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to accept goldens where nobody reviews them, before anything runs."""
    if config.getoption("necp_accept"):
        from necp_replay.errors import UsageError
        from necp_replay.golden.accept import refuse_in_ci

        try:
            refuse_in_ci()
        except UsageError as error:
            raise pytest.UsageError(f"{error}. {error.hint}") from None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect traces; every other file is somebody else's."""
    if file_path.suffix != TRACE_SUFFIX:
        return None
    return TraceFile.from_parent(parent, path=file_path)


class TraceFile(pytest.File):
    """A trace; its tests are named after releases."""

    def collect(self) -> Iterable[TraceItem]:
        """One test for each release asked for, else for the release it was recorded on."""
        releases: list[str] = self.config.getoption("necp_release")
        for release in dict.fromkeys(releases) or [None]:
            yield TraceItem.from_parent(self, name=release or "recorded", release=release)


class TraceMismatch(Exception):
    """A trace that did not pass; the text is the report."""


class TraceItem(pytest.Item):
    """One trace on one release."""

    def __init__(self, *, release: str | None, **keywords: Any) -> None:
        super().__init__(**keywords)
        self._release = release

    def runtest(self) -> None:
        """Replay and compare, or accept."""
        from necp_replay.golden.find import find_traces

        (trace,) = find_traces([self.path])
        if self.config.getoption("necp_accept"):
            self._accept(trace)
            return
        report = self._replay(trace)
        from necp_replay.replay.report_model import Verdict
        from necp_replay.report.replay_text import failure_lines
        from necp_replay.report.style import Style

        if report.verdict is not Verdict.IDENTICAL:
            raise TraceMismatch("\n".join(failure_lines(report, Style(False))))

    def _replay(self, trace: FoundTrace) -> TraceReport:
        from necp_replay.golden.run import ReplayOptions, replay_trace
        from necp_replay.golden.store import GoldenStore

        goldens = GoldenStore(self._golden_folder())
        options = ReplayOptions(release=self._release, goldens=goldens)
        return replay_trace(trace.path, trace.name, options)

    def _accept(self, trace: FoundTrace) -> None:
        from necp_replay.golden.accept import accept_trace, is_measured
        from necp_replay.golden.store import GoldenStore

        if not is_measured(trace):
            accept_trace(trace, GoldenStore(self._golden_folder()))

    def _golden_folder(self) -> Path:
        return Path(self.config.invocation_params.dir, self.config.getoption("necp_golden"))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report as text; our own traceback says nothing about a trace."""
        from necp_replay.errors import NecpReplayError

        if isinstance(excinfo.value, TraceMismatch):
            return str(excinfo.value)
        if isinstance(excinfo.value, NecpReplayError):
            return f"{excinfo.value}\n{excinfo.value.hint}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the test is: the trace itself."""
        return self.path, None, f"{self.path.name} on {self.name}"
