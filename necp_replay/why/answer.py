"""Answers why something failed: for each finding in logs its causes, and a scenario."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import field
from pathlib import Path

from necp_replay.abi.client import ClientAction
from necp_replay.dataclass import dataclass
from necp_replay.errors import NecpReplayError
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.explain.explanation import RecordExplanation
from necp_replay.explain.record import explain_record
from necp_replay.files.atomic import write_bytes
from necp_replay.importers.log_facts import FactKind
from necp_replay.releases.names import find_release
from necp_replay.scenario.run_all import ToRun, record_all
from necp_replay.trace.reader import TraceReader
from necp_replay.why.causes import causes_of, is_published
from necp_replay.why.findings import LogFinding, gather_findings
from necp_replay.why.policies import GivenPolicies, read_policies
from necp_replay.why.reproduce import Variant, find_variants
from necp_replay.why.write_scenarios import ScenarioSkeleton, file_of, scenario_of


@dataclass(slots=True)
class LogAnswer:
    """The answer to one finding. ``explanation`` is there where policies were given."""

    finding: LogFinding
    causes: tuple[str, ...]
    scenario: ScenarioSkeleton | None = None
    explanation: RecordExplanation | None = None


@dataclass(slots=True)
class LogAnswers:
    """The answers to all findings, and the file of scenarios that reproduces them."""

    release: str
    answers: list[LogAnswer]
    scenarios: str
    entries: int
    dropped: int
    policies: GivenPolicies | None = None
    errors: list[NecpReplayError] = field(default_factory=list)


def answer_logs(logs: Sequence[Path], release: str, *, policies: Path | None = None) -> LogAnswers:
    """Answer what logs say about drops and failures, on a release, which may be under way.

    ``policies`` is a file with the policies that were in force: a dump, a trace, or a scenario.
    With it each drop is evaluated and explained. ``errors`` of the answer are what went wrong with
    scenarios. Raises an error if there is nothing to answer, or the policies cannot be read.
    """
    profile = find_release(release, under_way=True)
    given = None if policies is None else read_policies(policies, profile.release)
    gathered = gather_findings(logs)
    answers = []
    for number, finding in enumerate(gathered.findings, 1):
        fact = finding.fact
        variants: tuple[Variant, ...] = ()
        if fact.kind is FactKind.CALL_FAILED and is_published(fact, profile):
            variants = find_variants(fact, profile)
        scenario = scenario_of(fact, number, variants, given, profile)
        answers.append(LogAnswer(finding, causes_of(fact, profile), scenario))
    skeletons = [each.scenario for each in answers if each.scenario is not None]
    text = file_of(skeletons, given) if skeletons else ""
    found = LogAnswers(profile.release, answers, text, gathered.entries, gathered.dropped, given)
    if given is not None and skeletons:
        _explain(found)
    return found


def _explain(found: LogAnswers) -> None:
    """Run the scenarios, and explain the clients that are evaluated in them."""
    by_name = {each.scenario.name: each for each in found.answers if each.scenario is not None}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "skeleton.py"
        write_bytes(source, found.scenarios.encode())
        to_run = ToRun(source, folder / "traces", None, found.release)
        for each in record_all(to_run, found.errors.append):
            answer = by_name.get(each.trace.stem)
            if answer is None or answer.scenario is None or not answer.scenario.is_evaluated:
                continue
            trace = folder / each.trace.name
            write_bytes(trace, each.recorded.content)
            record = _last_addition(trace)
            if record is not None:
                answer.explanation = explain_record(trace, record)


def _last_addition(trace: Path) -> int | None:
    """The number of the last record that adds a client."""
    found = None
    with TraceReader(trace) as reader:
        for number, step, _ in reader:
            event = step.input
            if isinstance(event, NecpClientAction) and event.action == ClientAction.ADD:
                found = number
    return found
