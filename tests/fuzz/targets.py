"""What fuzzing calls with any bytes: nothing but the errors that are meant may come out."""

from __future__ import annotations

import contextlib
import io
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import lz4.frame

from necp_replay.capture.environment import SystemEnvironment
from necp_replay.capture.recording import CallRecording
from necp_replay.capture.trace import write_trace
from necp_replay.errors import ImportedFileError, TraceError, VectorError
from necp_replay.events.clock import Now, TimerFire
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome, TimerAnswer
from necp_replay.importers.import_file import import_file as import_of_another_tool
from necp_replay.importers.vectors import import_vectors, read_vector
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import NEWEST, RELEASES
from necp_replay.tools.doctor import examine
from necp_replay.trace import frames
from necp_replay.trace.pb import trace_pb2
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.recovery import recover
from tests.capture.recordings import CALLS, recording_of
from tests.importers.samples import SAMPLES
from tests.trace.hostile import START
from tests.trace.traces import trace_of

Target = Callable[[bytes], None]
VECTOR: Final = b"""\
{"vectors":1,"release":"xnu-4570.51.1","name":"a"}
{"op":"proc_add","pid":100,"name":"app","out":{"errno":0,"effects":[]}}
{"op":"necp_open","pid":100,"out":{"errno":0,"retval":3,"effects":[]}}
{"op":"necp_client_action","pid":100,"fd":3,"action":1,"client_id":{"hex":"","bytes":16},\
"client_id_len":16,"buffer":{"hex":"0104000000","bytes":5},"buffer_size":5,"uuids":\
["00112233445566778899aabbccddeeff"],"out":{"errno":0,"retval":0,"client_id":\
"00112233445566778899aabbccddeeff","buffer":"01","effects":[{"kind":"wake","pid":100,"fd":3}]}}
"""


def read_file(content: bytes) -> None:
    """A file as it is."""
    _read(content)


def read_chunk(content: bytes) -> None:
    """A chunk with any message, its frame and checksums right."""
    _read(START + frames.chunk_frame(content))


def read_index(content: bytes) -> None:
    """A trace with any index, its checksum right."""
    _read(START + frames.index_frame(content))


def read_blocks(content: bytes) -> None:
    """A chunk whose frame begins as it should and goes on in any way."""
    head = lz4.frame.compress(b"", store_size=True, content_checksum=True, block_checksum=True)
    _read(START + head[:15] + content)


def recover_file(content: bytes) -> None:
    """Recovery of any file, and what it gives."""
    with _folder() as folder:
        damaged = folder / "damaged"
        damaged.write_bytes(content)
        with contextlib.suppress(TraceError):
            examine(damaged)
        try:
            recover(damaged, folder / "recovered")
        except TraceError:
            return
        examine(folder / "recovered")
        with TraceReader(folder / "recovered") as reader:
            for _ in reader.chunks():
                continue


def import_lines(content: bytes) -> None:
    """A vector of any lines."""
    with contextlib.suppress(VectorError):
        _, operations = read_vector(io.BytesIO(content), "fuzz")
        for _ in operations:
            continue


def import_file(content: bytes) -> None:
    """A vector imported to a trace, which then reads back."""
    _import("a.jsonl", content)


def import_archive(content: bytes) -> None:
    """An archive of any bytes."""
    _import("a.tar", content)
    _import("a.tar.xz", content)


def import_foreign(content: bytes) -> None:
    """A file of another tool, in any format: its trace reads back and replays."""
    with _folder() as folder:
        source, target = folder / "source", folder / "trace"
        source.write_bytes(content)
        try:
            import_of_another_tool(source, target, NEWEST)
        except ImportedFileError:
            assert sorted(folder.iterdir()) == [source]
            return
        machine = Machine(RELEASES[NEWEST])
        with TraceReader(target) as reader:
            for _, step, _ in reader:
                machine.submit(step)


def capture_recording(content: bytes) -> None:
    """A recording of any bytes: its trace reads back and replays."""
    with _folder() as folder:
        source, target = folder / "source", folder / "trace"
        source.write_bytes(content)
        try:
            with CallRecording(source) as recording:
                write_trace(recording, target, NEWEST, 212, SystemEnvironment((), ()))
        except TraceError:
            return
        machine = Machine(RELEASES[NEWEST])
        with TraceReader(target) as reader:
            for _, step, _ in reader:
                machine.submit(step)


_MEMORY: Final = Path("/dev/shm")
"""Syncing files to a real disk would take most of the time."""
READER: Final = (read_file, read_chunk, read_index, read_blocks, recover_file)
IMPORTERS: Final = (
    import_lines,
    import_file,
    import_archive,
    import_foreign,
    capture_recording,
)


def reader_seeds() -> Iterator[bytes]:
    """Inputs to start from: the number of the target, then its content."""
    trace = trace_of(flush_after=2)
    yield b"\0" + trace
    yield b"\4" + trace
    reader = frames.FrameReader(io.BytesIO(trace))
    for frame in iter(reader.read_frame, None):
        if frame.magic == frames.CHUNK_MAGIC:
            yield b"\1" + frames.decompress(frame)
            yield b"\3" + frame.data[15:]
        elif frame.magic == frames.INDEX_MAGIC:
            yield b"\2" + frames.index_of(frame)
    everything = [(Step(Now(5)), None), (Step(TimerFire()), Outcome(answer=TimerAnswer(True)))]
    yield b"\0" + trace_of(everything)
    yield b"\1" + trace_pb2.Chunk(first_record=1, record_count=0).SerializeToString()


def importer_seeds() -> Iterator[bytes]:
    """The same for importers."""
    yield b"\0" + VECTOR
    yield b"\1" + VECTOR
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        member = tarfile.TarInfo("named/a.jsonl")
        member.size = len(VECTOR)
        tar.addfile(member, io.BytesIO(VECTOR))
    yield b"\2" + archive.getvalue()
    for sample in SAMPLES.values():
        yield b"\3" + sample
    yield b"\4" + recording_of(CALLS)


def _read(content: bytes) -> None:
    with contextlib.suppress(TraceError), TraceReader(io.BytesIO(content)) as reader:
        for _ in reader:
            continue
    with contextlib.suppress(TraceError), TraceReader(io.BytesIO(content)) as reader:
        index = reader.read_index()
        _ = index.kinds, index.clock_range_ns, index.content_bytes
        reader.verify()
        for _ in reader.records(max(index.records, 1)):
            continue


def _import(name: str, content: bytes) -> None:
    with _folder() as folder:
        source, output = folder / name, folder / "output"
        source.write_bytes(content)
        with contextlib.suppress(VectorError):
            import_vectors([source], output)
        for path in folder.rglob("*"):
            if path.suffix == ".necptrace":
                assert path.is_relative_to(output)
                with TraceReader(path) as reader:
                    for _ in reader:
                        continue
            else:
                # A trace that is given up leaves no file.
                assert path.is_dir() or path == source, path


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        yield Path(name)
