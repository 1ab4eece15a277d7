"""Judges rules and goldens at the end of a session: unused ones are errors of the session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from necp_replay.dataclass import dataclass
from necp_replay.files.walk import CANNOT_BE_READ, real_path
from necp_replay.golden.unused import UnusedGoldens, unused_goldens
from necp_replay.outcomes.safe_text import visible
from necp_replay.project.gather import names_left_out, traces_of
from necp_replay.project.home import Home
from necp_replay.pytest_plugin.chosen import chosen_of
from necp_replay.pytest_plugin.projects import TraceProject, projects_of
from necp_replay.pytest_plugin.result import TraceResult
from necp_replay.pytest_plugin.settings import node_path, path_to_type, settings_of
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.rules.book import RuleBook
from necp_replay.rules.rule import Rule
from necp_replay.rules.status import RuleResult, RuleStatus, RunScope, rule_result
from necp_replay.trace.find import FoundTraces


@dataclass(frozen=True, slots=True)
class SessionError:
    """A rule or golden that fails the session. ``place`` is written like a node id of pytest."""

    place: str
    why: str

    def as_report(self) -> pytest.TestReport:
        """The error as a report of pytest, which counts and lists it."""
        report = pytest.TestReport(
            nodeid=self.place,
            location=(self.place, None, self.place),
            keywords={},
            outcome="failed",
            longrepr=None,
            when="teardown",
        )
        # The short summary prints this message. The section necp-replay has the full text.
        vars(report)["longrepr"] = SimpleNamespace(reprcrash=SimpleNamespace(message=self.why))
        return report


@dataclass(frozen=True, slots=True)
class ProjectRun:
    """The replays of the traces of one project as one run.

    ``home`` is None for traces that belong to no project. ``skipped`` has a line for each path that
    was left out.
    """

    home: Home | None
    run: RunReport
    errors: tuple[SessionError, ...] = ()
    skipped: tuple[str, ...] = ()


def report_session(results: Sequence[TraceResult], config: pytest.Config) -> list[ProjectRun]:
    """Judge rules and goldens of each project by the results of all tests.

    Only a complete session, with every test of every trace below the root, can prove that a rule or
    golden is unused. After any other session they are not judged.
    """
    projects = projects_of(config)
    by_folder: dict[Path | None, list[TraceResult]] = {}
    found: dict[Path | None, TraceProject] = {}
    for each in results:
        project = projects.of(Path(each.path))
        folder = None if project.home is None else project.home.folder
        found.setdefault(folder, project)
        by_folder.setdefault(folder, []).append(each)
    return [_report_project(found[folder], own, config) for folder, own in by_folder.items()]


def _report_project(
    project: TraceProject, results: Sequence[TraceResult], config: pytest.Config
) -> ProjectRun:
    run = RunReport("replay", "expected", "replayed", [each.report for each in results])
    run.options = settings_of(config).command_options
    home, goldens = project.home, project.goldens
    if home is None or goldens is None:
        return ProjectRun(None, run)
    left_out = tuple(
        visible(f"{path_to_type(config, path)} {each.why}")
        for path, each in sorted(chosen_of(config, home).skipped.items())
    )
    if settings_of(config).accepts:
        return ProjectRun(home, run, skipped=left_out)
    everything = traces_of(home)
    run.complete = _is_complete(results, everything)
    run.rules = [
        _judge_rule(rule, project.book, results, run.complete) for rule in project.book.rules
    ]
    unused = UnusedGoldens()
    if run.complete:
        names = [each.name for each in results]
        unused = unused_goldens(goldens, names, names_left_out(home, everything.skipped))
    run.unused_goldens = [path_to_type(config, path) for path in unused.paths]
    told = {each.vanished for each in results}
    file = "" if home.file is None else node_path(config.rootpath, home.file)
    errors = [
        SessionError(f"{file}::rule-{outcome.rule.number}", outcome.why)
        for outcome in run.rules
        if outcome.status.fails and outcome.rule.number not in told
    ]
    errors += [
        SessionError(visible(node_path(config.rootpath, path)), "this golden belongs to no trace")
        for path in unused.paths
    ]
    not_searched = tuple(
        visible(f"{path_to_type(config, folder)} {CANNOT_BE_READ}") for folder in unused.unreadable
    )
    return ProjectRun(home, run, tuple(errors), left_out + not_searched)


def _is_complete(results: Sequence[TraceResult], everything: FoundTraces) -> bool:
    ran: dict[Path, set[str]] = {}
    for each in results:
        ran.setdefault(real_path(Path(each.path)), set()).add(each.test)
    wanted = {real_path(Path(each.path)): set(each.tests) for each in results}
    files = [real_path(trace.path) for trace in everything.traces]
    return all(each.is_seen for each in everything.skipped) and all(
        file in ran and ran[file] >= wanted[file] for file in files
    )


def _judge_rule(
    rule: Rule, book: RuleBook, results: Sequence[TraceResult], complete: bool
) -> RuleResult:
    """Judge one rule by the tests on its release.

    For that every trace must have run on that release, except traces that hold all outcomes of
    another one. A vanished rule for a single trace was judged by the test of that trace already.
    """
    tests = [each for each in results if rule.release in (None, each.test)]
    there = {each.path for each in tests}
    left_out = any(each.path not in there for each in results if each.takes_golden)
    own = {each.path for each in tests if each.is_own}
    vanished = any(each.vanished == rule.number for each in tests)
    scope = RunScope(
        [each.name for each in tests],
        own_release=all(each.path in own for each in tests),
        complete=vanished or (complete and not left_out),
    )
    reports = [each.report for each in tests]
    outcome = rule_result(rule, book, reports, scope)
    if outcome.status.fails and not (complete or vanished):
        return replace(
            outcome, status=RuleStatus.NOT_JUDGED, why="the session did not run every trace"
        )
    return outcome
