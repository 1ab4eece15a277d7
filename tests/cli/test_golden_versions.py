"""`accept --reformat`, and goldens of all versions beside each other."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest

from necp_replay.golden.reader import parse_golden
from tests.cli.workplace import GOLDENS, NEW, OLD, Workplace

TWO_FDS = """\
def two(system):
    app = system.add_process(pid=100)
    fd = app.necp_open()
    client = fd.add(remote="203.0.113.5:443")
    client.copy_result()
    other = app.necp_open().add(remote="203.0.113.6:443")
    other.copy_result()
"""

OLDER = pytest.mark.parametrize("version", [1, 2])


def folder(workplace: Workplace) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (workplace.root / "golden").iterdir()}


def to_version(version: int, path: Path) -> str:
    """Write a golden as older versions of the project did. Returns its text."""
    text = parse_golden(path.read_text("utf-8")).in_version(version).text()
    path.write_text(text, "utf-8")
    return text


@pytest.fixture
def accepted(workplace: Workplace) -> Workplace:
    workplace.record()
    workplace.run("accept", "traces")
    return workplace


@OLDER
def test_reformatting_gives_the_goldens_that_accept_writes(
    accepted: Workplace, version: int
) -> None:
    present = folder(accepted)
    for name in GOLDENS:
        to_version(version, accepted.root / "golden" / name)
    old = folder(accepted)
    printed = accepted.run("accept", "traces", "--reformat", "--dry-run")
    assert (printed.status, folder(accepted)) == (0, old)
    assert f"{len(GOLDENS)} goldens would be rewritten in version 3" in printed.out
    printed = accepted.run("accept", "traces", "--reformat")
    assert f"golden/{GOLDENS[0]} -> version 3" in printed.out
    assert (printed.status, folder(accepted)) == (0, present)
    printed = accepted.run("accept", "traces", "--reformat")
    assert f"0 goldens rewritten in version 3, {len(GOLDENS)} had it already" in printed.out


def test_all_versions_have_the_same_verdicts_and_reports(accepted: Workplace) -> None:
    golden = accepted.root / "golden" / f"remove_twice@{NEW}.golden"
    golden.write_text(golden.read_text("utf-8").replace("-> ENOENT", "-> EINVAL"), "utf-8")

    def reported() -> list[tuple[int, Any]]:
        found: list[tuple[int, Any]] = []
        for release in (OLD, NEW):
            printed = accepted.run("replay", "traces", "--release", release, "--format", "json")
            report = printed.json()
            for trace in report["per_trace"]:
                del trace["seconds"]
            found.append((printed.status, report["per_trace"]))
        return found

    present = reported()
    for version in (2, 1):
        to_version(version, golden)
        assert reported() == present
    assert [status for status, _ in present] == [0, 1]


@pytest.mark.parametrize(
    ("version", "shown"),
    [
        (1, "  +9 necp_client_action REMOVE pid=100 fd=3 client=#1 -> ENOENT"),
        (2, "  +necp_client_action REMOVE pid=100 fd=3 client=#100/3.1 -> ENOENT"),
    ],
)
def test_accepting_keeps_the_version_of_a_file(
    accepted: Workplace, version: int, shown: str
) -> None:
    golden = accepted.root / "golden" / f"remove_twice@{NEW}.golden"
    old = to_version(version, golden)
    assert "0 goldens written, 1 trace unchanged" in accepted.run("accept", "traces").out
    golden.write_text(old.replace("-> ENOENT", "-> EINVAL"), "utf-8")
    printed = accepted.run("accept", "traces")
    assert golden.read_text("utf-8") == old
    assert [line for line in printed.out.splitlines() if line.startswith("  +")] == [shown]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (
            "    IP_PROTOCOL: 6\n",
            "    IP_PROTOCOL: 17\n",
            "passed > buffer[41 bytes] > IP_PROTOCOL",
        ),
        ("    IP_PROTOCOL: 6\n", "", "passed > buffer[41 bytes] > IP_PROTOCOL"),
        ("  buffer: 1024 bytes\n-> ok", "  buffer: 10 bytes\n-> ok", "passed > buffer"),
    ],
    ids=["changed", "missing", "a length"],
)
def test_a_golden_of_other_inputs_fails_at_the_record(
    accepted: Workplace, old: str, new: str, field: str
) -> None:
    golden = accepted.root / "golden" / f"remove_twice@{NEW}.golden"
    text = golden.read_text("utf-8")
    assert old in text
    golden.write_text(text.replace(old, new), "utf-8")
    printed = accepted.run("replay", "traces", "--format", "json")
    assert printed.status == 1
    (example,) = printed.json()["per_trace"][0]["examples"]
    assert [each["field"] for each in example["differences"]] == [field]
    assert example["differences"][0]["layer"] == "inputs"
    accepted.run("accept", "traces")
    assert golden.read_text("utf-8") == text


def test_a_golden_of_other_records_is_not_reformatted(accepted: Workplace) -> None:
    golden = accepted.root / "golden" / f"remove_twice@{NEW}.golden"
    old = to_version(1, golden).replace("8 necp_client_action REMOVE", "8 necp_client_action AGENT")
    golden.write_text(old, "utf-8")
    before = folder(accepted)
    printed = accepted.run("accept", "traces", "--reformat")
    assert printed.status == 2
    assert f"golden/{golden.name}: line" in printed.err
    assert "it was made for other inputs: record 8 of the trace is another one" in printed.err
    assert folder(accepted) == before


def test_reformat_cannot_be_combined_with_accepting(accepted: Workplace) -> None:
    for option in (["--fingerprint", "0123456789"], ["--remove-unused"], ["--engine", "x"]):
        printed = accepted.run("accept", "traces", "--reformat", *option)
        assert printed.status == 2
        assert "--reformat changes nothing of what goldens say" in printed.err


def changed_lines(workplace: Workplace, inserted: str) -> list[str]:
    """The lines of the golden that change when a line is put into the scenario."""
    texts = []
    for text in (TWO_FDS, TWO_FDS.replace("    client.copy", f"{inserted}\n    client.copy")):
        workplace.write("s.py", text)
        assert workplace.run("record", "s.py", "-o", "traces").status == 0
        assert workplace.run("accept", "traces").status == 0
        texts.append((workplace.root / "golden" / "two.golden").read_text("utf-8").splitlines())
    lines = difflib.unified_diff(texts[0], texts[1], n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def test_an_inserted_record_changes_only_its_own_lines(workplace: Workplace) -> None:
    assert changed_lines(workplace, "    client.copy_result()") == [
        "+necp_client_action COPY_RESULT pid=100 fd=3 client=#100/3.1",
        "+  buffer: 1024 bytes",
        "+-> ok retval=39",
        "+  buffer: 39 bytes",
        "+    FLAGS: 0x00000000",
        "+    CLIENT_ID: #100/3.1",
        "+    POLICY_RESULT: 0 NONE",
    ]


def test_an_inserted_client_changes_no_name_of_another_fd(workplace: Workplace) -> None:
    lines = changed_lines(workplace, "    fd.add()")
    assert "+  generated: #100/3.2" in lines
    assert [line for line in lines if line.startswith("-")] == [
        "-    necp_client_count: 2",
        "-    readable: 0",
    ]


WITH_TEXTS = """\
def texts(system):
    system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.add_agent("my agent", domain="Domain", type="Type")
    system.add_socket("to the office").register(system.add_process(pid=100).necp_open().add())
"""


def test_titles_can_be_read_in_the_newest_version_and_in_all_reports(workplace: Workplace) -> None:
    workplace.write("s.py", WITH_TEXTS)
    assert workplace.run("record", "s.py", "-o", "traces").status == 0
    assert workplace.run("accept", "traces").status == 0
    (report,) = workplace.run("replay", "traces", "--format", "json").json()["per_trace"]
    golden = workplace.root / report["golden"]
    present = golden.read_text("utf-8")
    assert 'session="my agent"' in present and 'domain="Domain" type="Type"' in present
    old = to_version(2, golden)
    assert r"session=my\x20agent" in old and "domain=0x446f6d61696e type=0x54797065" in old
    newer = workplace.write("newer.golden", present)
    assert workplace.run("diff", str(newer), str(golden)).status == 0
    golden.write_text(old.replace("-> ok", "-> EPERM"), "utf-8")
    (report,) = workplace.run("replay", "traces", "--format", "json").json()["per_trace"]
    titles = " ".join(each["title"] for each in report["examples"])
    assert 'session="my agent"' in titles and 'domain="Domain"' in titles
    workplace.run("accept", "traces")
    assert golden.read_text("utf-8") == old
