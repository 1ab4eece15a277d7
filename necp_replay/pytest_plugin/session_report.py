"""Judges rules and goldens at the end of a session: unused ones are errors of the session."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from necp_replay.golden.store import GoldenStore
from necp_replay.golden.unused import unused_goldens
from necp_replay.pytest_plugin.result import TraceResult
from necp_replay.pytest_plugin.settings import Settings, node_path, path_to_type
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.rules.book import RuleBook
from necp_replay.rules.rule import Rule
from necp_replay.rules.status import RuleResult, RuleStatus, RunScope, rule_results
from necp_replay.trace.find import TRACE_SUFFIX


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
class SessionReport:
    """The replays of a session as one run, and its errors."""

    run: RunReport
    errors: tuple[SessionError, ...] = ()


def report_session(
    results: Sequence[TraceResult], settings: Settings, config: pytest.Config
) -> SessionReport:
    """Judge rules and goldens by the results of all tests.

    Only a complete session, with every test of every trace below the root, can prove that a rule or
    golden is unused. After any other session they are not judged.
    """
    run = RunReport("replay", "expected", "replayed", [each.report for each in results])
    if settings.accepts or settings.error is not None:
        return SessionReport(run)
    run.complete = _is_complete(results, settings.traces)
    run.rules = [
        _judge_rule(rule, settings.book, results, run.complete) for rule in settings.book.rules
    ]
    unused: list[Path] = []
    if run.complete:
        unused = unused_goldens(GoldenStore(settings.golden), [each.name for each in results])
    run.unused_goldens = [path_to_type(config, path) for path in unused]
    told = {each.vanished for each in results}
    file = "" if settings.project is None else node_path(config.rootpath, settings.project)
    errors = [
        SessionError(f"{file}::rule-{outcome.rule.number}", outcome.why)
        for outcome in run.rules
        if outcome.status.fails and outcome.rule.number not in told
    ]
    errors += [
        SessionError(node_path(config.rootpath, path), "this golden belongs to no trace")
        for path in unused
    ]
    return SessionReport(run, tuple(errors))


def _is_complete(results: Sequence[TraceResult], traces: Path) -> bool:
    ran: dict[str, set[str]] = {}
    for each in results:
        ran.setdefault(os.path.realpath(each.path), set()).add(each.test)
    wanted = {os.path.realpath(each.path): set(each.tests) for each in results}
    files = [path for path in traces.rglob(f"*{TRACE_SUFFIX}") if path.is_file()]
    return bool(files) and all(
        (real := os.path.realpath(file)) in ran and ran[real] >= wanted[real] for file in files
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
    (outcome,) = rule_results(RuleBook((rule,), book.today), reports, scope)
    if outcome.status.fails and not (complete or vanished):
        return replace(
            outcome, status=RuleStatus.NOT_JUDGED, why="the session did not run every trace"
        )
    return outcome
