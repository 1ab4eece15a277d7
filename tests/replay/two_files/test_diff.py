"""Two goldens compared as files: stanzas that are gone, renamed ids, the final state."""

from __future__ import annotations

from pathlib import Path

from necp_replay.outcomes.record_difference import FilePlace, Truth
from necp_replay.replay.two_files.comparison import FileDiff, FileOptions
from necp_replay.replay.two_files.diff import diff_files
from tests.golden.test_compare import OPEN, add, copy


def write(path: Path, stanzas: tuple[str, ...], count: int = 5) -> Path:
    numbered = "".join(f"{number} {stanza}\n" for number, stanza in enumerate(stanzas, 1))
    final = f"final state\n  counters\n    necp_client_count: {count}\n"
    path.write_text(f"necp-replay golden 1\n{numbered}{final}", "utf-8")
    return path


def compared(folder: Path, left: tuple[str, ...], right: tuple[str, ...], count: int) -> FileDiff:
    pair = (write(folder / "a.golden", left), write(folder / "b.golden", right, count))
    return diff_files(*pair, FileOptions(keep=None, extra_examples=10))


def test_later_differences_follow_from_a_missing_client(tmp_path: Path) -> None:
    left = (OPEN, add(1), copy(1), add(2), copy(2, 1280), copy(1), copy(2))
    diff = compared(tmp_path, left, (OPEN, add(1), copy(1), copy(1)), 5)
    first, *others = diff.report.examples
    assert (first.kind, first.place, first.chain.followers) == ("ADD", FilePlace(4, None), 2)
    assert [each.place for each in others] == [FilePlace(5, None), FilePlace(7, None)]
    assert (diff.final_state, diff.report.different) == ("same", 3)


def test_an_additional_client_has_one_name_in_all_its_followers(tmp_path: Path) -> None:
    right = (OPEN, add(1), copy(1), add(2), copy(2, 1280), copy(1), copy(2))
    diff = compared(tmp_path, (OPEN, add(1), copy(1), copy(1)), right, 5)
    first, *others = diff.report.examples
    assert (first.kind, first.place, first.chain.followers) == ("ADD", FilePlace(None, 4), 2)
    assert {each.title for each in others} == {
        "necp_client_action COPY_RESULT pid=100 fd=3 client=#+1"
    }


def test_the_final_state_that_differs_is_a_difference_with_both_sides(tmp_path: Path) -> None:
    diff = compared(tmp_path, (OPEN,), (OPEN,), 6)
    (found,) = diff.report.examples
    assert (found.title, found.truth, found.place) == ("final state", Truth.FILE, None)
    assert found.shown.sides is not None
    assert found.shown.sides.expected != found.shown.sides.actual
    assert (diff.is_different, diff.report.different, diff.counts.changed) == (True, 0, 0)
    assert diff.report.differing_states == 1


def test_both_stanzas_are_kept_whole(tmp_path: Path) -> None:
    diff = compared(tmp_path, (OPEN, add(1), copy(1)), (OPEN, add(1), copy(1, 1280)), 5)
    (found,) = diff.report.examples
    assert found.shown.sides is not None
    assert "  EFFECTIVE_MTU: 1500" in found.shown.sides.expected
    assert "  EFFECTIVE_MTU: 1280" in found.shown.sides.actual
