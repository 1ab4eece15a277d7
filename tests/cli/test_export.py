"""`necp-replay export`: what it says, and what it refuses."""

from __future__ import annotations

import sqlite3

import pytest

from tests.cli.workplace import NEW, OLD, Workplace

TRACE = "traces/remove_twice.necptrace"


@pytest.fixture(autouse=True)
def _recorded(workplace: Workplace) -> None:
    workplace.record()


@pytest.mark.parametrize(
    ("form", "output"), [("perfetto", "a.json"), ("sqlite", "a.db"), ("parquet", "a")]
)
def test_a_trace_is_exported(workplace: Workplace, form: str, output: str) -> None:
    printed = workplace.run("export", TRACE, "--to", form, "-o", output)
    assert printed.status == 0, printed
    assert printed.out == f"{output}: 9 records exported to {form}\n"
    assert (workplace.root / output).exists()


def test_the_report_of_two_releases_is_exported(workplace: Workplace) -> None:
    report = workplace.run("diff", "traces", "--from", OLD, "--to", NEW, "--format", "json")
    workplace.write("report.json", report.out)
    assert workplace.run("export", "report.json", "--to", "sqlite", "-o", "a.db").status == 0
    database = sqlite3.connect(workplace.root / "a.db")
    rows = database.execute("select distinct record, fact from differences").fetchall()
    database.close()
    assert (9, "remove_unknown_client_is_error") in rows


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("traces", "--to", "sqlite", "-o", "a.db"), "this is a folder"),
        (("absent.necptrace", "--to", "sqlite", "-o", "a.db"), "absent.necptrace"),
        (("absent.json", "--to", "sqlite", "-o", "a.db"), "absent.json: cannot be read"),
        (("report.json", "--to", "perfetto", "-o", "a.json"), "a timeline is of a trace"),
        ((TRACE, "--to", "sqlite", "-o", "absent/a.db"), "absent: there is no such folder"),
        ((TRACE, "--to", "parquet", "-o", TRACE), TRACE),
        ((TRACE, "--to", "sqlite", "-o", "link.db"), "link.db"),
        ((TRACE, "--to", "sqlite", "-o", TRACE), "name the same file"),
        ((TRACE, "--to", "perfetto", "-o", "other.necptrace"), "would replace a trace"),
        ((TRACE, "--to", "parquet", "-o", "absent/tables"), "make it first"),
    ],
)
def test_what_cannot_be_exported_is_refused(
    workplace: Workplace, arguments: tuple[str, ...], reason: str
) -> None:
    (workplace.root / "link.db").symlink_to("elsewhere.db")
    printed = workplace.run("export", *arguments)
    assert printed.status == 2, printed
    assert reason in printed.err
    assert not (workplace.root / "elsewhere.db").exists()
