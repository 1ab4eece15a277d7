"""Fields that differ, in lines for people."""

from __future__ import annotations

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.report.fields_text import field_line, field_lines
from necp_replay.report.style import Style

PANIC = FieldDifference(
    Layer.EFFECTS, "effects > panic", r"function=copyio reason=no\x20memory", None
)
PLAIN = Style(coloured=False)


def test_a_text_with_escaped_spaces_stands_in_quotes() -> None:
    shown = 'function=copyio reason="no memory"'
    assert field_line([PANIC], PLAIN) == f"effects > panic {shown} -> -"
    assert f"        golden   {shown}" in list(field_lines([PANIC], ("golden", "replayed"), PLAIN))
