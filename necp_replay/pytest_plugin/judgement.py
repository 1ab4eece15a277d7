"""Rules and goldens in a whole session: those that nothing uses any more fail it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from necp_replay.diff.judge import RuleOutcome, RuleStatus, RunScope, judge_rules
from necp_replay.diff.run_report import RunReport
from necp_replay.golden.find import TRACE_SUFFIX
from necp_replay.golden.store import GoldenStore
from necp_replay.golden.unused import unused_goldens
from necp_replay.pytest_plugin.found import Found
from necp_replay.pytest_plugin.settings import Settings, seen_from, typed_path
from necp_replay.replay.report_model import TraceReport
from necp_replay.rules.book import RuleBook
from necp_replay.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Complaint:
    """What nothing uses any more: its place as a node id, and why it fails the session."""

    place: str
    why: str

    def as_report(self) -> pytest.TestReport:
        """The complaint as an error of no test, for pytest to count and to list."""
        report = pytest.TestReport(
            nodeid=self.place,
            location=(self.place, None, self.place),
            keywords={},
            outcome="failed",
            longrepr=None,
            when="teardown",
        )
        # Summaries take their line from here; the text itself is told in full elsewhere.
        vars(report)["longrepr"] = SimpleNamespace(reprcrash=SimpleNamespace(message=self.why))
        return report


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of rules and goldens, and what of that fails the session.

    ``traces`` is the root of traces as one would type it.
    """

    run: RunReport
    traces: Path
    complaints: tuple[Complaint, ...]


def judge(found: Sequence[Found], settings: Settings, config: pytest.Config) -> Judgement:
    """Judge rules and goldens by what the tests of traces found.

    Only a session that ran every test of every trace below the root of traces proves that nothing
    uses them; after any other none is judged.
    """
    tests = [(each, each.report()) for each in found]
    complete = _is_complete(found, settings.traces)
    outcomes = [_judge_rule(rule, settings.book, tests, complete) for rule in settings.book.rules]
    unused: list[Path] = []
    if complete:
        unused = unused_goldens(GoldenStore(settings.golden), [each.name for each in found])
    told = {each.vanished for each in found}
    file = "" if settings.project is None else seen_from(config.rootpath, settings.project)
    complaints = [
        Complaint(f"{file}::rule-{outcome.rule.number}", outcome.why)
        for outcome in outcomes
        if outcome.status.fails and outcome.rule.number not in told
    ]
    complaints += [
        Complaint(seen_from(config.rootpath, path), "this golden belongs to no trace")
        for path in unused
    ]
    run = RunReport(
        *("replay", "expected", "replayed"),
        traces=[report for _, report in tests],
        complete=complete,
        unused_goldens=[typed_path(config, path) for path in unused],
        rules=outcomes,
    )
    return Judgement(run, typed_path(config, settings.traces), tuple(complaints))


def _is_complete(found: Sequence[Found], traces: Path) -> bool:
    ran: dict[str, set[str]] = {}
    for each in found:
        ran.setdefault(os.path.realpath(each.path), set()).add(each.test)
    wanted = {os.path.realpath(each.path): set(each.tests) for each in found}
    files = [path for path in traces.rglob(f"*{TRACE_SUFFIX}") if path.is_file()]
    return bool(files) and all(
        (real := os.path.realpath(file)) in ran and ran[real] >= wanted[real] for file in files
    )


def _judge_rule(
    rule: Rule, book: RuleBook, tests: Sequence[tuple[Found, TraceReport]], complete: bool
) -> RuleOutcome:
    """One rule by the tests on the release that it is about.

    Those of each trace that can be replayed on it have to be there: not of what was measured on
    another release.
    """
    left_out = {found.path for found, _ in tests if not found.is_measured}
    tests = [test for test in tests if rule.release in (None, test[0].test)]
    left_out -= {found.path for found, _ in tests}
    own = {found.path for found, _ in tests if found.is_own}
    scope = RunScope(
        [found.name for found, _ in tests],
        own_release=all(found.path in own for found, _ in tests),
        complete=complete and not left_out,
    )
    reports = [report for _, report in tests]
    (outcome,) = judge_rules(RuleBook((rule,), book.today), reports, scope)
    if outcome.status.fails and not complete:
        return replace(outcome, status=RuleStatus.NOT_JUDGED, why="the session left traces out")
    return outcome
