"""The options `--html`, `--junit` and `--github`."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.workplace import NEW, OLD, Workplace
from tests.report.html.page_contents import contents_of


@pytest.fixture
def failing(workplace: Workplace) -> Workplace:
    """A folder with a trace that differs from its golden."""
    workplace.record()
    workplace.run("accept", "traces")
    golden = workplace.root / "golden" / "remove_twice@xnu-4570.51.1.golden"
    golden.write_text(golden.read_text("utf-8").replace("-> ENOENT", "-> EPERM"), "utf-8")
    return workplace


def test_the_page_contains_the_failing_trace(failing: Workplace) -> None:
    printed = failing.run("replay", "traces", "--html", "report.html")
    assert printed.status == 1
    page = (failing.root / "report.html").read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>")
    contents = contents_of(page)
    assert [trace["path"] for trace in contents["traces"]] == ["traces/remove_twice.necptrace"]
    assert contents["traces"][0]["timeline"]["records"] > 0
    assert contents["differences"][0]["sides"] is not None


def test_the_page_does_not_depend_on_the_number_of_jobs(failing: Workplace) -> None:
    source = failing.root / "traces" / "remove_twice.necptrace"
    for number in range(3):
        (failing.root / "traces" / f"copy{number}.necptrace").write_bytes(source.read_bytes())
    pages = []
    for jobs in ("1", "3"):
        failing.run("replay", "traces", "--html", "report.html", "--jobs", jobs)
        pages.append((failing.root / "report.html").read_bytes())
    assert pages[0] == pages[1]


def test_other_reports_are_the_same_with_and_without_a_page(failing: Workplace) -> None:
    documents = []
    for more in ((), ("--html", "report.html")):
        document = failing.run("replay", "traces", "--format", "json", *more).json()
        for trace in document["per_trace"]:
            del trace["seconds"]
        documents.append(document)
    assert documents[0] == documents[1]


def test_the_junit_file_counts_the_failure(failing: Workplace) -> None:
    assert failing.run("replay", "traces", "--junit", "report.xml").status == 1
    root = ElementTree.parse(failing.root / "report.xml").getroot()
    assert (root.get("tests"), root.get("failures")) == ("1", "1")


def test_github_gets_an_annotation_and_a_summary(
    failing: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = failing.write("summary.md", "before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    printed = failing.run("replay", "traces", "--github")
    first, *rest = printed.out.splitlines()
    assert first.startswith("::error file=traces/remove_twice.necptrace,title=remove_twice")
    assert rest[0].startswith("::stop-commands::")
    assert rest[-1] == f"::{rest[0].removeprefix('::stop-commands::')}::"
    assert summary.read_text("utf-8").startswith("before\n## necp-replay replay: 1 different\n")


def test_the_summary_is_printed_if_there_is_no_summary_file(
    failing: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    printed = failing.run("replay", "traces", "--github")
    assert "## necp-replay replay: 1 different" in printed.out


def test_github_and_json_cannot_be_used_together(failing: Workplace) -> None:
    printed = failing.run("replay", "traces", "--github", "--format", "json")
    assert printed.status == 2
    assert "--junit FILE and --html FILE can be used with both" in printed.err


@pytest.mark.parametrize("option", ["--html", "--junit"])
def test_a_missing_folder_is_refused_before_any_work(failing: Workplace, option: str) -> None:
    printed = failing.run("replay", "traces", option, "missing/report")
    assert (printed.status, printed.out) == (2, "")
    assert "missing: there is no such folder" in printed.err


def test_a_report_that_cannot_be_written_leaves_no_file(failing: Workplace) -> None:
    (failing.root / "report.html").mkdir()
    printed = failing.run("replay", "traces", "--html", "report.html")
    assert printed.status == 2
    assert "report.html: is a folder" in printed.err
    assert list(Path().glob("*partial*")) == []


def test_two_releases_can_be_reported(failing: Workplace) -> None:
    reports = ("--html", "report.html", "--junit", "report.xml", "--github")
    printed = failing.run("diff", "traces", "--from", OLD, "--to", NEW, *reports)
    assert printed.status == 1
    page = (failing.root / "report.html").read_text("utf-8")
    contents = contents_of(page)
    assert contents["labels"] == [OLD, NEW]
    assert contents["differences"][0]["sides"]["expected"] is not None
    failure = ElementTree.parse(failing.root / "report.xml").getroot().find(".//failure")
    assert failure is not None
    assert f"--from {OLD} --to {NEW}" in str(failure.text)
    assert "::error file=traces/remove_twice.necptrace" in printed.out
