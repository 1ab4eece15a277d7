"""Trees of outcomes and their text."""

from hypothesis import given
from hypothesis import strategies as st

from necp_replay.outcomes.node import Node, lines_of, parse_lines, text_of_bytes
from necp_replay.outcomes.safe_text import escape, first_unsafe

words = st.from_regex(r"[A-Za-z0-9_#][A-Za-z0-9_ #.-]{0,10}[A-Za-z0-9]", fullmatch=True)
values = st.one_of(st.just(""), st.text(max_size=20).map(escape).map(str.strip))
trees = st.recursive(
    st.builds(Node, words, values),
    lambda children: st.builds(Node, words, values, st.lists(children, max_size=3)),
    max_leaves=12,
)


@given(st.lists(trees, max_size=5))
def test_text_parses_back_into_the_same_tree(nodes: list[Node]) -> None:
    text = list(lines_of(nodes, 1))
    assert parse_lines(enumerate(text, 1), base_depth=1) == nodes


@given(st.lists(trees, max_size=5))
def test_the_tree_of_a_text_has_that_text(nodes: list[Node]) -> None:
    text = list(lines_of(nodes, 1))
    assert list(lines_of(parse_lines(enumerate(text, 1), base_depth=1), 1)) == text


@given(st.text())
def test_escaped_text_is_printable_and_on_one_line(text: str) -> None:
    escaped = escape(text)
    assert escaped.isprintable() and first_unsafe(escaped) is None
    assert len(escaped.splitlines()) <= 1


@given(st.text(), st.text())
def test_different_texts_escape_differently(one: str, other: str) -> None:
    assert (escape(one) == escape(other)) == (one == other)


@given(st.binary(max_size=12), st.binary(max_size=12))
def test_different_bytes_show_differently(one: bytes, other: bytes) -> None:
    assert (text_of_bytes(one) == text_of_bytes(other)) == (one == other)


def test_a_terminal_sequence_does_not_pass() -> None:
    assert "\x1b" not in escape("\x1b[31mred\x1b[0m")
    assert text_of_bytes(b"\x1b]0;title\x07") == "0x1b5d303b7469746c6507"


def test_a_name_with_its_nul_reads_as_text() -> None:
    assert text_of_bytes(b"en0\0") == '"en0\\0"'
