"""Pseudonyms of byte strings keep lengths, classes of bytes, and common beginnings or ends."""

from __future__ import annotations

from itertools import takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.tools.pseudonyms.keyed import Keyed
from necp_replay.tools.pseudonyms.strings import OPAQUE, TEXT, StringCipher

texts = StringCipher(Keyed.from_seed(1), b"test", TEXT)
opaque = StringCipher(Keyed.from_seed(1), b"test", OPAQUE)
words = st.text(max_size=40).map(str.encode)


def common_start(one: bytes, two: bytes) -> int:
    pairs = zip(one, two, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


@given(words, words)
def test_as_much_of_the_beginning_is_shared_as_before(one: bytes, two: bytes) -> None:
    one, two = one.lower(), two.lower()
    renamed = texts.forwards(one), texts.forwards(two)
    assert common_start(*renamed) == common_start(one, two)
    assert [len(each) for each in renamed] == [len(one), len(two)]


@given(words, words)
def test_as_much_of_the_end_is_shared_as_before(one: bytes, two: bytes) -> None:
    one, two = one.lower(), two.lower()
    renamed = texts.backwards(one)[::-1], texts.backwards(two)[::-1]
    assert common_start(*renamed) == common_start(one[::-1], two[::-1])


@given(words, st.integers(0, 40))
def test_a_text_cut_short_has_its_pseudonym_cut_short(text: bytes, length: int) -> None:
    assert texts.forwards(text[:length]) == texts.forwards(text)[:length]


@given(words)
def test_unicode_stays_unicode(text: bytes) -> None:
    texts.forwards(text).decode()
    texts.backwards(text).decode()


@given(st.text("abcdXYZ.-_09*", max_size=30).map(str.encode))
def test_pseudonyms_of_names_that_differ_in_case_differ_only_in_case(text: bytes) -> None:
    assert texts.forwards(text).lower() == texts.forwards(text.lower())
    assert texts.forwards(text).decode().isupper() == text.decode().isupper()


def test_dots_and_hyphens_stay_where_they_are() -> None:
    renamed = texts.backwards(b"www.corp-net.example")
    assert [position for position, byte in enumerate(renamed) if byte in b".-"] == [3, 8, 12]
    assert b"corp" not in renamed


@settings(deadline=None)
@given(st.binary(max_size=80), st.integers(0, 80))
def test_zeros_stay_zeros_and_nothing_else_becomes_one(content: bytes, length: int) -> None:
    renamed = opaque.forwards(content)
    assert [byte == 0 for byte in renamed] == [byte == 0 for byte in content]
    assert opaque.forwards(content[:length]) == renamed[:length]


@settings(deadline=None)
@given(st.sets(st.binary(min_size=2, max_size=2), min_size=2, max_size=50))
def test_different_bytes_have_different_pseudonyms(contents: set[bytes]) -> None:
    assert len({opaque.forwards(content) for content in contents}) == len(contents)


@pytest.mark.parametrize("cipher", [texts, opaque], ids=["text", "opaque"])
def test_another_key_gives_other_pseudonyms(cipher: StringCipher) -> None:
    classes = TEXT if cipher is texts else OPAQUE
    other = StringCipher(Keyed.from_seed(2), b"test", classes)
    assert other.forwards(b"com.example.mail") != cipher.forwards(b"com.example.mail")
