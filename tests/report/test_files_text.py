"""The text report of two files: short, with any number of differences."""

from __future__ import annotations

from pathlib import Path

from necp_replay.abi.errno import Errno
from necp_replay.events.outcome import Outcome
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.replay.two_files.comparison import FileDiff
from necp_replay.replay.two_files.diff import diff_files
from necp_replay.report.files_text import files_text
from necp_replay.report.style import Style
from tests.golden.test_compare import OPEN
from tests.replay.two_files.id_traces import Record, add, copy, write
from tests.replay.two_files.test_diff import write as write_golden


def told(diff: FileDiff, *, verbose: bool = False) -> str:
    run = RunReport("diff", diff.left, diff.right, [diff.report], files=(diff.left, diff.right))
    return files_text(diff, run, Style(coloured=False), verbose=verbose)


def compared(folder: Path, left: list[Record], right: list[Record]) -> FileDiff:
    return diff_files(write(folder / "a.necptrace", left), write(folder / "b.necptrace", right))


def test_a_thousand_differences_of_one_kind_fit_on_a_screen(tmp_path: Path) -> None:
    left = [*(add(number) for number in range(50)), *(copy(place % 50) for place in range(4_000))]
    right = list(left)
    for place in range(1_000):
        right[50 + place * 4] = copy(place * 4 % 50, value=7)
    text = told(compared(tmp_path, left, right))
    assert "1. COPY_RESULT: 25 records, 975 more follow" in text
    assert text.count("INTERFACE_INDEX") == 3
    assert len(text.splitlines()) < 25


def test_the_most_frequent_kinds_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    errors = [error for error in Errno if error][:12]
    left = [add(number) for number in range(12)]
    right: list[Record] = [
        (step, Outcome(error)) for error, (step, _) in zip(errors, left, strict=True)
    ]
    diff = compared(tmp_path, left, right)
    text = told(diff)
    assert "4 more kinds of difference begin at 4 records; --verbose shows all of them" in text
    assert "12. ADD: 1 record" in told(diff, verbose=True)


def test_followers_of_a_removed_client_are_counted(tmp_path: Path) -> None:
    left = [add(1), add(2, port=7), copy(1), *(copy(2, value=value) for value in range(9))]
    text = told(compared(tmp_path, left, [add(1), copy(1)]))
    assert "1. ADD: 1 record, 9 more follow" in text
    assert "   A 2 only in A\n     - necp_client_action ADD" in text
    assert "9 later differences follow from it" in text
    assert "2. " not in text


def test_a_replaced_record_is_shown_as_replaced(tmp_path: Path) -> None:
    left = [add(1), add(2), copy(1), copy(1, value=1)]
    text = told(compared(tmp_path, left, [*left[:3], copy(2, value=1)]))
    assert "   A 4, B 4 have another input\n" in text


def test_a_different_final_state_has_no_record_number(tmp_path: Path) -> None:
    pair = (
        write_golden(tmp_path / "a.golden", (OPEN,)),
        write_golden(tmp_path / "b.golden", (OPEN,), 7),
    )
    assert (
        "1. final state: 1 difference  fingerprint 68f39e3344\n"
        "   statistics\n"
        "     counters > necp_client_count\n"
        "       A 5\n"
        "       B 7 (+2)\n"
    ) in told(diff_files(*pair))
