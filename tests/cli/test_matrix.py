"""`necp-replay matrix`: which releases behave alike in which traces."""

from __future__ import annotations

import re

import pytest

from necp_replay.releases.lineage import RELEASES
from necp_replay.report import matrix_text, table
from tests.cli.workplace import NEW, OLD, Workplace

TRACE = "traces/remove_twice.necptrace"


@pytest.fixture(autouse=True)
def recorded(workplace: Workplace) -> None:
    """Every test has the trace."""
    workplace.record()


def test_a_row_has_a_letter_for_each_release(workplace: Workplace) -> None:
    printed = workplace.run("matrix", "traces")
    assert printed.status == 1
    lines = printed.out.splitlines()
    assert lines[0].split()[:3] == ["trace", "4570", "4903"]
    path, *cells = lines[2].split()
    assert path == TRACE
    assert cells[0] == "AAABCC"
    assert len("".join(cells)) == len(RELEASES)
    assert lines[-1] == "1 trace: 1 on which releases differ"
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(
    ("columns", "lines_of_row"), [(110, 1), (80, 2), (50, 3)], ids=["wide", "usual", "narrow"]
)
def test_the_table_fits_the_terminal(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, columns: int, lines_of_row: int
) -> None:
    path = workplace.root / "a_folder_with_a_long_name" / "a_trace_with_a_long_name.necptrace"
    path.parent.mkdir()
    path.write_bytes((workplace.root / TRACE).read_bytes())
    for module in (matrix_text, table):
        monkeypatch.setattr(module, "terminal_width", lambda: columns)
    printed = workplace.run("matrix", path.parent.name)
    lines, *_ = printed.out.split("\n\n")
    heading, row = re.split(r"\n-[- ]+\n", lines)
    assert max(map(len, lines.splitlines())) <= columns
    assert (len(heading.splitlines()), len(row.splitlines())) == (lines_of_row, lines_of_row)
    letters = re.findall(r"\b[A-Z]+\b", row)
    assert len("".join(letters)) == len(RELEASES)


def test_letters_begin_below_their_major_version(workplace: Workplace) -> None:
    heading, _, row, *_ = workplace.run("matrix", "traces").out.splitlines()
    starts = [[found.start() for found in re.finditer(r"\S+", line)] for line in (heading, row)]
    assert starts[0] == starts[1]


def test_traces_of_a_folder_with_the_same_letters_share_a_row(workplace: Workplace) -> None:
    first = workplace.root / TRACE
    (first.parent / "again.necptrace").write_bytes(first.read_bytes())
    assert "traces/ (2 traces)  AAABCC" in workplace.run("matrix", "traces").out
    apart = workplace.run("matrix", "traces", "-v").out
    assert "traces/again.necptrace" in apart
    assert TRACE in apart


def test_releases_that_behave_alike_are_no_difference(workplace: Workplace) -> None:
    printed = workplace.run("matrix", "traces", "--from", "xnu-4570.31.3", "--to", OLD)
    assert printed.status == 0
    assert "1 trace: 0 on which releases differ" in printed.out


def test_json_has_releases_letters_and_changes(workplace: Workplace) -> None:
    found = workplace.run("matrix", "traces", "--json").json()
    assert found["releases"] == list(RELEASES)
    (row,) = found["traces"]
    assert row["path"] == TRACE
    assert len(row["letters"]) == len(RELEASES)
    assert NEW in row["changed_in"]


def test_a_broken_trace_does_not_stop_the_others(workplace: Workplace) -> None:
    workplace.write("traces/broken.necptrace", "no trace")
    printed = workplace.run("matrix", "traces")
    assert printed.status == 2
    assert "broken.necptrace" in printed.err
    assert TRACE in printed.out


def test_nothing_is_printed_if_no_trace_can_be_read(workplace: Workplace) -> None:
    broken = workplace.write("broken.necptrace", "x")
    printed = workplace.run("matrix", str(broken))
    assert (printed.status, printed.out) == (2, "")


def test_the_page_escapes_names_and_runs_no_script(workplace: Workplace) -> None:
    trace = (workplace.root / TRACE).read_bytes()
    name = "<script>alert(1)<b>\u202e.necptrace"
    (workplace.root / "traces" / name).write_bytes(trace)
    printed = workplace.run("matrix", "traces", "--html", "matrix.html")
    assert printed.status == 1
    page = (workplace.root / "matrix.html").read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page
    assert len(re.findall("<td", page)) == 2 * len(RELEASES)


def test_the_page_never_replaces_a_trace(workplace: Workplace) -> None:
    before = (workplace.root / TRACE).read_bytes()
    printed = workplace.run("matrix", TRACE, "--html", TRACE)
    assert printed.status == 2
    assert (workplace.root / TRACE).read_bytes() == before
