"""JSON that every parser reads."""

import json

import pytest

from necp_replay.report.json_text import json_text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        pytest.param("a\udcffb", "a\\udcffb", id="a byte that is not UTF-8"),
        pytest.param("\ud800\ud800", "\\ud800\\ud800", id="two first halves"),
        pytest.param("\udcff\U0001f600\udcfe", "\\udcff\U0001f600\\udcfe", id="around a pair"),
        pytest.param("\\udcff", "\\udcff", id="text that looks like an escape"),
        pytest.param("\\\udcff", "\\\\udcff", id="after a backslash"),
        pytest.param("\u2318 \u00e9", "\u2318 \u00e9", id="other text"),
    ],
)
def test_a_lone_surrogate_is_an_escape(text: str, read: str) -> None:
    assert json.loads(json_text({"name": text})) == {"name": read}
