"""Prose that is broken where the terminal ends."""

from __future__ import annotations

from necp_replay.report.style import Style
from necp_replay.report.terminal import fitted


def test_long_lines_are_broken_between_words_and_indented() -> None:
    text = "short\n  the replay behaves as if a fact were False\n  other"
    assert fitted(text, 30).splitlines() == [
        "short",
        "  the replay behaves as if a",
        "    fact were False",
        "  other",
    ]


def test_a_command_and_a_word_stay_whole() -> None:
    command = "  See it:     necp-replay show traces/client/add.necptrace --select 5"
    assert fitted(command, 30) == command
    assert fitted("a " + "b" * 40, 30).splitlines() == ["a", "  " + "b" * 40]


def test_colours_continue_after_a_line_break_and_have_no_width() -> None:
    painted = Style(coloured=True).paint("one two three", "red")
    assert fitted(painted, 13) == painted
    assert fitted(painted, 8) == "\x1b[31mone two\n  three\x1b[0m"
    indented = Style(coloured=True).paint("  one two", "red")
    assert fitted(indented, 8) == "\x1b[31m  one\n    two\x1b[0m"


def test_a_file_gets_the_text_as_it_is() -> None:
    assert fitted("word " * 100) == "word " * 100
