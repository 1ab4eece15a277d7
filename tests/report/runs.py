"""Made-up runs for tests of reports, and hostile texts."""

from __future__ import annotations

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import RecordDifference, Surroundings, Truth
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.collector import DifferenceCollector
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.rules.rule import Rule, RuleAction
from necp_replay.rules.status import RuleResult, RuleStatus
from tests.outcomes.differing import record_difference

RELEASE = "r1"


def differing(
    record: int | None, title: str, expected: str | None, actual: str | None
) -> RecordDifference:
    """A difference in the status of a record."""
    field = FieldDifference(Layer.RETURN, "status", expected, actual)
    return record_difference(record, title, [field], Truth.RECORDED, Surroundings(["1 before"]))


def trace(path: str, *differences: RecordDifference) -> TraceReport:
    """The report of a trace with these differences."""
    report = TraceReport(path, RELEASE, records=10, seconds=0.25)
    collector = DifferenceCollector(report)
    for difference in differences:
        collector.add(difference)
    report.different = len(differences)
    report.identical = 10 - len(differences)
    return report


def removal(path: str = "traces/client/remove.necptrace") -> TraceReport:
    """A trace with one difference."""
    return trace(path, differing(5, "necp_client_action REMOVE client=#1", "ENOENT", "ok retval=0"))


def erring(error: str = "damaged at byte 12", path: str = "traces/bad.necptrace") -> TraceReport:
    """A trace that could not run."""
    return TraceReport(path, RELEASE, error=error, hint="Mend it.")


def absent() -> TraceReport:
    """A trace that met what is not modelled."""
    first = "record 3 necp_client_action 99: action 99"
    return TraceReport(
        "traces/new.necptrace", RELEASE, 3, identical=2, not_modelled=1, first_not_modelled=first
    )


def expected_differences() -> TraceReport:
    """A trace whose differences are all expected by rules."""
    return TraceReport("traces/known.necptrace", RELEASE, 4, identical=4, expected=2)


def identical(path: str = "traces/fine.necptrace") -> TraceReport:
    """A trace that passes."""
    return TraceReport(path, RELEASE, 9, identical=9)


def run(*traces: TraceReport, command: str = "replay") -> RunReport:
    """A run over these traces; with ``diff`` their differences are between two releases."""
    if command == "diff":
        for difference in (each for found in traces for each in found.examples):
            if difference.truth is Truth.RECORDED:
                difference.truth = Truth.RELEASE
        return RunReport("diff", "old", "new", traces)
    return RunReport("replay", "expected", "replayed", traces)


def rule_outcome(status: RuleStatus, why: str = "remove the rule") -> RuleResult:
    """The third rule of a file after a run."""
    return RuleResult(Rule(3, 17, RuleAction.KNOWN, "a reason"), 0, 0, status, why)
