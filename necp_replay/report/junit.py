"""A run as a JUnit file: the form that Jenkins, GitHub, GitLab and others read.

XML 1.0 cannot say every character, not even escaped: control characters of a trace's names become
their escapes before they come here, and whatever else XML cannot say does so here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from necp_replay.outcomes.node import escape
from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.trace_lines import first_line, trace_lines
from necp_replay.report.words import counted
from necp_replay.rules.status import RuleOutcome, RuleStatus

_UNSAYABLE: Final = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a test case has inside, where it did not simply pass: the element's name and text."""

    element: str
    kind: str
    message: str
    body: str


def junit_xml(run: RunReport) -> str:
    """The whole file; deterministic but for ``time``, the seconds that each trace took."""
    cases = [_case(trace, _finding(run, trace)) for trace in run.traces]
    cases += [_rule_case(outcome) for outcome in run.rules if _is_shown(outcome)]
    cases += [_golden_case(escape(str(path))) for path in run.unused_goldens]
    counts = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    attributes = {key: str(count) for key, count in counts.items()}
    attributes["time"] = _seconds(sum(trace.seconds for trace in run.traces))
    name = f"necp-replay {run.command}"
    suites = ElementTree.Element("testsuites", {"name": name, **attributes})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": name, **attributes})
    properties = ElementTree.SubElement(suite, "properties")
    for key, value in (("expected", run.expected_label), ("actual", run.actual_label)):
        ElementTree.SubElement(properties, "property", {"name": key, "value": xml_text(value)})
    suite.extend(cases)
    ElementTree.indent(suites)
    text = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def xml_text(text: str) -> str:
    """Text as XML 1.0 can say it, with everything else, and what nobody sees, as an escape."""
    return _INVISIBLE.sub(_escape, _UNSAYABLE.sub(_escape, text))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _case(trace: TraceReport, finding: Finding | None) -> ElementTree.Element:
    folder, _, name = trace.path.rpartition("/")
    name = name.removesuffix(".necptrace")
    return _test_case(
        ".".join(_folders(folder)) or "traces",
        f"{name}@{trace.release}" if trace.release else name,
        trace.path,
        trace.seconds,
        finding,
    )


def _is_shown(outcome: RuleOutcome) -> bool:
    """Rules for other runs, and those nothing can be said about, are no tests of this run."""
    return outcome.status not in (RuleStatus.OTHER_RUN, RuleStatus.NOT_JUDGED)


def _rule_case(outcome: RuleOutcome) -> ElementTree.Element:
    finding = None
    if outcome.status.fails:
        body = f"{outcome.why}\nReason of the rule: {outcome.rule.reason}"
        finding = Finding("failure", outcome.status.value, outcome.why, body)
    return _test_case("necp-replay.rules", f"rule {outcome.rule.number}", None, 0.0, finding)


def _golden_case(path: str) -> ElementTree.Element:
    message = "no trace uses this golden"
    finding = Finding("failure", "unused golden", message, message)
    return _test_case("necp-replay.goldens", path, path, 0.0, finding)


def _test_case(
    classname: str, name: str, file: str | None, seconds: float, finding: Finding | None
) -> ElementTree.Element:
    attributes = {"classname": xml_text(classname), "name": xml_text(name)}
    if file is not None:
        attributes["file"] = xml_text(file)
    case = ElementTree.Element("testcase", {**attributes, "time": _seconds(seconds)})
    if finding is not None:
        said = {"message": xml_text(finding.message), "type": finding.kind}
        inside = ElementTree.SubElement(case, finding.element, said)
        inside.text = xml_text(finding.body)
    return case


def _folders(folder: str) -> Iterator[str]:
    """Parts of a folder's path; a dot inside one would read as two."""
    return (part.replace(".", "_") for part in folder.split("/") if part not in ("", "."))


def _finding(run: RunReport, trace: TraceReport) -> Finding | None:
    body = "\n".join(trace_lines(run, trace))
    match trace.verdict:
        case Verdict.ERROR:
            return Finding("error", "could not run", first_line(run, trace), body)
        case Verdict.DIFFERENT:
            return Finding("failure", "different", first_line(run, trace), body)
        case Verdict.NOT_MODELLED:
            return Finding("skipped", "not modelled", first_line(run, trace), body)
        case _ if trace.expected:
            message = f"{counted(trace.expected, 'difference')} expected by rules"
            return Finding("skipped", "expected", message, message)
        case _:
            return None


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
