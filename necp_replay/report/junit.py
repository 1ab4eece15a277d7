"""A run as a JUnit file, which Jenkins, GitLab and other CI systems read.

XML 1.0 does not allow every character, not even as a character reference. Such characters, and
invisible ones, are written as escapes like ``\\x1b``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.safe_text import escape, visible
from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.failure_text import failure_lines
from necp_replay.report.headline import headline
from necp_replay.report.known_text import known_parts
from necp_replay.report.style import Style
from necp_replay.report.totals import totals_of
from necp_replay.report.words import counted
from necp_replay.rules.status import RuleResult, RuleStatus
from necp_replay.trace.find import TRACE_SUFFIX

_KEPT: Final = ("\t", "\n")
_SPLIT: Final = re.compile("([\t\n])")


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The element inside a test case that did not simply pass: its name, type, message and text."""

    element: str
    kind: str
    message: str
    body: str


def junit_xml(run: RunReport) -> str:
    """The whole file. Everything but ``time``, the seconds of each trace, is deterministic."""
    return "".join(junit_pieces(run))


def junit_pieces(run: RunReport) -> Iterator[str]:
    """The file in pieces, one for each test case: a run can have more traces than memory holds."""
    elements: Counter[str] = Counter()
    seconds = 0.0
    for trace in run.traces:
        elements[_element_of(trace)] += 1
        seconds += trace.seconds
    others = [_rule_case(outcome) for outcome in run.rules if _is_shown(outcome)]
    others += [_golden_case(escape(str(path))) for path in run.unused_goldens]
    others += [_case_not_run(path) for path in run.not_run]
    for case in others:
        elements.update(child.tag for child in case)
    counts = {
        "tests": len(run.traces) + len(others),
        "failures": elements["failure"],
        "errors": elements["error"],
        "skipped": elements["skipped"],
    }
    attributes = {key: str(count) for key, count in counts.items()}
    attributes["time"] = _seconds(seconds)
    name = f"necp-replay {run.command}"
    suites = ElementTree.Element("testsuites", {"name": name, **attributes})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": name, **attributes})
    properties = ElementTree.SubElement(suite, "properties")
    compared = {"expected": run.expected_label, "actual": run.actual_label}
    if known := ", ".join(known_parts(totals_of(run.traces))):
        compared["not all was compared"] = known
    for key, value in compared.items():
        ElementTree.SubElement(properties, "property", {"name": key, "value": xml_text(value)})
    ElementTree.SubElement(suite, _CASES)
    ElementTree.indent(suites)
    text = ElementTree.tostring(suites, encoding="unicode")
    before, after = text.split(f"{_INDENT}<{_CASES} />\n")
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n{before}'
    for trace in run.traces:
        yield _written(_case(trace, _result(run, trace)))
    yield from map(_written, others)
    yield f"{after}\n"


_CASES: Final = "cases"
"""Stands for the test cases while the rest of the file is made."""
_INDENT: Final = "    "
"""What stands before a test case."""


def _written(case: ElementTree.Element) -> str:
    """A test case as lines of the file."""
    ElementTree.indent(case, level=len(_INDENT) // 2)
    return f"{_INDENT}{ElementTree.tostring(case, encoding='unicode')}\n"


def xml_text(text: str) -> str:
    """Text with unsafe characters, and so all that XML 1.0 does not allow, as escapes."""
    return "".join(part if part in _KEPT else visible(part) for part in _SPLIT.split(text))


def _case(trace: TraceReport, result: CaseResult | None) -> ElementTree.Element:
    folder, _, name = trace.path.rpartition("/")
    name = name.removesuffix(TRACE_SUFFIX)
    case = _test_case(
        ".".join(_folders(folder)) or "traces",
        f"{name}@{trace.release}" if trace.release else name,
        trace.path,
        trace.seconds,
        result,
    )
    if known := ", ".join(known_parts(trace)):
        output = ElementTree.SubElement(case, "system-out")
        output.text = f"{counted(trace.records, 'record')}: {known}"
    return case


def _is_shown(outcome: RuleResult) -> bool:
    """Whether the rule has a test case. Rules that were not judged have none."""
    return outcome.status not in (RuleStatus.OTHER_RUN, RuleStatus.NOT_JUDGED)


def _rule_case(outcome: RuleResult) -> ElementTree.Element:
    result = None
    if outcome.status.fails:
        body = f"{outcome.why}\nReason of the rule: {outcome.rule.reason}"
        result = CaseResult("failure", outcome.status.value, outcome.why, body)
    return _test_case("necp-replay.rules", f"rule {outcome.rule.number}", None, 0.0, result)


def _golden_case(path: str) -> ElementTree.Element:
    message = "this golden belongs to no trace"
    result = CaseResult("failure", "unused golden", message, message)
    return _test_case("necp-replay.goldens", path, path, 0.0, result)


def _case_not_run(path: str) -> ElementTree.Element:
    message = "the run stopped before this trace"
    result = CaseResult("skipped", "not run", message, message)
    return _test_case("necp-replay.not-run", path, path, 0.0, result)


def _test_case(
    classname: str, name: str, file: str | None, seconds: float, result: CaseResult | None
) -> ElementTree.Element:
    attributes = {"classname": xml_text(classname), "name": xml_text(name)}
    if file is not None:
        attributes["file"] = xml_text(file)
    case = ElementTree.Element("testcase", {**attributes, "time": _seconds(seconds)})
    if result is not None:
        said = {"message": xml_text(result.message), "type": result.kind}
        inside = ElementTree.SubElement(case, result.element, said)
        inside.text = xml_text(result.body)
    return case


def _folders(folder: str) -> Iterator[str]:
    """The folders of a path as parts of a class name, which are separated by dots."""
    return (part.replace(".", "_") for part in folder.split("/") if part not in ("", "."))


def _element_of(trace: TraceReport) -> str:
    """The element inside the test case of a trace; empty for one that simply passed."""
    if trace.verdict is Verdict.IDENTICAL:
        return "skipped" if trace.expected or trace.expected_apart else ""
    return _ELEMENTS[trace.verdict]


_ELEMENTS: Final = {
    Verdict.ERROR: "error",
    Verdict.DIFFERENT: "failure",
    Verdict.NOT_MODELLED: "skipped",
}
_KINDS: Final = {
    Verdict.ERROR: "could not run",
    Verdict.DIFFERENT: "different",
    Verdict.NOT_MODELLED: "not modelled",
}


def _result(run: RunReport, trace: TraceReport) -> CaseResult | None:
    element = _element_of(trace)
    if not element:
        return None
    if trace.verdict is Verdict.IDENTICAL:
        expected = trace.expected + trace.expected_apart
        message = f"{counted(expected, 'difference')} expected by rules"
        return CaseResult(element, "expected", message, message)
    body = "\n".join(failure_lines(run, trace, Style(coloured=False)))
    return CaseResult(element, _KINDS[trace.verdict], headline(run, trace), body)


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
