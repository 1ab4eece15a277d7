"""A whole session: what all of its traces found, and what they did not use."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from necp_replay.pytest_plugin.found import Found


class TraceSession:
    """Gathers the reports of traces where the session began, and says at the end what they mean.

    With xdist that is the controller, which runs no tests itself.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._found: dict[tuple[str, str], Found] = {}
        self._failed: set[tuple[str, str]] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what a trace's test found, and give its failure the session's look."""
        plain = getattr(report, "necp_found", None)
        if plain is None:
            return
        from necp_replay.pytest_plugin.failure import Shown
        from necp_replay.pytest_plugin.found import Found

        found = Found.of_plain(plain)
        key = (found.path, found.test)
        self._found[key] = found
        self._failed.discard(key)
        if report.failed:
            self._failed.add(key)
        if report.failed and found.painted:
            brief = self._config.option.tbstyle == "line"
            # Not by assignment: pytest types the attribute with a class that it keeps to itself.
            vars(report)["longrepr"] = Shown(report.longrepr, found.painted, is_brief=brief)

    def summary(self) -> list[str]:
        """What to say behind all else; nothing where every trace passed."""
        if not self._found:
            return []
        from necp_replay.pytest_plugin.summary import failure_summary

        # In the order of paths, in which xdist does not run them.
        found = [self._found[key] for key in sorted(self._found)]
        failed = [self._found[key] for key in sorted(self._failed)]
        written = [line for each in found for line in each.written]
        return [*written, *failure_summary(failed, len(found))]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> Generator[None, None, None]:
        """Write the summary behind all others, where readers of a log begin."""
        yield
        lines = self.summary()
        if lines:
            terminalreporter.section("necp-replay")
            for line in lines:
                terminalreporter.line(line)
