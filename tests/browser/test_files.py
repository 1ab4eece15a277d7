"""A report of two files: places in both, chains, and no timeline."""

from __future__ import annotations

from pathlib import Path

from necp_replay.replay.findings.run_report import RunReport
from necp_replay.replay.two_files.comparison import FileOptions
from necp_replay.replay.two_files.diff import diff_files
from tests.browser.conftest import Open
from tests.replay.two_files.id_traces import add, copy, write
from tests.replay.two_files.test_diff import write as write_golden


def compared(left: Path, right: Path) -> RunReport:
    diff = diff_files(left, right, FileOptions(extra_examples=100))
    labels = (f"A {left.name}", f"B {right.name}")
    return RunReport("diff", *labels, [diff.report], files=(left.name, right.name))


def test_records_are_named_by_place_and_followers_link_to_the_cause(
    open_report: Open, tmp_path: Path
) -> None:
    left = write(tmp_path / "a.necptrace", [add(1), copy(1), add(2, port=7), copy(2), copy(1)])
    right = write(tmp_path / "b.necptrace", [add(1), copy(1, value=4), copy(1)])
    opened = open_report(compared(left, right), fragment="#differences")
    assert opened.text(".where") == "A 2, B 2"
    assert opened.texts(".command .code") == [
        "necp-replay diff a.necptrace b.necptrace",
        "necp-replay explain a.necptrace --record 2",
        "necp-replay explain b.necptrace --record 2",
    ]
    heads = opened.texts(".fields thead th")[1:]
    assert [head[2:] for head in heads] == ["A a.necptrace", "B b.necptrace"]
    assert opened.count("#section-timeline") == 0
    opened.press("b")
    opened.settle()
    assert opened.count(".hexdump") > 0
    opened.press("j", "j")
    assert opened.text(".where") == "A 4"
    assert "Follows from A 3" in opened.text(".chain-line")
    opened.page.locator(".chain-line a").click()
    assert opened.text(".where") == "A 3"


def test_goldens_show_both_stanzas_and_the_final_state(open_report: Open, tmp_path: Path) -> None:
    left = write_golden(tmp_path / "a.golden", ("necp_open pid=1 flags=0x0 -> ok retval=3",))
    right = write_golden(tmp_path / "b.golden", ("necp_open pid=1 flags=0x0 -> ENOMEM",), 6)
    opened = open_report(compared(left, right), fragment="#differences")
    assert opened.texts(".sides-table .changed td.actual mark") == ["ENOMEM"]
    opened.press("b", "j")
    opened.settle()
    assert opened.text(".where") == "at the end"
