"""Hostile vectors and archives: one clear error, nothing outside the output, bounded memory."""

from __future__ import annotations

import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from necp_replay.errors import NecpReplayError, VectorError
from necp_replay.importers.vectors import import_vectors
from necp_replay.trace.reader import TraceReader

HEAD = b'{"vectors":1,"release":"xnu-4570.51.1","name":"a"}\n'
OPERATION = b'{"op":"necp_open","pid":100,"out":{"errno":0,"retval":3,"effects":[]}}\n'
VECTOR = HEAD + OPERATION


def archive_of(*members: tuple[str, bytes], compressed: bool = False) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:xz" if compressed else "w") as tar:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def refusal(tmp_path: Path, name: str, content: bytes) -> VectorError:
    """The error that importing these bytes ends with; nothing may be left of the last trace."""
    (tmp_path / "source").mkdir()
    source = tmp_path / "source" / name
    source.write_bytes(content)
    with pytest.raises(VectorError) as caught:
        import_vectors([source], tmp_path / "output")
    assert str(caught.value.file).startswith(str(source))
    assert not list(tmp_path.rglob("*.partial"))
    assert {path.name for path in tmp_path.iterdir()} <= {"source", "output"}
    return caught.value


def operation(**changes: Any) -> bytes:
    call: dict[str, Any] = {"op": "necp_open", "pid": 100, "out": {"errno": 0, "retval": 3}}
    return HEAD + json.dumps(call | changes).encode() + b"\n"


def buffer_nest(depth: int) -> dict[str, Any]:
    buffer: dict[str, Any] = {"hex": "", "bytes": 8}
    for _ in range(depth):
        buffer = {"hex": "", "bytes": 8, "pointers": [{"offset": 0, "to": buffer}]}
    return buffer


LINES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "the file is empty"),
    "no JSON": (b"hello\n", "line 1: not JSON"),
    "no UTF-8": (HEAD + b'{"op":"\xff"}\n', "line 2: not JSON"),
    "an array": (HEAD + b"[]\n", "line 2: not a JSON object"),
    "a number": (b"1\n", "line 1: not a JSON object"),
    "another version": (b'{"vectors":2}\n', "line 1: not a vector"),
    "a release that is a number": (b'{"vectors":1,"release":1,"name":"a"}\n', "names no release"),
    "a release that is a path": (
        b'{"vectors":1,"release":"../../etc","name":"a"}\n' + OPERATION,
        "the release is not a plain name",
    ),
    "a name of half a character": (
        b'{"vectors":1,"release":"r","name":"\\ud800"}\n' + OPERATION,
        "cannot be a trace",
    ),
    "no outcome": (HEAD + b'{"op":"necp_open","pid":1}\n', "line 2: the operation has no outcome"),
    "an unknown operation": (operation(op="reboot"), "line 2: op: unknown operation 'reboot'"),
    "an operation of another type": (operation(op=["necp_open"]), "line 2: op: unknown operation"),
    "an unknown field": (operation(speed=1), "line 2: necp_open"),
    "text for a number": (operation(pid="100"), "line 2: necp_open: pid"),
    "a truth for a number": (operation(pid=True), "line 2: necp_open: pid"),
    "nothing for a number": (operation(pid=None), "line 2: necp_open: pid"),
    "a fraction for a number": (operation(pid=1.5), "line 2: necp_open: pid"),
    "an infinite number": (HEAD + OPERATION.replace(b"100", b"Infinity"), "line 2: necp_open: pid"),
    "a number of 65 bits": (operation(pid=1 << 64), "line 2: "),
    "a number of many digits": (HEAD + OPERATION.replace(b"100", b"9" * 5000), "line 2: not JSON"),
    "ids of the wrong length": (operation(uuids=["00"]), "line 2: "),
    "no hexadecimal digits": (operation(uuids=["zz" * 16]), "line 2: "),
    "an outcome of another type": (operation(out=[]), "line 2: the operation has no outcome"),
    "effects of another type": (operation(out={"errno": 0, "effects": {}}), "line 2: "),
    "nesting without end": (HEAD + b'{"a":' * 200_000 + b"\n", "line 2: not JSON"),
    "arrays without end": (HEAD + b"[" * 60_000 + b"\n", "line 2: not JSON"),
    "longer arrays": (HEAD + b"[" * 3_000_000 + b"\n", "line 2: not a JSON object"),
    "buffers that nest too deep": (
        operation(op="necp_client_action", fd=3, action=1, buffer=buffer_nest(40)),
        "line 2: ",
    ),
    "a name said twice": (HEAD + b'{"op":"necp_open","op":"close"}\n', "occurs twice"),
    "millions of parts": (HEAD + b'{"a":[' + b"1," * 4_000_001, "line 2: a line of more than"),
}


@pytest.mark.parametrize(("content", "reason"), LINES.values(), ids=LINES)
def test_a_hostile_line_is_refused_with_its_place(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    error = refusal(tmp_path, "a.jsonl", content)
    assert reason in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("name", ["../a.jsonl", "/a.jsonl", "a/../../b.jsonl", "a\\b.jsonl"])
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    error = refusal(tmp_path, "a.tar", archive_of((name, VECTOR)))
    assert "the path would leave the output folder" in str(error)


def test_links_and_devices_in_an_archive_are_passed_over(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            member = tarfile.TarInfo("a.jsonl")
            member.type = kind
            member.linkname = "/etc/passwd"
            tar.addfile(member)
    assert "no .jsonl file" in str_of_refusal(tmp_path, stream.getvalue())


def str_of_refusal(tmp_path: Path, archive: bytes) -> str:
    source = tmp_path / "a.tar"
    source.write_bytes(archive)
    with pytest.raises(VectorError) as caught:
        import_vectors([source], tmp_path / "output")
    return str(caught.value)


def test_an_archive_cut_anywhere_is_refused(tmp_path: Path) -> None:
    archive = archive_of(("a.jsonl", VECTOR), ("b.jsonl", VECTOR))
    # After the first block of zeros nothing is missing.
    for length in range(0, 4 * tarfile.BLOCKSIZE + 1, 64):
        assert "a.tar" in str_of_refusal(tmp_path, archive[:length])


def test_a_compressed_archive_cut_anywhere_is_refused_or_whole(tmp_path: Path) -> None:
    members = [(f"{number}.jsonl", VECTOR) for number in range(40)]
    archive = archive_of(*members, compressed=True)
    source = tmp_path / "a.tar.xz"
    refused = 0
    for length in range(0, len(archive), 7):
        source.write_bytes(archive[:length])
        try:
            assert import_vectors([source], tmp_path / "output").traces == 40
        except VectorError as error:
            assert "a.tar.xz" in str(error)
            refused += 1
    assert refused > len(archive) // 7 // 2


def test_damaged_headers_in_an_archive_are_not_taken_for_its_end(tmp_path: Path) -> None:
    archive = bytearray(archive_of(("a.jsonl", VECTOR), ("b.jsonl", VECTOR)))
    archive[2 * tarfile.BLOCKSIZE + 3] ^= 1
    assert "damaged or cut short" in str_of_refusal(tmp_path, bytes(archive))


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    archive = archive_of(("a.jsonl", VECTOR), ("a.jsonl", VECTOR))
    assert "two vectors would both become" in str_of_refusal(tmp_path, archive)


def test_a_file_where_a_folder_should_be_is_an_error(tmp_path: Path) -> None:
    archive = archive_of(("a.necptrace.jsonl", VECTOR), ("a.necptrace/b.jsonl", VECTOR))
    (tmp_path / "output").write_bytes(b"")
    assert "cannot be made" in str_of_refusal(tmp_path, archive)


_BOMB = """\
import resource, sys
from pathlib import Path
from necp_replay.errors import VectorError
from necp_replay.importers.vectors import import_vectors
resource.setrlimit(resource.RLIMIT_AS, (900 << 20, 900 << 20))
try:
    import_vectors([Path(sys.argv[1])], Path(sys.argv[2]))
except VectorError as error:
    print(error)
"""


def bomb_of(head: bytes, content_bytes: int) -> bytes:
    """An archive that begins so, and goes on with one bracket again and again, compressed."""
    compressor = lzma.LZMACompressor(preset=0)
    block = b"{" * (1 << 22)
    parts = [compressor.compress(head)]
    parts += [compressor.compress(block) for _ in range(content_bytes // len(block))]
    return b"".join([*parts, compressor.flush()])


def header_of(kind: bytes, size: int) -> bytes:
    member = tarfile.TarInfo("a.jsonl")
    member.type = kind
    member.size = size
    return member.tobuf()


@pytest.mark.parametrize(
    ("kind", "content_bytes", "reason"),
    [
        (tarfile.XHDTYPE, 1 << 23, "an archive with a name of 2147483648 bytes"),
        (tarfile.GNUTYPE_LONGNAME, 1 << 23, "an archive with a name of 2147483648 bytes"),
        (tarfile.REGTYPE, 272 << 20, "a line of more than 256 MiB"),
    ],
    ids=["extended header", "long name", "line"],
)
def test_a_decompression_bomb_is_refused_in_bounded_memory(
    tmp_path: Path, kind: bytes, content_bytes: int, reason: str
) -> None:
    source = tmp_path / "a.tar.xz"
    source.write_bytes(bomb_of(header_of(kind, 1 << 31), content_bytes))
    command = [sys.executable, "-c", _BOMB, str(source), str(tmp_path / "output")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert reason in run.stdout


def test_an_endless_line_that_is_no_object_is_refused_by_its_beginning(tmp_path: Path) -> None:
    """256 MiB are read only of what may become an object."""
    tracemalloc.start()
    with pytest.raises(VectorError, match="/dev/zero: line 1: not a JSON object"):
        import_vectors([Path("/dev/zero")], tmp_path / "output")
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


@pytest.mark.parametrize("blanks", [0, 1 << 17])
def test_a_long_line_after_blanks_is_an_object(tmp_path: Path, blanks: int) -> None:
    long = b" " * blanks + HEAD.replace(b'"a"', b'"' + b"a" * (1 << 17) + b'"')
    source = tmp_path / "a.jsonl"
    source.write_bytes(long + OPERATION)
    assert import_vectors([source], tmp_path / "output").records == 1


def test_what_is_sound_in_an_archive_is_imported(tmp_path: Path) -> None:
    source = tmp_path / "a.tar.xz"
    members = [("named/a.jsonl", VECTOR), ("named/README", b"?"), ("b.jsonl", VECTOR)]
    source.write_bytes(archive_of(*members, compressed=True))
    counts = import_vectors([source], tmp_path / "output")
    assert (counts.traces, counts.records) == (2, 2)
    with TraceReader(tmp_path / "output" / "xnu-4570.51.1" / "named" / "a.necptrace") as reader:
        assert len(list(reader)) == 1


def test_what_is_wrong_with_one_vector_does_not_end_the_import(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "deep").mkdir(parents=True)
    (source / "a.jsonl").write_bytes(b"no vector\n")
    (source / "b.jsonl").write_bytes(VECTOR)
    members = [("c.jsonl", HEAD + b"{}\n"), ("d.jsonl", VECTOR)]
    (source / "cd.tar").write_bytes(archive_of(*members))
    (source / "deep/damaged.tar.xz").write_bytes(b"no archive")
    (source / "deep/e.jsonl").symlink_to("nowhere")
    (source / "z.jsonl").write_bytes(VECTOR)
    errors: list[NecpReplayError] = []
    sources = [tmp_path / "missing.jsonl", source]
    counts = import_vectors(sources, tmp_path / "output", on_error=errors.append)
    assert (counts.traces, counts.records, counts.failed) == (3, 3, 5)
    written = sorted(path.name for path in (tmp_path / "output").rglob("*.*"))
    assert written == ["b.necptrace", "d.necptrace", "xnu-4570.51.1", "z.necptrace"]
    places = [str(error.file).removeprefix(f"{tmp_path}/") for error in errors]
    assert sorted(places) == [
        "missing.jsonl",
        "source/a.jsonl",
        "source/cd.tar:c.jsonl",
        "source/deep/damaged.tar.xz",
        "source/deep/e.jsonl",
    ]


@pytest.mark.parametrize("other", ["A", "E\u0301"])
def test_vectors_whose_traces_a_file_system_takes_for_one_are_refused(
    tmp_path: Path, other: str
) -> None:
    same = {"A": "a", "E\u0301": "\u00c9"}[other]
    archive = archive_of((f"{same}.jsonl", VECTOR), (f"{other}.jsonl", VECTOR))
    assert "ignores case or Unicode normal form" in str_of_refusal(tmp_path, archive)
    alone = tmp_path / "alone.tar"
    alone.write_bytes(archive_of((f"{other}.jsonl", VECTOR)))
    with pytest.raises(VectorError, match="ignores case or Unicode normal form"):
        import_vectors([alone], tmp_path / "output")


def test_names_of_any_bytes_are_imported(tmp_path: Path) -> None:
    source = tmp_path / os.fsdecode(b"so\xffurce") / os.fsdecode(b"in\xfe")
    source.mkdir(parents=True)
    (source / os.fsdecode(b"a\xff.jsonl")).write_bytes(VECTOR)
    assert import_vectors([source.parent], tmp_path / "output").traces == 1
    (trace,) = (tmp_path / "output").rglob("*.necptrace")
    assert os.fsencode(trace.name) == b"a\xff.necptrace"
    with TraceReader(trace) as reader:
        assert reader.header.name == "in%FE/a%FF"
