"""The HTML page: one deterministic file in which text from traces occurs only as JSON."""

import base64
import hashlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.events.inputs import Step
from necp_replay.events.json_form import outcome_to_json, step_to_json
from necp_replay.events.outcome import Outcome
from necp_replay.events.syscalls import NecpOpen
from necp_replay.outcomes.safe_text import escape, safe_lines
from necp_replay.outcomes.sides import Sides
from necp_replay.outcomes.timeline import Lane, LaneKind, MarkKind, Timeline, TimelineMark
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.html import contents, timelines
from necp_replay.report.html.contents import PageLimits
from necp_replay.report.html.embedded import json_in_html
from necp_replay.report.html.page import SCRIPTS, STYLES, page_of
from tests.report.html.page_contents import contents_of, document_of
from tests.report.runs import absent, differing, erring, identical, removal, run, trace


def text_of(report: RunReport) -> str:
    """The whole page of a run."""
    return "".join(page_of(report))


def test_the_page_loads_nothing_else() -> None:
    page = text_of(run(removal(), erring()))
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)
    assert not re.search(r"<link|@import|url\(|<img|<iframe", page)


def test_the_policy_allows_only_the_script_and_the_style() -> None:
    page = text_of(run(removal()))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    rules = dict(part.split(" ", 1) for part in policy[1].split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for directive, element in (("script-src", "<script>"), ("style-src", "<style>")):
        source = page.split(element)[1].split(element.replace("<", "</"))[0]
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert rules[directive] == f"'sha256-{digest}'"


def test_the_same_run_gives_the_same_bytes() -> None:
    pages = []
    for seconds in (0.1, 7.0):
        traces = removal(), erring(), absent()
        for each in traces:
            each.seconds = seconds
        pages.append(text_of(run(*traces)))
    assert pages[0] == pages[1]


@given(st.text(st.characters()))
def test_any_text_can_be_read_back_from_the_page_as_it_is_shown(text: str) -> None:
    page = text_of(run(erring(text, text)))
    assert page.count("<script") == page.count("</script") == 2
    assert contents_of(page)["traces"][0]["error"] == safe_lines(text)


@given(st.recursive(st.text() | st.none() | st.integers(), st.lists, max_leaves=5))
def test_json_in_the_page_is_ascii_without_markup(document: object) -> None:
    text = json_in_html(document)
    assert json.loads(text) == document
    assert text.isascii() and not set(text) & set("<>&")


def test_the_scripts_never_parse_markup() -> None:
    sources = [contents.__file__.replace("contents.py", name) for name in (*SCRIPTS, *STYLES)]
    for source in sources:
        with open(source, encoding="utf-8") as stream:
            text = stream.read()
        assert len(text.splitlines()) <= 500, source
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|DOMParser"
            r"|createContextualFragment|</script|<!--",
            text,
        ), source


def test_every_text_is_stored_once() -> None:
    same = [trace(f"traces/{n}.necptrace", differing(1, "close pid=1", "a", "b")) for n in range(9)]
    strings = document_of(run(*same))["strings"]
    assert len(strings) == len(set(strings)) < 16


def test_groups_refer_to_their_examples() -> None:
    document = document_of(run(identical(), removal(), removal("traces/b.necptrace")))
    (group,) = document["groups"]
    assert (group["begun"], group["traces"], group["examples"]) == (2, 2, [0, 1])
    assert [document["differences"][n]["trace"] for n in group["examples"]] == [1, 2]


def test_if_there_are_too_many_differences_small_traces_keep_all() -> None:
    large = trace("traces/large.necptrace")
    large.examples = [differing(n, f"close pid={n}", "a", "b") for n in range(1, 9)]
    document = document_of(run(large, removal()), PageLimits(differences=5))
    assert [each["trace"] for each in document["differences"]] == [0, 0, 0, 0, 1]
    assert "different" not in document["traces"][0]


def test_a_full_page_has_sides_of_the_examples_of_findings_first() -> None:
    many = [differing(n, f"close pid={n}", "a", "b") for n in range(1, 9)]
    other = differing(9, "fd_poll pid=9", "a", None)
    reports = trace("traces/a.necptrace"), trace("traces/b.necptrace", other)
    reports[0].examples = many
    for each in [*many, other]:
        each.shown.sides = Sides((f"{each.record}" * 100,), ())

    def with_sides(characters: int | None) -> list[int]:
        document = document_of(run(*reports), PageLimits(characters=characters))
        return [each["record"] for each in document["differences"] if each["sides"]]

    assert with_sides(None) == list(range(1, 10))
    assert with_sides(0) == []
    sizes = (with_sides(most) for most in range(1_000, 9_000, 100))
    assert next(found for found in sizes if len(found) == 1) == [9]


def timeline(lanes: int, differing_lane: int) -> Timeline:
    """Lanes with one mark each, one of which differs."""
    made = Timeline(lanes)
    for lane in range(lanes):
        made.add(Lane(LaneKind.CLIENT, f"client {lane}", None, lane + 1))
        made.marks.append(TimelineMark(lane + 1, lane, MarkKind.CALL))
        made.titles[lane + 1] = "call"
    assert differing_lane < lanes
    return made


def test_if_there_are_too_many_lanes_those_with_differences_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timelines, "LANES", 3)
    report = trace("traces/a.necptrace", differing(9, "close pid=1", "a", "b"))
    report.timeline = timeline(20, 8)
    document = document_of(run(report))
    drawn = document["traces"][0]["timeline"]
    labels = [document["strings"][lane["label"]] for lane in drawn["lanes"]]
    assert labels == ["client 0", "client 1", "client 8"]
    assert drawn["left_out_lanes"] == 17


def test_if_there_are_too_many_marks_later_traces_have_no_timeline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contents, "MARKS", 30)
    reports = [trace(f"traces/{n}.necptrace") for n in range(3)]
    for report in reports:
        report.timeline = timeline(12, 0)
    drawn = [each["timeline"] is not None for each in document_of(run(*reports))["traces"]]
    assert drawn == [True, True, False]


def test_a_record_and_both_outcomes_are_stored_as_json_lines() -> None:
    shown = removal()
    event = NecpOpen(100, 0, 3)
    outcomes = (Outcome(0, 3), Outcome(24, -1))
    shown.examples[0].shown.sides = Sides((), (), (), Step(event), *outcomes)
    document = document_of(run(shown))
    texts = [document["strings"][at] for at in document["differences"][0]["sides"]["raw"]]
    assert [json.loads(text) for text in texts] == [
        step_to_json(Step(event)),
        *(outcome_to_json(outcome, event) for outcome in outcomes),
    ]


def test_a_difference_has_the_text_about_its_golden() -> None:
    told = removal()
    told.examples[0].shown.from_golden = []
    document = document_of(run(removal("traces/b.necptrace"), told))
    said = [each["golden"] for each in document["differences"]]
    assert [at and document["strings"][at] for at in said] == [
        None,
        "its golden has the replayed outcome",
    ]


def test_characters_that_turn_text_around_are_escaped() -> None:
    shown = json.dumps(contents_of(text_of(run(erring("name\u202eecart\u200b")))))
    assert "\\\\u202eecart\\\\u200b" in shown
    assert not re.search(r"(?<!\\)\\u20", shown)


def test_commands_name_the_file_whatever_it_is_called() -> None:
    page = contents_of(text_of(run(erring(path=escape("-a \x1b\\.necptrace")))))
    assert page["traces"][0]["word"] == r"$'./-a \x1b\\.necptrace'"
