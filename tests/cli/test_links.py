"""Linked traces: every command takes each real file once, and says what it leaves out."""

import shutil
from pathlib import Path

import pytest

from tests.cli.workplace import Workplace

TRACE = "traces/remove_twice.necptrace"
VECTORS = """\
{"vectors": 1, "release": "xnu-4570.51.1", "name": "named/x"}
{"op": "proc_add", "pid": 1, "out": {"errno": 0, "effects": []}}
"""


@pytest.fixture
def linked(workplace: Workplace) -> Workplace:
    """A project whose folder `traces/client` is a link to a folder elsewhere."""
    workplace.record()
    elsewhere = workplace.root / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(workplace.root / TRACE, elsewhere / "gone.necptrace")
    (workplace.root / "traces/client").symlink_to(elsewhere)
    assert workplace.run("accept", "traces").status == 0
    return workplace


def goldens(workplace: Workplace) -> set[str]:
    folder = workplace.root / "golden"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.golden")}


def paths(workplace: Workplace, *arguments: str) -> list[str]:
    report = workplace.run("replay", "--format", "json", *arguments).json()
    return [trace["path"] for trace in report["per_trace"]]


def test_traces_in_a_linked_folder_are_replayed(linked: Workplace) -> None:
    assert paths(linked, "traces") == ["traces/client/gone.necptrace", TRACE]
    assert linked.run("replay", "traces").status == 0
    assert "client/gone.golden" in goldens(linked)


def test_their_goldens_are_not_removed(linked: Workplace) -> None:
    before = goldens(linked)
    assert linked.run("accept", "traces", "--remove-unused").status == 0
    assert goldens(linked) == before


@pytest.mark.parametrize("target", ["..", ".", "nowhere", "client", "/"])
def test_nothing_is_removed_while_a_link_is_left_out(linked: Workplace, target: str) -> None:
    (linked.root / "traces/more").symlink_to(target)
    linked.write("golden/old.golden", "")
    before = goldens(linked)
    printed = linked.run("accept", "traces", "--remove-unused")
    assert printed.status == 2
    assert "traces/more is" in printed.err
    assert "no golden is removed while something is left out" in printed.err
    assert goldens(linked) == before


def test_goldens_below_a_broken_link_do_not_fail_a_replay(linked: Workplace) -> None:
    shutil.rmtree(linked.root / "elsewhere")
    printed = linked.run("replay", "traces")
    assert (printed.status, "belong to no trace" in printed.out) == (0, False)
    assert "traces/client is a broken link" in printed.err


def test_a_broken_link_to_a_trace_is_an_error(linked: Workplace) -> None:
    (linked.root / "traces/lost.necptrace").symlink_to("nowhere")
    (linked.root / "traces/circle.necptrace").symlink_to("circle.necptrace")
    printed = linked.run("replay", "traces")
    assert printed.status == 2
    assert "2 traces could not run" in printed.out


def test_a_circle_of_links_adds_no_trace(linked: Workplace) -> None:
    (linked.root / "elsewhere/up").symlink_to(linked.root)
    (linked.root / "traces/loop").symlink_to("..")
    printed = linked.run("replay", "traces")
    assert (printed.status, "2 traces, " in printed.out) == (0, True)
    assert "leads back to" in printed.err


@pytest.mark.parametrize(
    "command",
    [("info", "--json"), ("doctor", "--json"), ("coverage",), ("index",)],
    ids=lambda command: command[0],
)
def test_commands_without_a_project_find_the_same(
    linked: Workplace, command: tuple[str, ...]
) -> None:
    before = linked.run(*command, "traces")
    page = linked.root / "traces/README.md"
    text = page.read_text("utf-8") if page.exists() else ""
    (linked.root / "traces/loop").symlink_to("..")
    (linked.root / "traces/same.necptrace").symlink_to("client/gone.necptrace")
    printed = linked.run(*command, "traces")
    assert (printed.status, printed.out) == (0, before.out)
    assert (page.read_text("utf-8") if page.exists() else "") == text
    assert "traces/loop is a link that leads back to" in printed.err
    assert "traces/same.necptrace is the same file as" in printed.err


def test_a_check_of_scenarios_finds_left_over_traces_in_linked_folders(linked: Workplace) -> None:
    printed = linked.run("record", "scenarios", "-o", "traces", "--check")
    assert printed.status == 1
    assert "traces/client/gone.necptrace: no scenario makes it" in printed.out


def test_a_name_that_is_not_valid_text_is_printed_with_escapes(linked: Workplace) -> None:
    Path("traces/l\x1b[2J").symlink_to("nowhere")
    printed = linked.run("replay", "traces")
    assert "\x1b" not in printed.err
    assert "traces/l\\x1b[2J is a broken link" in printed.err


def test_vectors_in_a_linked_folder_are_imported(workplace: Workplace) -> None:
    workplace.write("elsewhere/x.jsonl", VECTORS)
    workplace.write("vectors/y.jsonl", VECTORS)
    (workplace.root / "vectors/more").symlink_to("../elsewhere")
    (workplace.root / "vectors/loop").symlink_to("..")
    assert workplace.run("import", "vectors", "vectors", "-o", "imported").status == 0
    found = sorted(path.name for path in (workplace.root / "imported").rglob("*.necptrace"))
    assert len(found) == 2
