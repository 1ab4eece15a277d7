"""Which vectors of a release are chosen for the corpus."""

from __future__ import annotations

from pathlib import Path

from tests.releases.choose_vectors import choose

A, B, C, D, E, F = map(Path, "abcdef")


def test_the_smallest_traces_of_a_fact_are_kept() -> None:
    shown = dict.fromkeys((A, B, C, D, E, F), frozenset({"one"}))
    sizes = {A: 6, B: 5, C: 4, D: 3, E: 2, F: 1}
    assert choose(shown, sizes) == [C, D, E, F]


def test_a_trace_that_shows_a_rare_fact_counts_for_a_common_one() -> None:
    shown = dict.fromkeys((A, B, C, D, E), frozenset({"common"}))
    shown[F] = frozenset({"common", "rare"})
    sizes = dict.fromkeys(shown, 1)
    assert choose(shown, sizes) == [A, B, C, F]


def test_a_trace_that_shows_nothing_is_left_out() -> None:
    assert choose({A: frozenset(), B: frozenset({"one"})}, {A: 1, B: 2}) == [B]
