"""Annotations and summary for GitHub Actions, which no text from a trace can break."""

import html
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.replay.facts.likely_fact import LikelyFact
from necp_replay.report.github import ANNOTATIONS, annotation_lines, shielded, summary
from necp_replay.report.html.page import page_of
from necp_replay.report.junit import junit_xml
from necp_replay.report.markdown import markdown_code
from necp_replay.rules.status import RuleStatus
from tests.report.runs import (
    absent,
    differing,
    erring,
    identical,
    removal,
    rule_outcome,
    run,
    trace,
)


def test_a_failing_trace_is_an_error_with_difference_and_command() -> None:
    assert list(annotation_lines(run(removal(), identical()))) == [
        "::error file=traces/client/remove.necptrace,title=remove different on r1::"
        "record 5 REMOVE: status recorded ENOENT,"
        " replayed ok retval=0%0Anecp-replay replay traces/client/remove.necptrace --release r1"
    ]


def test_traces_not_modelled_and_unused_goldens_are_warnings() -> None:
    report = run(absent())
    report.unused_goldens = [Path("golden/left.golden")]
    kinds = [line.split(" ")[0] for line in annotation_lines(report)]
    assert kinds == ["::warning", "::warning"]


def test_a_rule_that_fails_the_run_is_an_error_at_its_line() -> None:
    report = run(identical())
    report.rules = [rule_outcome(RuleStatus.VANISHED), rule_outcome(RuleStatus.APPLIED)]
    assert list(annotation_lines(report)) == [
        "::error file=necp-replay.toml,line=17,title=rule 3 vanished::remove the rule"
    ]


def test_the_first_annotations_are_printed_and_the_rest_counted() -> None:
    traces = [removal(f"traces/{number}.necptrace") for number in range(ANNOTATIONS + 3)]
    lines = list(annotation_lines(run(*traces)))
    assert len(lines) == ANNOTATIONS + 1
    assert lines[-1] == "::notice title=necp-replay::3 more errors and 0 more warnings"


def test_line_ends_percent_signs_colons_and_commas_are_escaped() -> None:
    (line,) = annotation_lines(run(erring("a%0A\r\n::error::b", "x,title=y::z%.necptrace")))
    assert line.startswith("::error file=x%2Ctitle=y%3A%3Az%25.necptrace,title=")
    assert "::a%250A" in line


@given(st.lists(st.text(st.characters()), min_size=1, max_size=4))
def test_no_text_from_a_trace_begins_a_command(texts: list[str]) -> None:
    traces = [erring(text, text) for text in texts]
    report = run(*traces, removal("::add-mask::x"))
    for line in "\n".join(annotation_lines(report)).split("\n"):
        if line.startswith("::"):
            assert re.match(r"::(error|warning|notice) [^:]*::", line)
    lines = list(annotation_lines(report))
    assert all("\n" not in line and "\r" not in line for line in lines)


def test_a_report_is_printed_with_commands_switched_off() -> None:
    lines = shielded("::error::from a trace\nrest").splitlines()
    assert lines[1:3] == ["::error::from a trace", "rest"]
    token = lines[0].removeprefix("::stop-commands::")
    assert lines[3] == f"::{token}::"
    assert re.fullmatch(r"[0-9a-f]{64}", token)
    assert shielded("another").splitlines()[0] != lines[0]


def test_the_summary_counts_groups_and_names_the_command() -> None:
    other = trace("traces/b.necptrace", differing(2, "necp_client_action REMOVE x", "EPERM", None))
    text = unpadded(summary(run(removal(), other, absent(), erring(), identical())))
    assert text.startswith(
        "## necp-replay replay: 1 could not run, 2 different, 1 not modelled, 1 identical\n"
    )
    assert "5 traces, 32 records: 29 identical, 2 different, 1 not modelled" in text
    assert "| finding | first example | chains | follow | traces |" in text
    assert text.count("| 1 | 0 | 1 |") == 2
    assert "necp-replay replay traces/client/remove&#46;" not in text
    assert "necp-replay replay traces/client/remove.necptrace --release r1</code>" in text


def test_the_summary_says_what_to_do_about_failing_rules() -> None:
    report = run(identical())
    report.rules = [rule_outcome(RuleStatus.EXPIRED, "look again")]
    assert "| 3 | expired | <code>look again</code> | <code>a reason</code> |" in unpadded(
        summary(report)
    )


def unpadded(text: str) -> str:
    """The text without the spaces that align columns."""
    return re.sub(" +", " ", text)


def test_no_text_breaks_the_row_of_a_table() -> None:
    wild = "a|b\n| c `d` <img src=x onerror=y> [l](javascript:z) @team #1 https://x.y"
    text = summary(run(erring(wild, wild), removal(wild)))
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in tables} <= {6, 7}
    assert "<img" not in text and "`" not in text and "@" not in text and "](" not in text


@pytest.mark.parametrize(
    "text", ["plain-1, a/b.c =", "<b>&amp;", "`|`", "\u202e", "\x1b[31m", "~_*"]
)
def test_markdown_code_shows_the_text(text: str) -> None:
    visible = text if text.isprintable() else text.encode("unicode_escape").decode()
    code = markdown_code(text)
    assert html.unescape(code.removeprefix("<code>").removesuffix("</code>")) == visible


@given(st.text(st.characters()))
def test_text_in_markdown_code_is_never_markup(text: str) -> None:
    inside = markdown_code(text).removeprefix("<code>").removesuffix("</code>")
    assert re.fullmatch(r"(&#\d+;|[A-Za-z0-9 \-/,.=])*", inside)


def test_the_likely_fact_is_shown_with_the_difference() -> None:
    report = run(removal())
    key = report.groups[0].key
    report.facts = {key: LikelyFact("remove_unknown_client_is_error", "True", "False", ("r0",))}
    said = "the replay behaves as if remove_unknown_client_is_error were False, as in r0"
    (line,) = annotation_lines(report)
    assert said in line
    assert said.replace("_", "&#95;") in summary(report)
    assert said in junit_xml(report)
    assert said in "".join(page_of(report))
