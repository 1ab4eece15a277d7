"""Text is safe to print: nothing acts on a terminal, turns text around or is invisible."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.outcomes.safe_text import escape, first_unsafe, safe_lines, visible
from necp_replay.report.style import COLOURS, Style

UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
INVISIBLE = "\u034f\u115f\u1160\u17b4\u180b\u2800\u3164\ufe0f\uffa0\U000e0100"
NAMED_IN_REPORTS = "\u200b\u200e\u200f\u061c\u2028\u2029\u202e\u2066\ufeff\xad\x1b\x9b"


def test_no_character_that_acts_or_is_invisible_passes() -> None:
    every = map(chr, range(sys.maxunicode + 1))
    unsafe = [each for each in every if unicodedata.category(each) in UNSAFE]
    passed = [f"U+{ord(each):04X}" for each in unsafe if each in visible(f"a{each}b")]
    assert passed == []


@pytest.mark.parametrize("character", [*INVISIBLE, *NAMED_IN_REPORTS], ids=ascii)
def test_a_character_is_escaped_by_every_function(character: str) -> None:
    text = f"name{character}name"
    for function in (escape, visible, safe_lines):
        assert function(text).isascii()
        assert "name\\" in function(text)
    found = first_unsafe(text)
    assert found is not None and found[0] == character


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == safe_lines(text) == text


def test_names_of_people_and_places_stay_readable() -> None:
    for name in ("Zürich", "東京", "Ελλάδα", "\u2318", "\U0001f310", "naïve"):
        assert escape(name) == name


def test_of_escape_sequences_only_our_own_colours_pass() -> None:
    for style in (Style(True), Style(True, has_256=True)):
        for colour in COLOURS:
            painted = style.paint(colour, colour)
            assert painted != colour
            assert safe_lines(f"{painted}\nnext") == f"{painted}\nnext"
    assert "\x1b" not in safe_lines("\x1b]0;title\x07 \x1b[2J \x1b[8m \x1b[31;5m")


@given(st.text())
def test_what_is_safe_is_not_escaped_again(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert first_unsafe(visible(text)) is None
