"""Reads the files of a tar archive one by one, without trusting the archive."""

from __future__ import annotations

import io
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Final

from necp_replay.errors import VectorError

ARCHIVE_SUFFIXES: Final = (".tar.xz", ".tar")
UNREADABLE: Final = (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError, ValueError)
"""What the standard library may raise for a damaged archive or file in it."""
MAX_NAME_BYTES: Final = 1024 * 1024
"""The longest extended header of a member. tarfile reads it into memory in one piece."""

_READ_BYTES: Final = 256 * 1024
_EXTENDED: Final = frozenset(
    {
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
    }
)
_SPARSE: Final = tarfile.GNUTYPE_SPARSE


def read_archive(path: Path, suffix: str) -> Iterator[tuple[str, PurePosixPath, IO[bytes]]]:
    """All files with a suffix: name for errors, path in the archive, and content.

    A file's content can be read until the next file is requested. Raises VectorError for an archive
    that is damaged or cut short, or a path that leads out of the output folder.
    """
    end = _End(path)
    try:
        with (
            _decompressed(path) as raw,
            tarfile.open(fileobj=raw, mode="r|", tarinfo=end.member_class) as archive,
        ):
            for member in archive:
                if not member.isfile() or not member.name.endswith(suffix):
                    continue
                label = f"{path}:{member.name}"
                inner = _inner_path(member.name, label)
                if member.type == _SPARSE or member.sparse is not None:
                    raise VectorError("a sparse file", file=label)
                stream = archive.extractfile(member)
                if stream is None:
                    raise VectorError("not readable", file=label)
                yield label, inner, io.BufferedReader(_Checked(stream, label), _READ_BYTES)
    except UNREADABLE as error:
        raise VectorError(f"not a readable archive: {error}", file=str(path)) from None
    if not end.was_reached:
        raise VectorError("the archive is damaged or cut short", file=str(path))


def _decompressed(path: Path) -> IO[bytes]:
    # tarfile's own decompression copies its whole buffer on every read, which takes quadratic time
    # if a few bytes decompress to many.
    return lzma.open(path) if path.suffix == ".xz" else path.open("rb")


class _End:
    """Whether the archive's end mark was read. tarfile takes damage for the end silently."""

    def __init__(self, path: Path) -> None:
        self.was_reached = False
        end = self

        class Member(tarfile.TarInfo):
            """One header of the archive, checked before tarfile uses it."""

            @classmethod
            def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Member:
                if len(buf) == tarfile.BLOCKSIZE and not any(buf):
                    end.was_reached = True
                member = super().frombuf(buf, encoding, errors)
                if member.type in _EXTENDED and member.size > MAX_NAME_BYTES:
                    reason = f"an archive with a name of {member.size} bytes"
                    raise VectorError(reason, file=str(path))
                return member

        self.member_class = Member


class _Checked(io.RawIOBase):
    """A file in an archive. Reading it raises VectorError if it is damaged."""

    def __init__(self, stream: IO[bytes], label: str) -> None:
        self._stream = stream
        self._label = label

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # any buffer is one
        try:
            content = self._stream.read(len(buffer))
        except UNREADABLE as error:
            raise VectorError(f"not readable: {error}", file=self._label) from None
        buffer[: len(content)] = content
        return len(content)


def _inner_path(name: str, label: str) -> PurePosixPath:
    """A member's path. Raises VectorError if it would lead out of the output folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise VectorError("the path would leave the output folder", file=label)
    return path
