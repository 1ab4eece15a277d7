"""Gathers the results of all traces in a session, and prints the summary at its end."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from necp_replay.pytest_plugin.result_attribute import RESULT

if TYPE_CHECKING:
    from necp_replay.pytest_plugin.result import TraceResult
    from necp_replay.pytest_plugin.session_report import ProjectRun, SessionError
    from necp_replay.report.style import Style


class TraceSession:
    """Gathers the results of traces and judges rules and goldens when all tests have run.

    With xdist it runs in the controller, which gets the reports of the workers.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._results: dict[tuple[str, str], TraceResult] = {}
        self._projects: list[ProjectRun] = []

    @property
    def has_traces(self) -> bool:
        """Whether any trace was run."""
        return bool(self._results)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the result from a report, and colour its failure if pytest prints in colour."""
        plain = getattr(report, RESULT, None)
        if plain is None:
            return
        from necp_replay.pytest_plugin.failure import ColouredFailure
        from necp_replay.pytest_plugin.result import result_of

        result = result_of(plain)
        key = (result.path, result.test)
        self._results[key] = result
        if report.failed and result.coloured:
            brief = self._config.option.tbstyle == "line"
            # Set through vars(), because the declared type of the attribute is private to pytest.
            vars(report)["longrepr"] = ColouredFailure(
                report.longrepr, result.coloured, is_brief=brief
            )

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Judge rules and goldens. An unused one fails a session whose tests all passed."""
        if not self._results:
            return
        from necp_replay.pytest_plugin.remembered import remembered_of
        from necp_replay.pytest_plugin.session_report import report_session

        remembered_of(self._config).save(self._in_order())
        self._projects = report_session(self._in_order(), self._config)
        if self._errors and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Add the errors of the session to those that pytest counts and lists."""
        if self._errors:
            errors = terminalreporter.stats.setdefault("error", [])
            errors += [error.as_report() for error in self._errors]

    def summary(self, style: Style, *, is_quiet: bool) -> str:
        """The text of the last section: written goldens, rules, and what to do next.

        It is empty if every trace passed and all was compared, and there are no rules. If
        ``is_quiet`` the table of rules is printed only when one of them fails.
        """
        parts = ["\n".join(line for each in self._in_order() for line in each.written)]
        for project in self._projects:
            parts += self._project_summary(project, style, is_quiet=is_quiet)
        return "\n\n".join(part for part in parts if part)

    def _project_summary(self, project: ProjectRun, style: Style, *, is_quiet: bool) -> list[str]:
        from necp_replay.outcomes.safe_text import visible
        from necp_replay.pytest_plugin.settings import path_to_type, settings_of
        from necp_replay.replay.facts.likely_fact import likely_facts
        from necp_replay.report.known_text import known_parts
        from necp_replay.report.next_steps import Invocation, next_steps
        from necp_replay.report.rules_text import rules_text
        from necp_replay.report.totals import totals_of
        from necp_replay.report.words import counted
        from necp_replay.trace.find import PROJECT_FILE

        run, home = project.run, project.home
        settings = settings_of(self._config)
        run.facts = likely_facts(run.groups, record_limit_s=settings.record_limit_s)
        options = settings.command_options
        traces = str(path_to_type(self._config, home.traces)) if home else "PATH"
        file = str(path_to_type(self._config, home.file)) if home and home.file else PROJECT_FILE
        parts = ["\n".join(project.skipped)]
        if project.errors or not is_quiet:
            parts.append(rules_text(run, style, (traces, *options)))
        cached = sum(trace.from_cache for trace in run.traces)
        if cached and not is_quiet:
            parts.append(
                f"{cached:,} of {counted(len(run.traces), 'test')} from the cache: identical"
                " before, and nothing changed since (--necp-no-cache replays them)"
            )
        known = ", ".join(known_parts(totals := totals_of(run.traces)))
        parts.append(f"{counted(totals.records, 'record')}: {known}" if known else "")
        apart = not settings.is_own_engine and "--golden" not in options
        invocation = Invocation((traces,), options, file, keeps_apart=apart)
        parts.append(next_steps(run, style, invocation))
        if len(self._projects) > 1 and any(parts):
            folder = path_to_type(self._config, home.folder) if home else None
            parts.insert(0, visible(f"project {folder}") if folder else "other traces")
        return parts

    @property
    def _errors(self) -> list[SessionError]:
        return [error for project in self._projects for error in project.errors]

    def _in_order(self) -> list[TraceResult]:
        """The results in the order of paths; with xdist they arrive in any order."""
        return [self._results[key] for key in sorted(self._results)]


class SummaryWriter:
    """Prints the summary of traces as the last section of the output of pytest.

    People read the end of a log first.
    """

    def __init__(self, session: TraceSession) -> None:
        self._session = session

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> Generator[None, None, None]:
        """Let pytest and other plugins print their summaries, then print ours."""
        yield
        if not self._session.has_traces:
            return
        from necp_replay.outcomes.safe_text import safe_lines
        from necp_replay.report.style import Style

        style = Style(config.get_terminal_writer().hasmarkup)
        words = self._session.summary(style, is_quiet=config.get_verbosity() < 0)
        if words:
            terminalreporter.section("necp-replay")
            terminalreporter.write_line(safe_lines(words))
