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
    """A session as a run of replays, and what of its rules and goldens fails it."""

    run: RunReport
    complaints: tuple[Complaint, ...] = ()


def judge(found: Sequence[Found], settings: Settings, config: pytest.Config) -> Judgement:
    """Judge rules and goldens by what the tests of traces found.

    Only a session that ran every test of every trace below the root of traces proves that nothing
    uses them; after any other none is judged.
    """
    run = RunReport("replay", "expected", "replayed", [each.report for each in found])
    if settings.accepts or settings.error is not None:
        return Judgement(run)
    run.complete = _is_complete(found, settings.traces)
    run.rules = [
        _judge_rule(rule, settings.book, found, run.complete) for rule in settings.book.rules
    ]
    unused: list[Path] = []
    if run.complete:
        unused = unused_goldens(GoldenStore(settings.golden), [each.name for each in found])
    run.unused_goldens = [typed_path(config, path) for path in unused]
    told = {each.vanished for each in found}
    file = "" if settings.project is None else seen_from(config.rootpath, settings.project)
    complaints = [
        Complaint(f"{file}::rule-{outcome.rule.number}", outcome.why)
        for outcome in run.rules
        if outcome.status.fails and outcome.rule.number not in told
    ]
    complaints += [
        Complaint(seen_from(config.rootpath, path), "this golden belongs to no trace")
        for path in unused
    ]
    return Judgement(run, tuple(complaints))


def _is_complete(found: Sequence[Found], traces: Path) -> bool:
    ran: dict[str, set[str]] = {}
    for each in found:
        ran.setdefault(os.path.realpath(each.path), set()).add(each.test)
    wanted = {os.path.realpath(each.path): set(each.tests) for each in found}
    files = [path for path in traces.rglob(f"*{TRACE_SUFFIX}") if path.is_file()]
    return bool(files) and all(
        (real := os.path.realpath(file)) in ran and ran[real] >= wanted[real] for file in files
    )


def _judge_rule(rule: Rule, book: RuleBook, found: Sequence[Found], complete: bool) -> RuleOutcome:
    """One rule by the tests on the release that it is about.

    Those of each trace that can be replayed on it have to be there: not of what was measured on
    another release. One that is about a single trace, that trace's test has judged.
    """
    tests = [each for each in found if rule.release in (None, each.test)]
    there = {each.path for each in tests}
    left_out = any(each.path not in there for each in found if not each.is_measured)
    own = {each.path for each in tests if each.is_own}
    vanished = any(each.vanished == rule.number for each in tests)
    scope = RunScope(
        [each.name for each in tests],
        own_release=all(each.path in own for each in tests),
        complete=vanished or (complete and not left_out),
    )
    reports = [each.report for each in tests]
    (outcome,) = judge_rules(RuleBook((rule,), book.today), reports, scope)
    if outcome.status.fails and not (complete or vanished):
        return replace(outcome, status=RuleStatus.NOT_JUDGED, why="the session left traces out")
    return outcome
