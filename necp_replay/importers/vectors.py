"""Imports conformance vectors: operations with the outcomes measured on the real kernel code.

A vector is a file of JSON lines. The first line names the release, every other one is an operation
with its outcome (docs/traces.md). Each vector becomes one trace. The trace begins with records
without an outcome: they state what is known of the measured kernel and is in no vector.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from tqdm import tqdm

from necp_replay.abi.client import ClientAction
from necp_replay.dataclass import dataclass
from necp_replay.errors import NecpReplayError, VectorError, WriteError, hint_for
from necp_replay.events.inputs import Input, Step
from necp_replay.events.json_form import outcome_from_json, step_from_json
from necp_replay.events.json_lines import read_json_lines
from necp_replay.events.outcome import ActionBuffers, Outcome
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.files.folded_names import FoldedNames, folded, told_apart
from necp_replay.files.stored_name import stored_path
from necp_replay.files.walk import walk_files
from necp_replay.importers.archive import ARCHIVE_SUFFIXES, read_archive
from necp_replay.importers.kernel_keys import known_choices
from necp_replay.trace.find import TRACE_SUFFIX
from necp_replay.trace.header import Header, OutcomeDetail, SourceKind
from necp_replay.trace.writer import TraceWriter

VECTOR_SUFFIX = ".jsonl"
_PROGRESS_DELAY_S = 2
_RENAME = "Rename one, or import them into two folders."
_NO_VECTOR = (
    f"Name {VECTOR_SUFFIX} files, folders of them, or {' and '.join(ARCHIVE_SUFFIXES)} files."
)
_FIRST_LINE_BYTES = 65_536
_VECTOR_MARK = re.compile(rb'"vectors"\s*:')
_SIGNATURE_OPTIONS = frozenset(("socket_set_resolver_signature", "socket_get_resolver_signature"))
_WRITE_CLIENT_ID = frozenset((ClientAction.ADD, ClientAction.COPY_CLIENT_UPDATE))
"""Actions that write the client id."""


@dataclass(slots=True)
class ImportCounts:
    """How many traces and records an import wrote, and how many vectors or sources failed."""

    traces: int = 0
    records: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class VectorHead:
    """The first line of a vector: the release it was measured on, and its name."""

    release: str
    name: str


def import_vectors(
    sources: Iterable[Path],
    output: Path,
    *,
    on_error: Callable[[NecpReplayError], object] | None = None,
    progress: bool = False,
) -> ImportCounts:
    """Write a trace for each vector, as ``output``/RELEASE/PATH.

    Sources are ``.jsonl`` files, and folders or ``.tar.xz`` archives of them; PATH is the path in
    the folder or archive. Errors of one vector or source go to ``on_error``, and the others are
    imported. Without it VectorError and WriteError are raised, and traces that were complete before
    stay. Raises VectorError where there is no vector.
    """
    counts = ImportCounts()
    targets = _Targets(output)

    def fail(error: NecpReplayError) -> None:
        if on_error is None:
            raise error
        counts.failed += 1
        on_error(error)

    with tqdm(unit="trace", disable=not progress, leave=False, delay=_PROGRESS_DELAY_S) as bar:
        for source in sources:
            for file in _files_of(source, fail):
                try:
                    for label, relative, stream in _vectors_of(*file):
                        try:
                            records = _import_one(label, relative, stream, targets)
                        except (VectorError, WriteError) as error:
                            fail(error)
                            continue
                        counts.traces += 1
                        counts.records += records
                        bar.update()
                except VectorError as error:
                    fail(error)
    if not counts.traces and not counts.failed:
        raise VectorError(f"no {VECTOR_SUFFIX} file in the sources", hint=_NO_VECTOR)
    return counts


def is_vector_source(path: Path) -> bool:
    """Whether a path is a folder, an archive, or a file that begins as a vector does."""
    if path.is_dir() or path.name.endswith(ARCHIVE_SUFFIXES):
        return True
    if path.suffix != VECTOR_SUFFIX:
        return False
    try:
        with path.open("rb") as stream:
            beginning = stream.readline(_FIRST_LINE_BYTES)
    except OSError:
        return False
    return _VECTOR_MARK.search(beginning) is not None


def read_vector(stream: IO[bytes], label: str) -> tuple[VectorHead, Iterator[tuple[Step, Outcome]]]:
    """The first line of a vector, and an iterator that parses its operations one by one."""
    lines = _lines(stream, label)
    try:
        number, first = next(lines)
    except StopIteration:
        raise VectorError("the file is empty", file=label) from None
    if first.get("vectors") != 1:
        raise VectorError('not a vector: the first line lacks `"vectors":1`', file=label, line=1)
    release, name = first.get("release"), first.get("name")
    if not isinstance(release, str) or not isinstance(name, str) or not release:
        raise VectorError("the first line names no release or name", file=label, line=number)
    return VectorHead(release, name), _operations(lines, label)


def _operations(
    lines: Iterator[tuple[int, dict[str, Any]]], label: str
) -> Iterator[tuple[Step, Outcome]]:
    for number, operation in lines:
        out = operation.pop("out", None)
        if not isinstance(out, dict):
            raise VectorError("the operation has no outcome `out`", file=label, line=number)
        try:
            _complete_operation(operation)
            step = step_from_json(operation)
            outcome = outcome_from_json(step.input, out)
            _complete_client_id(step.input, outcome)
            yield step, outcome
        except ValueError as error:
            raise VectorError(str(error), file=label, line=number) from None


def _complete_operation(operation: dict[str, Any]) -> None:
    """Write in full what vectors of later releases write in short.

    Whether a radio manager is asserted is a number there. What measured them took any number for
    true: in every release each of these calls sent the message that asserts, and none took an
    assertion back. A user buffer has no length besides that of the option.
    """
    name, on, buffer = operation.get("op"), operation.get("on"), operation.get("buffer")
    if name == "assert_bb_radio_manager" and type(on) is int and on in (0, 1):
        operation["on"] = True
    if isinstance(name, str) and name in _SIGNATURE_OPTIONS and isinstance(buffer, dict):
        content = buffer.setdefault("hex", "")
        buffer.pop("size", None)
        if isinstance(content, str):
            buffer.setdefault("bytes", len(content) // 2)


def _complete_client_id(event: Input, outcome: Outcome) -> None:
    """Fill in a client id that was in memory before a call, and is shown only after it.

    An id that another operation left in the process's memory, such as that of a flow registration,
    is not among what the vector says was passed. Few actions write the id. Where another one shows
    an id after the call, it was there before.
    """
    if not isinstance(event, NecpClientAction) or event.action in _WRITE_CLIENT_ID:
        return
    passed, answer = event.client_id, outcome.answer
    if passed is None or not isinstance(answer, ActionBuffers):
        return
    is_whole = passed.mapped is None and not passed.unmapped and not passed.pointers
    if is_whole and isinstance(answer.client_id, bytes) and not passed.content:
        passed.content = answer.client_id


def _lines(stream: IO[bytes], label: str) -> Iterator[tuple[int, dict[str, Any]]]:
    return read_json_lines(stream, lambda why, line: VectorError(why, file=label, line=line))


class _Targets:
    """The traces that an import writes. No two have names that a file system may take for one."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self._taken: dict[str, PurePosixPath] = {}
        self._there = FoldedNames()

    def of(self, trace: PurePosixPath, label: str) -> Path:
        """The file of a trace, given its path below the output folder. Raises VectorError."""
        target = self._output / trace
        form = folded(str(trace))
        if form in self._taken:
            other = self._taken[form]
            name, taken = told_apart(trace, other)
            raise VectorError(
                f"two vectors would both become {target}"
                if other == trace
                else f"its trace {name} has the name of {taken}, where a file system ignores case"
                " or Unicode normal form",
                file=label,
                hint=_RENAME,
            )
        there = self._there.other(self._output, trace)
        if there is not None:
            name, taken = told_apart(trace, there)
            raise VectorError(
                f"its trace {name} has the name of {taken}, where a file system ignores case or"
                " Unicode normal form",
                file=label,
                hint=_RENAME,
            )
        self._taken[form] = trace
        return target


def _import_one(label: str, relative: PurePosixPath, stream: IO[bytes], targets: _Targets) -> int:
    head, operations = read_vector(stream, label)
    release = _plain_component(head.release, label)
    target = targets.of(PurePosixPath(release) / relative.with_suffix(TRACE_SUFFIX), label)
    header = Header(
        release=head.release,
        name=stored_path(relative.with_suffix("")),
        source_kind=SourceKind.VECTORS,
        source=head.name,
        outcome_detail=OutcomeDetail.VECTORS,
    )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"{target.parent} cannot be made: {error.strerror}"
        raise VectorError(reason, file=label) from None
    line = 1
    try:
        with TraceWriter.create(target, header) as writer:
            for step in known_choices(head.release):
                writer.write(step)
            for step, outcome in operations:
                line += 1
                writer.write(step, outcome)
        return writer.records
    except ValueError as error:
        # For example a number of more than 64 bits.
        raise VectorError(f"cannot be a trace: {error}", file=label, line=line) from None


def _files_of(
    source: Path, fail: Callable[[NecpReplayError], object]
) -> Iterator[tuple[Path, PurePosixPath]]:
    """All vectors and archives of a source, and their paths below it."""
    if not source.is_dir():
        yield source, PurePosixPath(source.name)
        return
    walk = walk_files(source, "")
    for folder in walk.unreadable:
        fail(VectorError("the folder cannot be read", file=str(folder)))
    for path in walk.files:
        if path.name.endswith(ARCHIVE_SUFFIXES) or path.suffix == VECTOR_SUFFIX:
            yield path, PurePosixPath(path.relative_to(source).as_posix())


def _vectors_of(
    file: Path, relative: PurePosixPath
) -> Iterator[tuple[str, PurePosixPath, IO[bytes]]]:
    """The vectors of a file: name for errors, path below the source or archive, and content."""
    if file.name.endswith(ARCHIVE_SUFFIXES):
        yield from read_archive(file, VECTOR_SUFFIX)
    else:
        with _opened(file) as stream:
            yield str(file), relative, stream


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        stream = path.open("rb")
    except OSError as error:
        raise VectorError(
            str(error.strerror or error), file=str(path), hint=hint_for(error)
        ) from None
    with stream:
        yield stream


def _plain_component(text: str, label: str) -> str:
    if not all(c.isascii() and (c.isalnum() or c in ".-_") for c in text) or text.startswith("."):
        raise VectorError("the release is not a plain name", file=label, line=1)
    return text
