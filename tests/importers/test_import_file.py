"""Files of other tools become traces: the format is found, unrelated lines are left out."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from necp_replay.errors import ImportedFileError
from necp_replay.importers.import_file import ImportReport, import_file
from necp_replay.importers.seen_call import LineNote
from necp_replay.releases.lineage import NEWEST
from necp_replay.trace.header import SourceKind
from necp_replay.trace.reader import TraceReader
from tests.importers.samples import SAMPLES

NOISE = b"read(3, 0x16, 16) = 16\nnothing at all\n"


def imported(tmp_path: Path, content: bytes, **options: Any) -> ImportReport:
    source = tmp_path / "source"
    source.write_bytes(content)
    return import_file(source, tmp_path / "out" / "a.necptrace", NEWEST, **options)


@pytest.mark.parametrize("name", sorted(SAMPLES.keys() - {"kdebug", "policy-dump", "sockfuzzer"}))
def test_the_format_is_found_below_thousands_of_other_lines(tmp_path: Path, name: str) -> None:
    report = imported(tmp_path, NOISE * 2_000 + SAMPLES[name] + NOISE)
    assert (report.format.name, report.calls, report.taken, report.left) == (name, 1, 1, 4_002)
    with TraceReader(tmp_path / "out" / "a.necptrace") as reader:
        assert reader.header.source_kind is SourceKind.IMPORT
        assert reader.header.source == name
        assert len(list(reader)) == report.records == 3


def test_every_line_has_a_note(tmp_path: Path) -> None:
    notes: list[LineNote] = []
    report = imported(tmp_path, NOISE + SAMPLES["strace"] + b"necp_open(\n", note=notes.append)
    assert [(note.line, note.is_taken) for note in notes] == [
        *((1, False), (2, False), (3, True), (4, False))
    ]
    assert "necp_open(flags 0) = 4" in notes[2].text
    assert report.left == 3


REFUSED: dict[str, tuple[bytes, str]] = {
    "an empty file": (b"", "the file is empty"),
    "another text": (b"hello\nworld\n", "no known format: 2 lines, none of them names NECP"),
    "a text about NECP": (b"necp is\n", "no known format: 1 line, it names NECP"),
    "bytes": (bytes(range(256)) * 9, "of no known format"),
    "a packed file": (b"\x1f\x8b\x08\x00", "a file packed with gzip"),
    "our own recording": (b"NECPCAP1" + bytes(99), "recording of necp-replay's own capture"),
    "UTF-16": ("necp_open(0) = 4\n".encode("utf-16"), "text in UTF-16"),
    "counters": (b"\t\t0 packets dropped due to NECP policy\n", "counters of dropped packets"),
    "a sandbox profile": (b"(deny necp-client-open)\n", "a sandbox profile"),
    "a stack": (b"Network  nw_path_necp_check_for_updates\n", "a stack of function names"),
    "closings alone": (b"necp_x\nclose(4) = 0\n", "of no known format"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_trace_is_refused_in_one_line(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(ImportedFileError) as caught:
        imported(tmp_path, content)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value.file) == str(tmp_path / "source")
    assert not list(tmp_path.rglob("*.necptrace*"))


def test_a_named_format_that_finds_no_call_is_refused(tmp_path: Path) -> None:
    from necp_replay.importers.formats import find_format

    with pytest.raises(ImportedFileError, match="shows no call of NECP"):
        imported(tmp_path, SAMPLES["strace"], format=find_format("f8"))


@pytest.mark.parametrize("path", ["missing", "."])
def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, path: str) -> None:
    with pytest.raises(ImportedFileError):
        import_file(tmp_path / path, None, NEWEST)


def test_input_without_end_is_refused() -> None:
    with pytest.raises(ImportedFileError, match="/dev/zero: line 1: a line of more than 64 MiB"):
        import_file(Path("/dev/zero"), None, NEWEST)


def test_a_pipe_is_refused_before_anybody_writes_to_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(ImportedFileError, match="it cannot be read twice"):
        import_file(tmp_path / "fifo", None, NEWEST)


def test_an_endless_line_takes_bounded_memory(tmp_path: Path) -> None:
    source = tmp_path / "source"
    with source.open("wb") as stream:
        stream.write(b"necp_open(0) = 4\n")
        for _ in range(40):
            stream.write(b"necp_open " * 100_000)
    tracemalloc.start()
    report = import_file(source, None, NEWEST)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (report.calls, report.lost) == (1, 1)
    assert peak < 32 << 20
