"""Two texts are shown with all changes marked, within the width of the terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.cli.review_columns import cells, compared_lines
from necp_replay.report.style import Style

PLAIN = Style(False)
NARROW, WIDE = 80, 120

OLD = ["REMOVE -> ok retval=0", "  buffer: 41 bytes", "    IP_PROTOCOL: 6", "  gone: 1"]
NEW = ["REMOVE -> ENOENT", "  buffer: 41 bytes", "    IP_PROTOCOL: 17", "  effects", "    wake"]

LINES = st.lists(
    st.builds(
        lambda depth, text: "  " * depth + text,
        st.integers(0, 2),
        st.text(st.sampled_from("ab: ->\u0301\u4e2d"), min_size=1, max_size=30).map(str.strip),
    ),
    max_size=8,
)


def test_a_wide_terminal_shows_both_side_by_side() -> None:
    shown = [line.split() for line in compared_lines(OLD, NEW, WIDE, PLAIN)]
    assert shown == [
        ["golden", "now"],
        ["REMOVE", "->", "ok", "retval=0", "|", "REMOVE", "->", "ENOENT"],
        ["buffer:", "41", "bytes", "buffer:", "41", "bytes"],
        ["IP_PROTOCOL:", "6", "|", "IP_PROTOCOL:", "17"],
        ["gone:", "1", "<"],
        [">", "effects"],
        [">", "wake"],
    ]


def test_a_narrow_terminal_shows_old_above_new() -> None:
    assert list(compared_lines(OLD, NEW, NARROW, PLAIN)) == [
        "- REMOVE -> ok retval=0",
        "+ REMOVE -> ENOENT",
        "    buffer: 41 bytes",
        "-     IP_PROTOCOL: 6",
        "+     IP_PROTOCOL: 17",
        "-   gone: 1",
        "+   effects",
        "+     wake",
    ]


def test_lines_far_from_a_change_are_only_counted() -> None:
    old = [f"  line: {number}" for number in range(100)]
    new = [*old[:50], "  line: new", *old[51:]]
    shown = list(compared_lines(old, new, NARROW, PLAIN))
    assert (shown[0], shown[-1]) == ("  ... 47 lines the same", "  ... 46 lines the same")
    assert len(shown) == 2 + 3 + 2 + 3


@given(LINES, LINES)
def test_both_texts_can_be_reconstructed_from_the_output(old: list[str], new: list[str]) -> None:
    shown = list(compared_lines(old, new, NARROW, PLAIN))
    if old == new:
        assert len(shown) <= 1
        return
    if any("lines the same" in line for line in shown):
        return
    assert [line[2:] for line in shown if line[0] in "- "] == old
    assert [line[2:] for line in shown if line[0] in "+ "] == new


@given(LINES, LINES, st.sampled_from([20, 30, 100, 130]))
def test_no_line_is_wider_than_the_terminal(old: list[str], new: list[str], width: int) -> None:
    long = [line * 7 for line in new]
    for line in compared_lines(old, long, width, PLAIN):
        assert cells(line) <= max(width, len("  ... 8 lines the same"))


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_changed_words_within_a_line_have_a_colour(width: int) -> None:
    shown = "\n".join(compared_lines(["  a: 12 bytes"], ["  a: 13 bytes"], width, Style(True)))
    assert "a: \x1b[33m12\x1b[0m bytes" in shown
    assert "a: \x1b[36m13\x1b[0m bytes" in shown


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_control_characters_are_escaped(width: int) -> None:
    shown = "\n".join(compared_lines(["a: \x1b[2J\r\x9b"], ["b: \u202e"], width, PLAIN))
    assert shown.replace("\n", "").isprintable()
