"""Reads a golden as a stream of stanzas. Their bodies stay text until nodes are asked for.

All versions of the file give stanzas as :mod:`necp_replay.golden.versions` says. Session actions of
version 1 get their names, so that its titles are those of version 2.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from necp_replay.errors import GoldenError
from necp_replay.golden.beginning import BEGINNING_BYTES, check_beginning
from necp_replay.golden.document import FINAL_LINE, GoldenDocument
from necp_replay.golden.local_ids import LocalIds
from necp_replay.golden.reading_limits import (
    MAX_DEPTH,
    MAX_STANZA_BYTES,
    MAX_STANZA_LINES,
    TOO_LARGE,
    too_many_lines,
)
from necp_replay.golden.source import GoldenSource, cannot_read
from necp_replay.golden.stanza import ARROW, GENERATED_LINE, BodyText, Stanza
from necp_replay.golden.version_1 import title_from_version_1
from necp_replay.golden.versions import FIRST_LINES, VERSIONS
from necp_replay.outcomes.node import INDENT

_STATUS: Final = ARROW[1:]
"""What the line begins with that comes after what an input passed."""
_MOST_DIGITS: Final = 18


class GoldenReader:
    """An open golden. Use it as a context manager, and iterate over its stanzas.

    Raises GoldenError with the place of anything that is not in the grammar, out of order or cut
    short, after the stanzas before it.
    """

    def __init__(self, path: Path) -> None:
        """Open a golden and check its first line. Raises GoldenError."""
        try:
            stream = path.open("rb")
        except OSError as error:
            raise cannot_read(error, path) from None
        self._open(stream, path)

    @classmethod
    def of_bytes(cls, content: bytes, path: Path | None = None) -> GoldenReader:
        """Read what a golden holds. Errors name ``path`` if it is given."""
        reader = cls.__new__(cls)
        reader._open(io.BytesIO(content), path)
        return reader

    def _open(self, stream: BinaryIO, path: Path | None) -> None:
        self.path = path
        self.final = BodyText()
        """The final state. It is empty until all stanzas were read."""
        self.records = 0
        """Records that were read or skipped."""
        self.ids = LocalIds()
        self._stream = stream
        self._source = GoldenSource(stream, path)
        try:
            check_beginning(self._source.beginning(BEGINNING_BYTES))
            first = self._source.next_line()
        except GoldenError as error:
            self.close()
            raise self._named(error) from None
        self.version = next(n for n, line in FIRST_LINES.items() if line == first)
        self._is_numbered = VERSIONS[self.version].is_numbered

    def skipper(self) -> Callable[[bytes], bool]:
        """The fastest way to skip the next record, if it is this one.

        :meth:`skipped` has to be told how many were.
        """
        return self._source.skip

    def skipped(self, records: int, ids: LocalIds) -> None:
        """Count records that were skipped by a :meth:`skipper`.

        ``ids`` are the names of the ids that all records so far generated. They are changed here.
        """
        self.records += records
        self.ids = ids

    def __iter__(self) -> Iterator[Stanza]:
        """Every stanza that was not skipped. Reads the file once; ``final`` is set at the end."""
        try:
            yield from self._stanzas()
        except GoldenError as error:
            raise self._named(error) from None

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def __enter__(self) -> Self:
        """Enter the context that closes the file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def _stanzas(self) -> Iterator[Stanza]:
        line = self._source.next_line()
        if line is not None and line.startswith(" "):
            raise self._error("an indented line before the first record")
        take = self._numbered_stanza if self._is_numbered else self._stanza
        while line is not None and line != FINAL_LINE:
            self.records += 1
            stanza, line = take(line, self._source.line)
            yield stanza
        if line is None:
            raise self._error(f"no {FINAL_LINE!r}: the file is cut short")
        place = self._source.line
        body, line = self._read_body()
        self.final = BodyText(self._numbered(body, place), place)
        while line == "":
            # Editors leave blank lines at the end.
            line = self._source.next_line()
        if line is not None:
            raise self._error(f"a record after {FINAL_LINE!r}")

    def _numbered_stanza(self, line: str, place: int) -> tuple[Stanza, str | None]:
        digits, _, rest = line.partition(" ")
        title, arrow, status = rest.partition(ARROW)
        is_number = digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS
        if not is_number or not arrow:
            raise self._error("not a record line 'NUMBER TITLE -> STATUS'")
        if digits != str(int(digits)):
            raise self._error("a record number with leading zeros")
        if int(digits) != self.records:
            raise self._error(f"record {self.records} should come next, not {digits}")
        body, line_after = self._read_body()
        title = title_from_version_1(title)
        return Stanza(self.records, title, status, body, "", place), line_after

    def _stanza(self, line: str, place: int) -> tuple[Stanza, str | None]:
        if line[:1].isdigit():
            raise self._error("a numbered record, as version 1 has them", _MIXED)
        title, arrow, status = line.partition(ARROW)
        if not title or line.startswith(_STATUS):
            raise self._error("a status without the title of a record")
        passed, after = "", None
        body, line_after = self._read_body()
        if not arrow:
            passed, after = body, line_after
            if not passed:
                raise GoldenError("not a record line 'TITLE -> STATUS'", line=place)
            if after is None or not after.startswith(_STATUS):
                at = self._source.line + (after is None)
                raise GoldenError("'-> STATUS' should come next", line=at)
            status = after[len(_STATUS) :]
            body, line_after = self._read_body()
        if GENERATED_LINE in passed:
            self._declare(title, passed, place)
        title, status, passed, body = (
            self._numbered(text, place) for text in (title, status, passed, body)
        )
        return Stanza(self.records, title, status, body, passed, place), line_after

    def _declare(self, title: str, passed: str, place: int) -> None:
        """Check the names of the ids that a record generated: they are counted."""
        line = passed[passed.rfind("\n") + 1 :]
        if not line.startswith(GENERATED_LINE):
            return
        count = line.count(", ") + 1
        made = ", ".join(self.ids.declare(title, count))
        if line != f"{GENERATED_LINE}{made}":
            at = place + passed.count("\n") + 1
            shown = line[len(GENERATED_LINE) :]
            raise GoldenError(f"{made} should be generated here, not {shown}", line=at, hint=_MIXED)

    def _numbered(self, text: str, place: int) -> str:
        if self._is_numbered:
            return text
        try:
            return self.ids.to_numbered(text)
        except GoldenError as error:
            error.line = place
            raise

    def _read_body(self) -> tuple[str, str | None]:
        """The next indented lines, and the line after them, None at the end of the file."""
        source = self._source
        lines: list[str] = []
        depth = 0
        begin = source.offset
        while (line := source.next_line()) is not None and line.startswith(" "):
            spaces = len(line) - len(line.lstrip(" "))
            if spaces % len(INDENT) or spaces == len(line) or spaces > depth + len(INDENT):
                raise self._error(f"unexpected indentation of {spaces} spaces")
            if spaces > len(INDENT) * MAX_DEPTH:
                raise self._error(f"lines nested more than {MAX_DEPTH} levels deep")
            depth = spaces
            lines.append(line)
            if source.offset - begin > MAX_STANZA_BYTES:
                raise self._error(f"a record of more than {MAX_STANZA_BYTES >> 20} MiB", TOO_LARGE)
            if len(lines) > MAX_STANZA_LINES:
                raise too_many_lines(source.line)
        return "\n".join(lines), line

    def _error(self, reason: str, hint: str = "") -> GoldenError:
        if hint:
            return GoldenError(reason, line=self._source.line, hint=hint)
        return GoldenError(reason, line=self._source.line)

    def _named(self, error: GoldenError) -> GoldenError:
        if self.path is not None:
            error.name_file(str(self.path))
        return error


def parse_golden(text: str) -> GoldenDocument:
    """Parse the text of a golden. Raises GoldenError with the number of the wrong line."""
    return read_document(GoldenReader.of_bytes(text.encode("utf-8", "surrogatepass")))


def read_document(reader: GoldenReader) -> GoldenDocument:
    """All that a golden holds. Raises GoldenError."""
    stanzas = list(reader)
    return GoldenDocument(stanzas, reader.final, reader.version)


_MIXED: Final = (
    "This is left by a merge or an edit by hand: take one side, then run"
    " `necp-replay accept TRACE`."
)
