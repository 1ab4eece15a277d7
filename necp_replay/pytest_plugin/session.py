"""A whole session: what all of its traces found, and what they did not use."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from necp_replay.pytest_plugin import FOUND

if TYPE_CHECKING:
    from necp_replay.pytest_plugin.found import Found
    from necp_replay.pytest_plugin.judgement import Judgement
    from necp_replay.report.style import Style


class TraceSession:
    """Gathers the reports of traces where the session began, and says at the end what they mean.

    With xdist that is the controller, which runs no tests itself.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._found: dict[tuple[str, str], Found] = {}
        self._judgement: Judgement | None = None

    @property
    def has_traces(self) -> bool:
        """Whether any trace was run."""
        return bool(self._found)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what a trace's test found, and give its failure the session's look."""
        plain = getattr(report, FOUND, None)
        if plain is None:
            return
        from necp_replay.pytest_plugin.failure import Shown
        from necp_replay.pytest_plugin.found import found_of

        found = found_of(plain)
        key = (found.path, found.test)
        self._found[key] = found
        if report.failed and found.painted:
            brief = self._config.option.tbstyle == "line"
            # Not by assignment: pytest types the attribute with a class that it keeps to itself.
            vars(report)["longrepr"] = Shown(report.longrepr, found.painted, is_brief=brief)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Judge rules and goldens; what nothing uses any more fails a session that would pass."""
        if not self._found:
            return
        from necp_replay.pytest_plugin.judgement import judge
        from necp_replay.pytest_plugin.settings import settings_of

        self._judgement = judge(self._in_order(), settings_of(self._config), self._config)
        if self._judgement.complaints and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Have pytest count and list what nothing uses any more as errors."""
        if self._judgement is not None and self._judgement.complaints:
            errors = terminalreporter.stats.setdefault("error", [])
            errors += [complaint.as_report() for complaint in self._judgement.complaints]

    def last_words(self, style: Style, *, is_quiet: bool) -> str:
        """What to say behind all else; nothing where every trace passed and nothing is left over.

        A quiet one leaves out what became of rules where that is as it should be.
        """
        if self._judgement is None:
            return ""
        from necp_replay.diff.likely_fact import likely_facts
        from necp_replay.pytest_plugin.settings import settings_of, typed_path
        from necp_replay.report.next_steps import Invocation, next_steps
        from necp_replay.report.rules_text import rules_text
        from necp_replay.rules.project import FILE_NAME

        run = self._judgement.run
        settings = settings_of(self._config)
        traces = typed_path(self._config, settings.traces)
        parts = ["\n".join(line for each in self._in_order() for line in each.written)]
        if self._judgement.complaints or not is_quiet:
            parts.append(rules_text(run, style, (traces, *settings.command_words)))
        file = FILE_NAME if settings.project is None else typed_path(self._config, settings.project)
        invocation = Invocation((str(traces),), settings.command_words, str(file))
        parts.append(next_steps(run, style, invocation, likely_facts(run.groups)))
        return "\n\n".join(part for part in parts if part)

    def _in_order(self) -> list[Found]:
        """What was found in the order of paths, in which xdist does not find it."""
        return [self._found[key] for key in sorted(self._found)]


class LastWords:
    """Writes the summary of traces behind all others, where readers of a log begin."""

    def __init__(self, session: TraceSession) -> None:
        self._session = session

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> Generator[None, None, None]:
        """Let pytest write all it has to say, then what happened to traces, and what to do next."""
        yield
        if not self._session.has_traces:
            return
        from necp_replay.report.style import Style

        style = Style(config.get_terminal_writer().hasmarkup)
        words = self._session.last_words(style, is_quiet=config.get_verbosity() < 0)
        if words:
            terminalreporter.section("necp-replay")
            terminalreporter.write_line(words)
