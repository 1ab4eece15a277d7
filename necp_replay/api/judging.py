"""Judges a run by the reports of all its traces."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from necp_replay.api.parts import RunPart, in_order, names_in_order
from necp_replay.errors import UsageError
from necp_replay.replay.findings.run_report import RunReport, ShardOfRun
from necp_replay.rules.book import RuleBook
from necp_replay.rules.status import RunScope, rule_results

GROUPS_TRIED: Final = 8
"""For how many groups of differences a likely fact is reported."""


def judge(part: RunPart, *, shard: ShardOfRun | None = None) -> RunReport:
    """The report of a run. Raises UsageError for a part that lacks traces of its run.

    A ``shard`` need not have them all. Unused goldens and rules are only reported if all traces
    ran.
    """
    basis = part.basis
    found = len(part.reports) + sum(number not in part.reports for number in part.not_run)
    if shard is None and found < basis.traces:
        missing = basis.traces - found
        first = next(
            number
            for number in range(basis.traces)
            if number not in part.reports and number not in part.not_run
        )
        raise UsageError(
            f"{missing:,} of {basis.traces:,} traces are in no part, first number {first:,}",
            hint="Name the reports of all parts.",
        )
    reports, names = in_order(part), names_in_order(part)
    complete = basis.complete and len(reports) == basis.traces
    book = RuleBook(basis.rules, basis.today)
    scope = RunScope(names, own_release=basis.own_release, complete=complete)
    run = RunReport(
        "replay",
        "expected",
        "replayed",
        reports,
        complete,
        [Path(path) for path in basis.unused_goldens] if complete else [],
        rule_results(book, reports, scope),
        not_run=[part.not_run[number] for number in sorted(part.not_run)],
        shard=shard,
        stopped=part.stopped,
    )
    if part.facts:
        _tell_facts(run, part)
    return run


def _tell_facts(run: RunReport, part: RunPart) -> None:
    """Report the facts of the first groups, if they were found for the same difference."""
    found = {(each.group, each.trace, each.release, each.record): each.fact for each in part.facts}
    for group in run.groups[:GROUPS_TRIED]:
        if group.examples:
            first = group.examples[0]
            key = (group.key, first.trace, first.release, first.difference.record)
            fact = found.get(key)
            if fact is not None:
                run.facts[group.key] = fact
