"""Commands write their files safely, whatever is already at the target."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.workplace import NEW, OLD, Workplace

TRACE = "traces/remove_twice.necptrace"
WRITING = {
    "convert": (("convert", TRACE, "-o", "out.jsonl"), "out.jsonl"),
    "convert back": (("convert", "in.jsonl", "-o", "out.necptrace"), "out.necptrace"),
    "html": (("replay", "traces", "--html", "out.html"), "out.html"),
    "junit": (("replay", "traces", "--junit", "out.xml"), "out.xml"),
    "map": (
        ("anonymize", TRACE, "-o", "a.necptrace", "--seed", "1", "--map", "out.json"),
        "out.json",
    ),
    "golden": (("accept", TRACE), "golden/remove_twice.golden"),
    "cut": (("cut", TRACE, "--select", "pid 100", "-o", "out.necptrace"), "out.necptrace"),
    "generate": (
        ("generate", "-o", "out.necptrace", "--seed", "1", "--records", "9"),
        "out.necptrace",
    ),
    "index": (("index", "traces"), "traces/README.md"),
}
EACH = pytest.mark.parametrize(
    ("arguments", "target"), [pytest.param(*each, id=name) for name, each in WRITING.items()]
)


@pytest.fixture
def recorded(workplace: Workplace) -> Workplace:
    workplace.record()
    assert workplace.run("convert", TRACE, "-o", "in.jsonl").status == 0
    (workplace.root / "golden").mkdir()
    workplace.write("victim", "precious")
    return workplace


@EACH
def test_a_write_protected_target_is_refused(
    recorded: Workplace, arguments: tuple[str, ...], target: str
) -> None:
    path = recorded.root / target
    if target.startswith("golden"):
        assert recorded.run(*arguments).status == 0
        path.write_text(path.read_text("utf-8").replace("retval=3", "retval=4"), "utf-8")
    else:
        path.write_text("old")
    before = path.read_bytes()
    path.chmod(0o444)
    printed = recorded.run(*arguments)
    assert printed.status == 2
    assert re.search("is write-protected|already", printed.err + printed.out)
    assert path.read_bytes() == before


def test_a_write_protected_golden_without_a_trace_stays(recorded: Workplace) -> None:
    golden = recorded.write("golden/gone.golden", "necp-replay golden 1\n")
    golden.chmod(0o444)
    printed = recorded.run("accept", "traces", "--remove-unused")
    assert printed.status == 2
    assert "golden/gone.golden: is write-protected" in printed.err
    assert golden.exists()


@EACH
def test_a_link_at_the_target_is_refused(
    recorded: Workplace, arguments: tuple[str, ...], target: str
) -> None:
    path = recorded.root / target
    path.symlink_to(recorded.root / "victim")
    printed = recorded.run(*arguments)
    assert printed.status == 2
    assert path.is_symlink()
    assert (recorded.root / "victim").read_text() == "precious"
    assert not list(recorded.root.rglob("*.partial"))


@EACH
def test_a_fifo_at_the_target_is_refused(
    recorded: Workplace, arguments: tuple[str, ...], target: str
) -> None:
    os.mkfifo(recorded.root / target)
    assert recorded.run(*arguments).status == 2
    assert (recorded.root / target).is_fifo()
    assert not list(recorded.root.rglob("*.partial"))


def _link(path: Path, victim: Path) -> None:
    path.symlink_to(victim)


def _fifo(path: Path, victim: Path) -> None:
    os.mkfifo(path)


def _what_stands_at(path: Path) -> tuple[int, int, int]:
    """The file itself, not what it links to, and without the time at which it was last read."""
    found = path.lstat()
    return found.st_ino, found.st_mode, found.st_mtime_ns


@EACH
@pytest.mark.parametrize("put", [_link, _fifo])
def test_a_file_with_an_old_temporary_name_is_not_touched(
    recorded: Workplace,
    arguments: tuple[str, ...],
    target: str,
    put: Callable[[Path, Path], None],
) -> None:
    planted = recorded.root / f"{target}.partial"
    put(planted, recorded.root / "victim")
    before = _what_stands_at(planted)
    printed = recorded.run(*arguments)
    assert _what_stands_at(planted) == before
    assert (recorded.root / "victim").read_text() == "precious"
    # Traces alone have a known temporary name, since they can be recovered. The command says so.
    assert (printed.status == 2) == target.endswith(".necptrace")
    assert ("under way, or was interrupted" in printed.err) == (printed.status == 2)


def test_only_the_owner_can_read_the_map_of_pseudonyms(recorded: Workplace) -> None:
    assert recorded.run(*WRITING["map"][0]).status == 0
    assert stat.S_IMODE((recorded.root / "out.json").stat().st_mode) == 0o600


def test_if_the_map_cannot_be_written_no_trace_appears(recorded: Workplace) -> None:
    arguments = ("anonymize", TRACE, "-o", "a.necptrace", "--seed", "1", "--map", "none/out.json")
    printed = recorded.run(*arguments)
    assert printed.status == 2
    assert "none/out.json: cannot be written" in printed.err
    assert not (recorded.root / "a.necptrace").exists()


@pytest.mark.parametrize("option", ["--html", "--junit"])
@pytest.mark.parametrize("target", [TRACE, "golden/remove_twice.golden", "necp-replay.toml"])
def test_a_report_never_takes_the_place_of_a_file_of_the_project(
    recorded: Workplace, option: str, target: str
) -> None:
    assert recorded.run("accept", TRACE).status == 0
    file = recorded.root / target
    file.touch()
    before = file.read_bytes()
    for command in (("replay", TRACE), ("diff", TRACE, "--from", OLD, "--to", NEW)):
        result = recorded.run(*command, option, target)
        assert result.status == 2
        assert "the output would replace" in result.err
        assert file.read_bytes() == before


def test_two_reports_in_one_file_are_refused(recorded: Workplace) -> None:
    result = recorded.run("replay", TRACE, "--html", "out", "--junit", "./out")
    assert result.status == 2
    assert "name the same file" in result.err
    assert not (recorded.root / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("replay", "T", "--html", "out", "--junit", "OUT"), "--html and --junit name the same"),
        (("replay", "T", "--html", "link/out", "--junit", "out"), "--html and --junit name"),
        (("replay", "T", "--rules", "r.toml", "--html", "r.toml"), "--rules and --html name the"),
        (("diff", "a.txt", "T", "--junit", "a.txt"), "a.txt and --junit name the same file"),
        (("diff", "a.txt", "T", "--html", "hard.txt"), "a.txt and --html name the same file"),
        (("anonymize", "T", "-o", "y", "--seed", "1", "--map", "y"), "-o and --map name the same"),
        (("anonymize", "T", "-o", "y", "--seed", "1", "--map", "./Y"), "-o and --map name the"),
        (("anonymize", "T", "-o", "y", "--key", "r.toml", "--map", "r.toml"), "--key and --map"),
        (("anonymize", "T", "--seed", "1", "-o", "T"), "TRACE and -o name the same file"),
    ],
)
def test_a_file_that_a_command_line_names_twice_is_refused(
    recorded: Workplace, arguments: tuple[str, ...], said: str
) -> None:
    root = recorded.root
    (root / "link").symlink_to(".")
    recorded.write("r.toml", "# no rule is in this file\n")
    recorded.write("a.txt", "a golden or a trace")
    (root / "hard.txt").hardlink_to(root / "a.txt")
    before = {path: path.read_bytes() for path in root.rglob("*.*") if path.is_file()}
    printed = recorded.run(*(TRACE if word == "T" else word for word in arguments))
    assert printed.status == 2
    assert said in printed.err
    assert {path: path.read_bytes() for path in root.rglob("*.*") if path.is_file()} == before
    assert not (root / "out").exists() and not (root / "y").exists()


def test_a_report_in_the_file_of_the_job_summary_is_refused(
    recorded: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    printed = recorded.run("replay", TRACE, "--github", "--html", "summary.md")
    assert printed.status == 2
    assert "--html and GITHUB_STEP_SUMMARY name the same file" in printed.err


@pytest.mark.parametrize("folder", [".", "/", ".."])
def test_an_output_that_is_a_folder_is_refused(workplace: Workplace, folder: str) -> None:
    trace = str(workplace.record())
    workplace.write("system.log", "2024-09-01 10:00:00.1-0700 host kernel[0]: x reason: NECP\n")
    for words in (
        ("convert", trace, "-o"),
        ("export", trace, "--to", "sqlite", "-o"),
        ("generate", "--seed", "1", "--records", "5", "-o"),
        ("minimize", trace, "--from", OLD, "--to", NEW, "-o"),
        ("recover", trace, "-o"),
        ("replay", trace, "--html"),
        ("why", "system.log", "-o"),
    ):
        printed = workplace.run(*words, folder)
        assert printed.status == 2, printed
        assert "unforeseen" not in printed.err
