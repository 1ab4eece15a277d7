"""Colours: where there are none, and the two sides of a difference."""

from __future__ import annotations

import io

import pytest

from necp_replay.report.style import Style, style_for


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "painted"),
    [
        ({"TERM": "xterm"}, "\x1b[33ma\x1b[0m"),
        ({"TERM": "xterm-256color"}, "\x1b[38;5;172ma\x1b[0m"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "a"),
        ({"TERM": "xterm", "NO_COLOR": ""}, "\x1b[33ma\x1b[0m"),
        ({"TERM": "dumb"}, "a"),
    ],
    ids=["few colours", "256 colours", "NO_COLOR", "empty NO_COLOR", "dumb"],
)
def test_the_environment_says_which_colours_there_are(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], painted: str
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert style_for(Terminal()).paint("a", "expected") == painted
    assert style_for(io.StringIO()).paint("a", "expected") == "a"


def test_the_sides_of_a_difference_have_colours_of_their_own() -> None:
    style = Style(coloured=True)
    sides = {style.paint("a", side) for side in ("expected", "actual")}
    assert len(sides) == 2
    assert sides.isdisjoint(style.paint("a", verdict) for verdict in ("red", "green"))
