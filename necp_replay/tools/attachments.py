"""Attachments of a trace, such as a scenario's source or a README: adds and extracts them.

Their names come from the maker of the trace, so only plain ones become files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from necp_replay.errors import UsageError, hint_for
from necp_replay.files.atomic import refuse_existing, write_bytes
from necp_replay.files.folders import make_folder
from necp_replay.files.stored_name import stored_name
from necp_replay.outcomes.safe_text import escape, first_unsafe
from necp_replay.trace.header import Attachment
from necp_replay.trace.pb import header_pb2
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.recovery import copy_piece
from necp_replay.trace.scan import IntactChunk, OptionalContent, scan_pieces
from necp_replay.trace.writer import TraceWriter

MAX_ATTACHMENT_BYTES: Final = 32 * 1024 * 1024
_MEDIA_TYPES: Final = {
    ".html": "text/html",
    ".json": "application/json",
    ".log": "text/plain",
    ".md": "text/markdown",
    ".pcap": "application/vnd.tcpdump.pcap",
    ".py": "text/x-python",
    ".txt": "text/plain",
}
_OTHER_MEDIA_TYPE: Final = "application/octet-stream"
_UNSAFE: Final = frozenset('/\\:*?"<>|')
"""Characters that mean something in paths, on one system or another."""
_MAX_NAME_BYTES: Final = 255


def read_attachment(path: Path) -> Attachment:
    """A file as an attachment. Raises UsageError where it cannot be read, or is too large."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_ATTACHMENT_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"cannot be read: {error.strerror or error}",
            file=str(path),
            hint=hint_for(error),
        ) from error
    if len(content) > MAX_ATTACHMENT_BYTES:
        raise UsageError(
            f"more than {MAX_ATTACHMENT_BYTES >> 20} MiB, too much for an attachment",
            file=str(path),
            hint="Attach what explains the trace, and keep large files beside it.",
        )
    media_type = _MEDIA_TYPES.get(path.suffix.lower(), _OTHER_MEDIA_TYPE)
    return Attachment(stored_name(path), media_type, content)


def attach(path: Path, attachments: Sequence[Attachment], output: Path) -> int:
    """Write a trace with more attachments; its chunks are copied byte for byte.

    Returns how many attachments it has then. Raises UsageError for a name that is there already,
    WriteError for an output that is or that cannot be written, TraceError for damage.
    """
    refuse_existing(output)
    with TraceReader(path) as reader:
        for _ in reader.chunks():
            # A damaged trace is not copied.
            continue
        names = [each.name for each in reader.header.attachments]
        header = reader.header_message
    _check_names([*names, *(each.name for each in attachments)], path)
    header.attachments.extend(
        header_pb2.Attachment(name=each.name, media_type=each.media_type, content=each.content)
        for each in attachments
    )
    try:
        writer = TraceWriter.create(output, header, replaces=False)
    except ValueError as error:
        raise UsageError(
            f"too much to attach: {error}",
            file=str(path),
            hint="Attach what explains the trace, and keep large files beside it.",
        ) from error
    with writer, path.open("rb") as stream:
        for piece in scan_pieces(stream):
            if isinstance(piece, IntactChunk | OptionalContent):
                copy_piece(piece, writer)
    return len(names) + len(attachments)


def extract(path: Path, folder: Path) -> list[Path]:
    """Write the attachments of a trace as files into a folder; returns their paths.

    Nothing is written unless all can be. Raises UsageError for a name that is no plain one, and
    WriteError for a file that is there already or cannot be written.
    """
    with TraceReader(path) as reader:
        attachments = reader.header.attachments
    _check_names([each.name for each in attachments], path)
    paths = [folder / each.name for each in attachments]
    for file in paths:
        refuse_existing(file)
    written: list[Path] = []
    try:
        make_folder(folder)
        for file, attachment in zip(paths, attachments, strict=True):
            write_bytes(file, attachment.content, replaces=False)
            written.append(file)
    except BaseException:  # All are written, or none is, also when interrupted.
        for file in written:
            file.unlink(missing_ok=True)
        raise
    return paths


def _check_names(names: Iterable[str], path: Path) -> None:
    """Refuse names that are not plain names of files, or that are equal on some file systems."""
    seen: set[str] = set()
    for name in names:
        if not _is_plain(name):
            raise UsageError(
                f"an attachment is called '{escape(name)}', which is not a plain file name",
                file=str(path),
                hint="`necp-replay convert` shows the attachments of any trace as text.",
            )
        if name.casefold() in seen:
            raise UsageError(
                f"two attachments are called '{escape(name)}'",
                file=str(path),
                hint="Names of attachments have to differ in more than upper and lower case.",
            )
        seen.add(name.casefold())


def _is_plain(name: str) -> bool:
    return (
        name.isprintable()
        and first_unsafe(name) is None
        and not name.startswith((".", "-", " "))
        and not name.endswith((".", " "))
        and 0 < len(name.encode(errors="replace")) <= _MAX_NAME_BYTES
        and not _UNSAFE.intersection(name)
    )
