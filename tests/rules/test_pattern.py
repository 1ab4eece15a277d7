"""Patterns match what they say, in time that no pattern can spoil."""

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.rules.pattern import compile_pattern, patterns

LETTERS = st.text(st.sampled_from("ab[#\n"), max_size=12)


@given(LETTERS, st.text(st.sampled_from("ab#\n*?"), max_size=8))
def test_a_pattern_matches_what_a_shell_would(text: str, pattern: str) -> None:
    expected = fnmatch.fnmatchcase(text, pattern)
    assert (compile_pattern(pattern).match(text) is not None) == expected


@given(LETTERS)
def test_brackets_are_only_brackets(text: str) -> None:
    pattern = text.replace("*", "").replace("?", "")
    assert compile_pattern(pattern).match(pattern)


@pytest.mark.parametrize("stars", [2, 30, 300])
def test_many_stars_cost_no_more_than_searching(stars: int) -> None:
    assert compile_pattern("*a" * stars + "*b").match("a" * 20_000) is None


def test_capital_letters_matter_unless_said_otherwise() -> None:
    assert not patterns(["remove"]).match("REMOVE")
    assert patterns(["remove"], ignore_case=True).match("REMOVE")


def test_one_of_several_patterns_is_enough() -> None:
    assert patterns(["copy_*", "REMOVE"]).match("REMOVE")
