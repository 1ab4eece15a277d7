"""Explanations are drawn as trees."""

from __future__ import annotations

import io

from necp_replay.explain.explanation import RecordExplanation
from necp_replay.report.explain_text import ASCII, UNICODE, explanation_text, lines_for
from necp_replay.report.style import Style
from tests.explain.explained import ExplainedSystem


def explained() -> RecordExplanation:
    office = ExplainedSystem()
    wifi = office.system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    office.system.order_interfaces(wifi)
    office.system.add_process(100, "app").necp_open().add(remote="203.0.113.5:443")
    return RecordExplanation(
        "a.necptrace", "xnu-4570.51.1", 5, "ADD", 5, "ADD", None, office.explain_all()
    )


def test_the_tree_is_drawn_with_lines() -> None:
    drawn = explanation_text(explained(), Style(coloured=False), UNICODE).splitlines()
    assert drawn[0] == "record 5  ADD"
    assert drawn[3] == "client #1 of app (100): NONE, not routed, not satisfied (new)"
    assert drawn[4] == "├─ asks for"
    assert drawn[-1].startswith("   └─ POLICY_RESULT 0 NONE")
    assert any(line.startswith("│  └─ ✗ SATISFIED") for line in drawn)


def test_ascii_lines_have_the_same_content() -> None:
    drawn = explanation_text(explained(), Style(coloured=False), ASCII)
    assert drawn.isascii()
    assert "|- asks for" in drawn


def test_the_text_is_the_same_in_colour() -> None:
    plain = explanation_text(explained(), Style(coloured=False), UNICODE)
    coloured = explanation_text(explained(), Style(coloured=True), UNICODE)
    assert "\x1b[" in coloured
    for code in ("1", "2", "31", "32", "33", "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == plain


def test_a_stream_without_unicode_gets_ascii() -> None:
    assert lines_for(io.TextIOWrapper(io.BytesIO(), encoding="ascii")) is ASCII
    assert lines_for(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")) is UNICODE
