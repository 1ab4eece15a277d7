"""Comparing texts line by line: what is found is true, and long texts take no longer per line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.align import lines
from necp_replay.align.lines import line_opcodes
from tests.work import lines_run, worst_growth

TEXTS = st.lists(st.sampled_from("abcd"), max_size=30)


@given(TEXTS, TEXTS, st.booleans())
@settings(deadline=None)
def test_the_opcodes_turn_one_text_into_the_other(
    old: list[str], new: list[str], are_long: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if are_long:
            patch.setattr(lines, "_SHORT_PRODUCT", -1)
        opcodes = line_opcodes(old, new)
    made: list[str] = []
    here = there = 0
    for tag, i1, i2, j1, j2 in opcodes:
        assert (i1, j1) == (here, there)
        assert (tag == "equal") == (old[i1:i2] == new[j1:j2])
        made += old[i1:i2] if tag == "equal" else new[j1:j2]
        here, there = i2, j2
    assert (here, there) == (len(old), len(new))
    assert made == new


@pytest.mark.parametrize(
    "changed",
    [
        lambda number: ["changed"],
        lambda number: [f"changed {number}"],
        lambda number: [number, "more"],
        lambda number: [],
    ],
    ids=["all the same", "each in its own way", "added", "removed"],
)
def test_the_work_grows_as_the_lines_do(changed: Callable[[str], list[str]]) -> None:
    def work(count: int) -> int:
        old, new = [], []
        for number in range(count):
            common = ["readable: 0", "{"]
            old += [f"{number}", *common]
            new += [*changed(f"{number}"), *common]
        return lines_run(lambda: line_opcodes(old, new))

    assert worst_growth(work, (400, 1_600)) < 5.2
