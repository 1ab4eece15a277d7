"""Reads the lines of a golden in pieces, and refuses what no golden can have."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

from necp_replay.errors import GoldenError, hint_for
from necp_replay.golden.foreign_lines import check_line

MAX_LINE_BYTES: Final = 16 * 1024 * 1024
_PIECE_BYTES: Final = 256 * 1024


class GoldenSource:
    """Gives the lines of a file, or skips text that is known to be there."""

    def __init__(self, stream: BinaryIO, path: Path | None = None) -> None:
        """Read from the stream's position; ``line`` and ``offset`` count what was read before."""
        self._stream = stream
        self._path = path or Path()
        self._buffer = b""
        self._at = 0
        self.line = 0
        self.offset = 0
        """Bytes before the next line."""

    def beginning(self, length: int) -> bytes:
        """The next bytes, without consuming them. Fewer at the end of the file."""
        self._fill(length)
        return self._buffer[self._at : self._at + length]

    def skip(self, block: bytes) -> bool:
        """Skip whole lines if they come next, and no indented line after them.

        So a record is skipped if it has exactly this text.
        """
        end = self._at + len(block)
        if end >= len(self._buffer):
            self._fill(len(block) + 1)
            end = self._at + len(block)
        if not self._buffer.startswith(block, self._at) or self._buffer[end : end + 1] == b" ":
            return False
        self._at = end
        self.line += block.count(b"\n")
        self.offset += len(block)
        return True

    def next_line(self) -> str | None:
        """The next line without its line end, None at the end of the file.

        Raises GoldenError for one that is too long, cut short, not UTF-8, or cannot be in a golden.
        """
        end = self._buffer.find(b"\n", self._at)
        while end < 0:
            before = len(self._buffer) - self._at
            if before > MAX_LINE_BYTES:
                self.line += 1
                raise GoldenError(f"a line of more than {MAX_LINE_BYTES >> 20} MiB", line=self.line)
            self._fill(2 * before + 1)
            if len(self._buffer) - self._at == before:
                if not before:
                    return None
                self.line += 1
                raise GoldenError("the last line is cut short", line=self.line)
            end = self._buffer.find(b"\n", self._at + before)
        raw = self._buffer[self._at : end]
        self.line += 1
        if len(raw) > MAX_LINE_BYTES:
            raise GoldenError(f"a line of more than {MAX_LINE_BYTES >> 20} MiB", line=self.line)
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise GoldenError("not UTF-8 text", offset=self.offset + error.start) from None
        self._at = end + 1
        self.offset += len(raw) + 1
        check_line(line, self.line)
        return line

    def _fill(self, least: int) -> None:
        """Have this many bytes in the buffer, or all that are left."""
        missing = least - (len(self._buffer) - self._at)
        if missing <= 0:
            return
        pieces = [self._buffer[self._at :]]
        while missing > 0:
            try:
                piece = self._stream.read(max(missing, _PIECE_BYTES))
            except OSError as error:
                raise cannot_read(error, self._path) from None
            if not piece:
                break
            pieces.append(piece)
            missing -= len(piece)
        self._buffer = b"".join(pieces)
        self._at = 0


def cannot_read(error: OSError, path: Path) -> GoldenError:
    """The error for a file that cannot be read, with a hint that fits the cause."""
    return GoldenError(
        f"cannot be read: {error.strerror or error}", file=str(path), hint=hint_for(error)
    )
