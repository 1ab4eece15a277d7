"""`necp-replay info`: traces described as text and as JSON."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.cli.workplace import NEW, Workplace
from tests.trace.traces import HEADER, trace_of


def test_one_trace_is_described_in_full(workplace: Workplace) -> None:
    printed = workplace.run("info", str(workplace.record()))
    assert printed.status == 0
    lines = [line.split(maxsplit=1) for line in printed.out.splitlines() if line]
    assert ["release", NEW] in lines
    assert ["records", "9, 9 with an outcome"] in lines
    assert ["necp_client_action", "4  44.4%"] in lines
    assert "Read from the index" in printed.out


def test_a_scan_counts_clients_actions_and_errors(workplace: Workplace) -> None:
    printed = workplace.run("info", "--scan", str(workplace.record()))
    lines = [line.split() for line in printed.out.splitlines()]
    assert ["clients", "1", "added"] in lines
    assert ["REMOVE", "2", "50.0%"] in lines
    assert ["ENOENT", "1", "11.1%"] in lines
    assert "Read from the index" not in printed.out


@pytest.mark.parametrize("scan", [False, True])
def test_the_json_has_the_same_content(workplace: Workplace, scan: bool) -> None:
    trace = workplace.record()
    printed = workplace.run("info", "traces", "--json", *(["--scan"] if scan else []))
    (found,) = printed.json()["traces"]
    assert found["path"] == "traces/remove_twice.necptrace"
    assert found["error"] is None
    assert found["header"]["source"] == "remove.py::remove_twice"
    assert found["kinds"]["necp_client_action"] == 4
    assert found["clock_range_ns"] == [1_000_000_000, 1_000_000_000]
    assert found["file_bytes"] == trace.stat().st_size
    assert found["scanned"] is scan
    assert found["clients"] == (1 if scan else None)


def test_unreadable_traces_of_several_are_named(workplace: Workplace) -> None:
    content = workplace.record().read_bytes()
    (workplace.root / "traces" / "cut.necptrace").write_bytes(content[:-30])
    printed = workplace.run("info", "traces")
    assert printed.status == 2
    assert "2 traces, 9 records, 1 could not be read" in printed.out
    assert "cut.necptrace: at byte" in printed.out
    assert workplace.run("info", "traces/cut.necptrace").status == 2
    cut, whole = workplace.run("info", "traces", "--json").json()["traces"]
    assert "cut short" in cut["error"]
    assert whole["records"] == 9


def test_control_characters_of_a_header_are_escaped(workplace: Workplace) -> None:
    evil = "\x1b]0;owned\x07\u202e\x9b2J"
    header = replace(HEADER, name=evil, description=f"{evil}\n{evil}", properties=((evil, evil),))
    for name in ("a", "b"):
        (workplace.root / f"{name}.necptrace").write_bytes(trace_of(header=header))
    for arguments in (("a.necptrace",), ("a.necptrace", "b.necptrace"), ("a.necptrace", "--json")):
        printed = workplace.run("info", *arguments)
        assert printed.status == 0
        assert all(line.isprintable() for line in printed.out.split("\n"))


def test_only_selected_records_are_described(workplace: Workplace) -> None:
    trace = str(workplace.record())
    printed = workplace.run("info", trace, "--select", "REMOVE and errno any")
    assert printed.status == 0
    lines = [line.split(maxsplit=1) for line in printed.out.splitlines() if line]
    assert ["selection", "REMOVE and errno any"] in lines
    assert ["records", "1, 1 with an outcome"] in lines
    assert ["ENOENT", "1  100.0%"] in lines
    (found,) = workplace.run("info", trace, "--select", "ADD", "--json").json()["traces"]
    assert found["selection"] == "ADD"
    assert (found["records"], found["ids"], found["clients"]) == (1, 1, 1)
    assert found["chunks"] is None


def test_an_empty_selection_has_no_records(workplace: Workplace) -> None:
    printed = workplace.run("info", str(workplace.record()), "--select", "pid 9")
    assert printed.status == 0
    assert "0, 0 with an outcome" in printed.out
