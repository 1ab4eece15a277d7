"""The selection language: what is written, what is read, and what is refused where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.errors import UsageError
from necp_replay.events.effects import EFFECT_NAMES
from necp_replay.tools.durations import MAX_NS
from necp_replay.tools.select import (
    KIND_NAMES,
    MAX_DEPTH,
    And,
    Clients,
    Effects,
    Errnos,
    Fds,
    Kinds,
    Not,
    Numbers,
    Or,
    Pids,
    Range,
    Selection,
    Times,
    parse_selection,
    selection_text,
)


def _ranges(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[Range, ...]]:
    closed = st.tuples(numbers, numbers).map(lambda pair: Range(min(pair), max(pair)))
    entries = closed | numbers.map(lambda n: Range(n, None)) | numbers.map(lambda n: Range(None, n))
    return st.lists(entries, min_size=1, max_size=3).map(tuple)


def _some(values: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(values, min_size=1, max_size=3).map(tuple)


def _names(names: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    patterns = st.sampled_from(names) | st.sampled_from(names).map(lambda name: name[:3] + "*")
    return st.lists(patterns, min_size=1, max_size=3).map(tuple)


_signed = st.integers(-(1 << 63), 1 << 63)
tests: st.SearchStrategy[Selection] = st.one_of(
    _ranges(st.integers(1, 1 << 64)).map(Numbers),
    _ranges(st.integers(0, MAX_NS)).map(Times),
    _names(list(KIND_NAMES)).map(Kinds),
    _names(list(EFFECT_NAMES)).map(Effects),
    _some(_signed).map(Pids),
    _some(_signed).map(Fds),
    _some(st.integers(1, 1 << 40)).map(Clients),
    st.lists(st.none() | st.integers(0, 200), min_size=1, max_size=3).map(tuple).map(Errnos),
)
selections = st.recursive(
    tests,
    lambda inner: (
        inner.map(Not)
        | st.lists(inner, min_size=2, max_size=3).map(tuple).map(And)
        | st.lists(inner, min_size=2, max_size=3).map(tuple).map(Or)
    ),
    max_leaves=10,
)


def _one(number: int) -> Selection:
    return Numbers((Range(number, number),))


@given(selections)
def test_a_selection_reads_back_as_it_was_written(selection: Selection) -> None:
    assert parse_selection(selection_text(selection)) == selection


@given(st.text(st.sampled_from("ad 1-5,()#*fnotrpiderrno_CP.s\t\u0661"), max_size=30))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    try:
        selection = parse_selection(text)
    except UsageError as error:
        assert error.reason.startswith("--select: at character ")
        assert error.hint.endswith("^")
    else:
        assert parse_selection(selection_text(selection)) == selection


@pytest.mark.parametrize(
    ("text", "selection"),
    [
        ("7", Numbers((Range(7, 7),))),
        ("10-20, 5-,-3", Numbers((Range(10, 20), Range(5, None), Range(None, 3)))),
        ("time 1.5s-3s", Times((Range(1_500_000_000, 3_000_000_000),))),
        ("COPY_RESULT,copy_*", Kinds(("COPY_RESULT", "copy_*"))),
        ("fd_poll", Kinds(("fd_poll",))),
        ("pid 100,-1", Pids((100, -1))),
        ("fd 3", Fds((3,))),
        ("#2,#3", Clients((2, 3))),
        ("errno ENOENT,2,any,ok,einval", Errnos((2, 2, None, 0, 22))),
        ("effect wake,*panic*", Effects(("wake", "*panic*"))),
        ("not fd 3", Not(Fds((3,)))),
        ("1 or 2 and 3", Or((Numbers((Range(1, 1),)), And((_one(2), _one(3)))))),
        ("(1 or 2) and 3", And((Or((_one(1), _one(2))), _one(3)))),
        ("not 1 and 2", And((Not(_one(1)), _one(2)))),
    ],
)
def test_the_language_means_what_it_says(text: str, selection: Selection) -> None:
    assert parse_selection(text) == selection


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("", 1, "expected a test"),
        ("pid", 4, "expected a whole number, but the selection ends"),
        ("pid x", 5, "expected a whole number, not 'x'"),
        ("pid 1 fd 3", 7, "expected 'and', 'or' or the end, not 'fd'"),
        ("(fd 3", 6, "expected 'and', 'or' or ')'"),
        ("fd 3)", 5, "expected 'and', 'or' or the end"),
        ("fd 3 and", 9, "expected a test"),
        ("and fd 3", 1, "expected a test"),
        ("1,", 3, "expected a record's number"),
        ("1,COPY_RESULT", 3, "expected a record's number"),
        ("0-5", 1, "counted from 1"),
        ("20-10", 1, "ends before it begins"),
        ("-", 1, "expected a record's number"),
        ("123456789012345678901", 1, "digits only, up to 20"),
        ("time 5", 6, "needs a unit"),
        ("#0", 1, "expected the name of a generated id"),
        ("#1,2", 4, "expected the name of a generated id"),
        ("COPY_RESLUT", 1, "no kind has this name (perhaps COPY_RESULT): 'COPY_RESLUT'"),
        ("errno ENONENT", 7, "(perhaps ENOENT)"),
        ("effect wakes", 8, "no kind has this name (perhaps wake)"),
        ("COPY_RESULT,pid", 13, "expected the kind of an input"),
        ("\x1b[31m", 1, "not '\\\\x1b[31m'"),
    ],
)
def test_a_text_that_cannot_go_on_is_refused_with_its_place(
    text: str, place: int, reason: str
) -> None:
    with pytest.raises(UsageError) as refused:
        parse_selection(text)
    assert refused.value.reason.startswith(f"--select: at character {place}: ")
    assert reason in refused.value.reason


def test_the_place_is_shown_under_the_text() -> None:
    with pytest.raises(UsageError) as refused:
        parse_selection("pid 100 ad fd 3")
    assert refused.value.hint == "  pid 100 ad fd 3\n          ^"


@pytest.mark.parametrize("opening", ["(", "not "])
def test_a_selection_nests_only_so_deep(opening: str) -> None:
    with pytest.raises(UsageError, match="deep"):
        parse_selection(opening * (MAX_DEPTH + 1) + "1")
    with pytest.raises(UsageError, match="deep"):
        parse_selection(opening * 100_000)
