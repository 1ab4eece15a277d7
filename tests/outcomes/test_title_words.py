"""The words of titles: each text is that of one value, and a title splits into its words."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.abi.address_text import sockaddr_of_text
from necp_replay.outcomes.title_words import (
    address_of_word,
    address_word,
    bytes_of_word,
    bytes_word,
    text_word,
    with_quotes,
    without_quotes,
    words_of,
)
from necp_replay.scenario.addresses import sockaddr

IPV4 = sockaddr("192.0.2.10:50000")
IPV6 = sockaddr("[fe80::1%4]:443")
TRICKY = st.text(alphabet=' "=\\#5>-x02nap:,[]{}\x00\x1b\u202e', max_size=12)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (IPV4, "192.0.2.10:50000"),
        (IPV4[:8], "192.0.2.10:50000(8bytes)"),
        (IPV4[:16], "192.0.2.10:50000(16bytes)"),
        (IPV6, "[fe80::1%4]:443"),
        (sockaddr("::ffff:127.0.0.1"), "[::ffff:7f00:1]:0"),
        (IPV6[:24], "[fe80::1]:443(24bytes)"),
    ],
)
def test_an_address_has_a_text_that_says_its_bytes(content: bytes, word: str) -> None:
    assert address_word(content) == word
    assert address_of_word(word) == content


@pytest.mark.parametrize(
    "content",
    [
        b"\x10\x63\0\1",
        bytes(28),
        b"",
        IPV4 + b"\0",
        IPV4[:27] + b"\1",
        b"\x1c" + IPV4[1:],
        IPV6[:4] + b"\1" + IPV6[5:],
    ],
    ids=["family", "zeros", "empty", "too long", "padding", "length", "flow info"],
)
def test_bytes_that_are_not_a_whole_address_have_no_such_text(content: bytes) -> None:
    assert address_word(content) is None


@pytest.mark.parametrize(
    "text", ["192.0.2.1", "192.0.2.1:70000", "192.0.2.01:1", "[::1]:01", "[::01]:1", "x:1", "[]:1"]
)
def test_a_text_that_no_address_has_is_none(text: str) -> None:
    assert sockaddr_of_text(text) is None


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"Domain", '"Domain"'),
        (b"", '""'),
        (b"a\0", r'"a\0"'),
        (b"a=b", '"a=b"'),
        (b"a -> b=1", r'"a -\x3e b\x3d1"'),
        (b'say "#1"\\', r'"say \x22\x231\x22\\"'),
        (b"x" * 70, f'"{"x" * 64}"+6'),
        (b"x" * 70 + b"\0", f'"{"x" * 64}"+7'),
        (b"a\0\0", None),
        (b"\xc3\xa4", None),
        (b"\x1b[0m", None),
    ],
)
def test_printable_bytes_are_a_text_in_quotes(content: bytes, word: str | None) -> None:
    assert bytes_word(content) == word
    if word is not None:
        shown, left_out = bytes_of_word(word) or (b"", 0)
        assert shown == content[: len(content) - left_out]


@pytest.mark.parametrize(
    ("text", "word", "inside"),
    [
        ("utun0", "utun0", "utun0"),
        ("of utun0", '"of utun0"', '"of utun0"'),
        ('a"b', r'"a\x22b"', r'"a\x22b"'),
        ("a=b", "a=b", "a=b"),
        ("a,b", "a,b", '"a,b"'),
        ("x pid=7 -> ok", r'"x pid\x3d7 -\x3e ok"', r'"x pid\x3d7 -\x3e ok"'),
    ],
)
def test_a_text_stands_in_quotes_where_it_has_to(text: str, word: str, inside: str) -> None:
    assert text_word(text) == word
    assert text_word(text, is_inside=True) == inside


@given(st.lists(TRICKY, min_size=1, max_size=3))
def test_a_title_splits_into_its_words_and_nothing_in_a_text_looks_like_another(
    texts: list[str],
) -> None:
    words = [f"name={text_word(text)}" for text in texts]
    title = " ".join(["kind", *words])
    assert words_of(title) == ["kind", *words]
    assert title.count(" name=") == len(texts)
    assert " -> " not in title and title.isprintable()
    assert "#5" not in title


@given(TRICKY, TRICKY)
def test_two_texts_have_two_words_and_two_forms_without_quotes(one: str, other: str) -> None:
    for is_inside in (False, True):
        words = [text_word(text, is_inside=is_inside) for text in (one, other)]
        assert (words[0] == words[1]) == (one == other)
        plain = [without_quotes(word) for word in words]
        assert (plain[0] == plain[1]) == (one == other)
        assert not any(" " in word for word in plain)


@given(st.binary(max_size=6), st.binary(max_size=6))
def test_two_byte_strings_have_two_words(one: bytes, other: bytes) -> None:
    words = [bytes_word(content) for content in (one, other)]
    assert one == other or None in words or words[0] != words[1]


def test_addresses_of_different_lengths_have_different_words() -> None:
    contents = [IPV4[:size] for size in range(1, 29)] + [IPV6[:size] for size in range(1, 29)]
    words = [address_word(content) for content in contents]
    shown = [word for word in words if word is not None]
    assert len(set(shown)) == len(shown) > 40
    for content, word in zip(contents, words, strict=True):
        assert word is None or address_of_word(word) == content
    assert all(one != other for one, other in itertools.pairwise(shown))


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            r"panic: function=copyio reason=no\x20memory",
            'panic: function=copyio reason="no memory"',
        ),
        (r"name=a\x20b other=c\x20d", 'name="a b" other="c d"'),
        (r"name=a\\x20b", r"name=a\\x20b"),
        (r"name=a\\\x20b", r'name="a\\ b"'),
        (r'name=a"\x20b', r'name="a\x22 b"'),
        (
            r"{wake: handle=a\x20b; panic: reason=c\x20d}",
            '{wake: handle="a b"; panic: reason="c d"}',
        ),
        ("name=plain", "name=plain"),
    ],
)
def test_escaped_spaces_become_spaces_and_escaped_backslashes_stay(line: str, shown: str) -> None:
    assert with_quotes(line) == shown
