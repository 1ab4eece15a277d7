"""`necp-replay index`: the index page of traces, and the check whether it is up to date."""

from __future__ import annotations

from pathlib import Path

from necp_replay.replay.corpus import index_trace
from necp_replay.report.corpus_index import corpus_index
from necp_replay.trace.find import find_traces
from tests.cli.workplace import Workplace

ROOT = Path(__file__).parents[2]


def test_the_page_lists_what_each_trace_shows(workplace: Workplace) -> None:
    workplace.record()
    assert workplace.run("index", "traces").status == 0
    page = (workplace.root / "traces" / "README.md").read_text("utf-8")
    (row,) = [line for line in page.splitlines() if "remove_twice" in line]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1] == "What REMOVE says of a client that is gone already."
    assert (cells[2], cells[4]) == ("9", "4")


def test_an_outdated_page_is_found(workplace: Workplace) -> None:
    workplace.record()
    assert workplace.run("index", "traces", "--check").status == 1
    workplace.run("index", "traces")
    assert workplace.run("index", "traces", "--check").status == 0
    workplace.write("s.py", "def opens(system):\n    system.add_process(1)\n")
    workplace.run("record", "s.py", "-o", "traces")
    printed = workplace.run("index", "traces", "--check")
    assert printed.status == 1
    assert "traces/README.md is out of date" in printed.out


def test_the_page_of_this_repository_is_up_to_date() -> None:
    page = (ROOT / "traces" / "README.md").read_text("utf-8")
    found = find_traces([ROOT / "traces"])
    scenarios = [trace for trace in found if not trace.name.startswith("measured/")]
    expected = corpus_index(index_trace(trace) for trace in scenarios)
    assert page.startswith(expected), "run `make coverage`"
