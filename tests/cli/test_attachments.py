"""Files are attached to traces, listed and extracted, and hostile names do no harm."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from necp_replay.trace.header import Attachment
from tests.cli.workplace import SCENARIO, Workplace
from tests.trace.traces import HEADER, trace_of


def with_attachments(workplace: Workplace, *names: str) -> str:
    attachments = tuple(Attachment(name, "text/plain", b"content") for name in names)
    path = workplace.root / "a.necptrace"
    path.write_bytes(trace_of(header=replace(HEADER, attachments=attachments)))
    return path.name


def test_an_attached_file_is_extracted_unchanged(workplace: Workplace) -> None:
    trace = workplace.record()
    workplace.write("README.md", "# Read me\n")
    (workplace.root / "noise").write_bytes(bytes(range(256)))
    printed = workplace.run(
        *("attachments", str(trace), "--add", "README.md", "--add", "noise", "-o", "a.necptrace")
    )
    assert printed.status == 0
    assert workplace.run("doctor", "a.necptrace").status == 0
    assert workplace.run("attachments", "a.necptrace", "--extract", "files").status == 0
    assert Path("files/README.md").read_text() == "# Read me\n"
    assert Path("files/noise").read_bytes() == bytes(range(256))
    before, after = (
        workplace.run("convert", str(path)).out.splitlines() for path in (trace, "a.necptrace")
    )
    assert before[1:] == after[1:]


def test_attachments_are_listed(workplace: Workplace) -> None:
    trace = with_attachments(workplace, "README.md")
    printed = workplace.run("attachments", trace)
    assert printed.out.splitlines()[-1].split() == ["README.md", "text/plain", "7"]
    assert workplace.run("attachments", trace, "--json").json()["attachments"] == [
        {"name": "README.md", "media_type": "text/plain", "bytes": 7, "written_to": None}
    ]
    assert workplace.run("attachments", str(workplace.record())).out == "no attachments\n"


def test_files_are_attached_while_recording(workplace: Workplace) -> None:
    workplace.write("scenarios/remove.py", SCENARIO)
    workplace.write("README.md", "# Read me\n")
    printed = workplace.run(
        *("record", "scenarios/remove.py", "-o", "traces"),
        *("--attach", "README.md", "--attach-source"),
    )
    assert printed.status == 0
    workplace.run("attachments", "traces/remove_twice.necptrace", "--extract", "files")
    assert Path("files/README.md").read_text() == "# Read me\n"
    assert Path("files/remove.py").read_text() == SCENARIO
    checked = workplace.run("record", "scenarios/remove.py", "-o", "traces", "--check")
    assert checked.status == 0


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../a", "/etc/a", "a/b", "a\\b", "c:a", ".bashrc", "-rf", "a\0b", "a\nb"),
        *("a\x1b[2J", "\u202eb", "a.", " a", "x" * 256),
    ],
    ids=ascii,
)
def test_no_name_of_an_attachment_leads_out_of_the_folder(workplace: Workplace, name: str) -> None:
    printed = workplace.run("attachments", with_attachments(workplace, name), "--extract", "files")
    assert printed.status == 2
    assert "not a plain file name" in printed.err
    assert printed.err.replace("\n", "").isprintable()
    assert not Path("files").exists()


def test_names_that_differ_only_in_case_are_refused(workplace: Workplace) -> None:
    trace = with_attachments(workplace, "README", "readme")
    assert "two attachments" in workplace.run("attachments", trace, "--extract", "files").err


def test_no_file_is_replaced_and_no_link_followed(workplace: Workplace) -> None:
    trace = with_attachments(workplace, "a", "b")
    Path("files").mkdir()
    os.symlink(workplace.root / "elsewhere", "files/b")
    printed = workplace.run("attachments", trace, "--extract", "files")
    assert printed.status == 2
    assert not Path("elsewhere").exists()
    assert not Path("files/a").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--add", "README.md"), "--add and -o have to be used together"),
        (("-o", "b.necptrace"), "--add and -o have to be used together"),
        (("--add", "nowhere", "-o", "b.necptrace"), "nowhere: cannot be read"),
        (("--add", "README.md", "-o", "a.necptrace"), "exists already"),
        (("--add", "README.md", "-o", "b.necptrace"), "two attachments"),
    ],
    ids=["no output", "nothing to add", "no file", "an output that is there", "a name twice"],
)
def test_wrong_options_and_files_are_refused(
    workplace: Workplace, arguments: tuple[str, ...], said: str
) -> None:
    workplace.write("README.md", "# Read me\n")
    printed = workplace.run("attachments", with_attachments(workplace, "README.md"), *arguments)
    assert printed.status == 2
    assert said in printed.err
    assert not Path("b.necptrace").exists()
