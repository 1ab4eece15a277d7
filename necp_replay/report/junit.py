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

from necp_replay.diff.run_report import RunReport
from necp_replay.replay.report_model import TraceReport, Verdict
from necp_replay.report.trace_lines import first_line, trace_lines
from necp_replay.report.words import counted

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
    cases = [(trace, _finding(run, trace)) for trace in run.traces]
    counts = {
        "tests": len(cases),
        "failures": sum(f is not None and f.element == "failure" for _, f in cases),
        "errors": sum(f is not None and f.element == "error" for _, f in cases),
        "skipped": sum(f is not None and f.element == "skipped" for _, f in cases),
    }
    attributes = {key: str(count) for key, count in counts.items()}
    attributes["time"] = _seconds(sum(trace.seconds for trace in run.traces))
    name = f"necp-replay {run.command}"
    suites = ElementTree.Element("testsuites", {"name": name, **attributes})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": name, **attributes})
    properties = ElementTree.SubElement(suite, "properties")
    for key, value in (("expected", run.expected_label), ("actual", run.actual_label)):
        ElementTree.SubElement(properties, "property", {"name": key, "value": xml_text(value)})
    for trace, finding in cases:
        suite.append(_case(trace, finding))
    ElementTree.indent(suites)
    text = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def xml_text(text: str) -> str:
    """Text as XML 1.0 can say it, with everything else, and what nobody sees, as an escape."""
    text = text.replace("\r\n", "\n")
    return _INVISIBLE.sub(_escape, _UNSAYABLE.sub(_escape, text))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _case(trace: TraceReport, finding: Finding | None) -> ElementTree.Element:
    folder, _, name = trace.path.rpartition("/")
    name = name.removesuffix(".necptrace")
    case = ElementTree.Element(
        "testcase",
        {
            "classname": xml_text(".".join(_folders(folder)) or "traces"),
            "name": xml_text(f"{name}@{trace.release}" if trace.release else name),
            "file": xml_text(trace.path),
            "time": _seconds(trace.seconds),
        },
    )
    if finding is not None:
        attributes = {"message": xml_text(finding.message), "type": finding.kind}
        inside = ElementTree.SubElement(case, finding.element, attributes)
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
