"""The JUnit file: counts, test cases, and escaped names."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.junit import junit_xml, xml_text
from necp_replay.rules.status import RuleStatus
from tests.report.runs import (
    absent,
    erring,
    expected_differences,
    identical,
    removal,
    rule_outcome,
    run,
)

# The schema of JUnit files that Jenkins and others use: attributes and children of each element.
ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"classname", "name", "file", "time"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message", "type"},
}
INSIDE = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"failure", "error", "skipped"},
}


def parsed(report: RunReport) -> ElementTree.Element:
    """The parsed file, after it was checked against the schema."""
    root = ElementTree.fromstring(junit_xml(report))
    check(root)
    return root


def check(element: ElementTree.Element) -> None:
    assert set(element.attrib) <= ATTRIBUTES[element.tag]
    for inside in element:
        assert inside.tag in INSIDE.get(element.tag, set())
        check(inside)
    if "time" in element.attrib:
        assert re.fullmatch(r"\d+\.\d{3}", element.attrib["time"])
    if element.tag in ("testsuites", "testsuite"):
        cases = element.findall(".//testcase")
        counts = {
            "tests": len(cases),
            "failures": len(element.findall(".//failure")),
            "errors": len(element.findall(".//error")),
            "skipped": len(element.findall(".//skipped")),
        }
        assert {key: int(element.attrib[key]) for key in counts} == counts


EVERY = (removal(), erring(), absent(), expected_differences(), identical())


def test_each_trace_is_a_test_case_with_its_verdict() -> None:
    cases = parsed(run(*EVERY)).findall(".//testcase")
    assert [(case.get("classname"), case.get("name"), [i.tag for i in case]) for case in cases] == [
        ("traces.client", "remove@r1", ["failure"]),
        ("traces", "bad@r1", ["error"]),
        ("traces", "new@r1", ["skipped"]),
        ("traces", "known@r1", ["skipped"]),
        ("traces", "fine@r1", []),
    ]


def test_a_failure_has_the_difference_and_the_command() -> None:
    failure = parsed(run(removal())).find(".//failure")
    assert failure is not None and failure.text is not None
    message = "record 5 REMOVE: status recorded ENOENT, replayed ok retval=0"
    assert failure.get("message") == message
    title, group, *lines = failure.text.splitlines()
    assert title == "traces/client/remove.necptrace on r1"
    assert group.startswith("1. REMOVE: 1 record of 1 trace  fingerprint ")
    assert lines == [
        "   traces/client/remove.necptrace record 5 on r1",
        "       1 before",
        "     > record 5 necp_client_action REMOVE client=#1",
        "       return values",
        "         status",
        "           recorded ENOENT",
        "           replayed ok retval=0",
        "  Run again: necp-replay replay traces/client/remove.necptrace --release r1",
    ]


def test_both_sides_are_named_after_their_releases() -> None:
    failure = parsed(run(removal(), command="diff")).find(".//failure")
    assert failure is not None and failure.text is not None
    assert "  old ENOENT\n           new ok retval=0\n" in failure.text
    assert failure.text.endswith("client/remove.necptrace --from old --to new")


def test_traces_not_modelled_and_expected_differences_are_skipped() -> None:
    skipped = parsed(run(absent(), expected_differences())).findall(".//skipped")
    assert [each.get("type") for each in skipped] == ["not modelled", "expected"]
    assert skipped[1].get("message") == "2 differences expected by rules"


def test_rules_and_goldens_that_fail_the_run_are_failures() -> None:
    report = run(identical())
    report.rules = [
        rule_outcome(RuleStatus.VANISHED),
        rule_outcome(RuleStatus.APPLIED),
        rule_outcome(RuleStatus.OTHER_RUN),
    ]
    report.unused_goldens = [Path("golden/left.golden")]
    cases = parsed(report).findall(".//testcase")[1:]
    assert [(case.get("name"), len(case)) for case in cases] == [
        ("rule 3", 1),
        ("rule 3", 0),
        ("golden/left.golden", 1),
    ]


def test_only_times_differ_between_runs() -> None:
    texts = []
    for seconds in (0.1, 2.5):
        traces = removal(), erring(), identical()
        for trace in traces:
            trace.seconds = seconds
        texts.append(re.sub(r'time="[\d.]+"', "", junit_xml(run(*traces))))
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("plain <&>\"'", "plain <&>\"'"),
        ("bell\x07 escape\x1b[31m", "bell\\x07 escape\\x1b[31m"),
        ("no character\ufffe\uffff \ud800", "no character\\ufffe\\uffff \\ud800"),
        ("turned\u202eback\u200b", "turned\\u202eback\\u200b"),
        ("next line\x85", "next line\\x85"),
    ],
)
def test_characters_that_xml_does_not_allow_are_escaped(text: str, said: str) -> None:
    assert xml_text(text) == said


@given(st.text(st.characters(), min_size=1))
def test_any_text_can_be_read_back(text: str) -> None:
    report = run(erring(text, f"traces/{text}.necptrace"), removal(f"{text}/a"))
    report.unused_goldens = [Path(text.replace("\0", ""))]
    root = parsed(report)
    error = root.find(".//error")
    assert error is not None
    assert f"\n  {xml_text(text)}\n" in (error.text or "")
    assert root.findall(".//testcase")[0].get("file") == xml_text(f"traces/{text}.necptrace")
