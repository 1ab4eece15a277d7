"""Patterns of rules match like those of a shell, in linear time."""

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.rules.pattern import compile_pattern, patterns

LETTERS = st.text(st.sampled_from("ab[#\n"), max_size=12)


@given(LETTERS, st.text(st.sampled_from("ab#\n*?"), max_size=8))
def test_a_pattern_matches_like_in_a_shell(text: str, pattern: str) -> None:
    expected = fnmatch.fnmatchcase(text, pattern)
    assert (compile_pattern(pattern).match(text) is not None) == expected


@given(LETTERS)
def test_brackets_have_no_special_meaning(text: str) -> None:
    pattern = text.replace("*", "").replace("?", "")
    assert compile_pattern(pattern).match(pattern)


@pytest.mark.parametrize("stars", [2, 30, 300])
def test_a_pattern_with_many_stars_takes_linear_time(stars: int) -> None:
    assert compile_pattern("*a" * stars + "*b").match("a" * 20_000) is None


def test_case_matters_unless_it_is_ignored() -> None:
    assert not patterns(["remove"]).match("REMOVE")
    assert patterns(["remove"], ignore_case=True).match("REMOVE")


def test_one_matching_pattern_is_enough() -> None:
    assert patterns(["copy_*", "REMOVE"]).match("REMOVE")
