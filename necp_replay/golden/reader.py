"""Reads a golden as a stream of stanzas. Their bodies stay text until nodes are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from necp_replay.errors import GoldenError
from necp_replay.golden.beginning import BEGINNING_BYTES, check_beginning
from necp_replay.golden.document import (
    FINAL_LINE,
    MAX_DEPTH,
    MAX_LINE_BYTES,
    MAX_STANZA_BYTES,
    MAX_STANZA_LINES,
    TOO_LARGE,
    Stanza,
    kind_of_title,
    parse_head,
    too_many_lines,
)
from necp_replay.golden.foreign_lines import check_line
from necp_replay.golden.store import cannot_read
from necp_replay.outcomes.node import INDENT, Node, lines_of, parse_lines
from necp_replay.outcomes.render_outcome import Rendered


@dataclass(frozen=True, slots=True)
class BodyText:
    """The indented lines below a head line. ``line`` is the number of the head line."""

    text: str = ""
    line: int = 0

    @classmethod
    def of(cls, nodes: list[Node]) -> BodyText:
        """The lines of these nodes."""
        return cls("\n".join(lines_of(nodes, 1)))

    def nodes(self) -> list[Node]:
        """Parse the lines. Raises GoldenError."""
        lines = self.text.split("\n") if self.text else []
        return parse_lines(enumerate(lines, self.line + 1), base_depth=1)


@dataclass(frozen=True, slots=True)
class StanzaText:
    """One stanza as text: its head line, which is at ``line``, and the indented lines below it."""

    number: int
    title: str
    status: str
    body: str = ""
    line: int = 0

    @classmethod
    def of(cls, stanza: Stanza) -> StanzaText:
        """The text of a stanza."""
        body = BodyText.of(stanza.nodes).text
        return cls(stanza.number, stanza.title, stanza.status, body)

    @property
    def kind(self) -> str:
        """The kind of the record."""
        return kind_of_title(self.title)

    def rendered(self) -> Rendered:
        """The outcome. Raises GoldenError for a body that is not in the grammar."""
        return Rendered(self.status, BodyText(self.body, self.line).nodes(), self.kind)


class GoldenReader:
    """An open golden. Use it as a context manager, and iterate over its stanzas.

    Raises GoldenError with the place of anything that is not in the grammar, out of order or cut
    short, after the stanzas before it.
    """

    def __init__(self, path: Path) -> None:
        """Open a golden and check its first line. Raises GoldenError."""
        self.path = path
        self.final = BodyText()
        """The final state. It is empty until all stanzas were read."""
        try:
            self._stream = path.open("rb")
        except OSError as error:
            raise cannot_read(error, path) from None
        self._line = 0
        self._offset = 0
        try:
            check_beginning(self._stream.peek(BEGINNING_BYTES)[:BEGINNING_BYTES])
            self._read_line()
        except OSError as error:
            self.close()
            raise cannot_read(error, path) from None
        except GoldenError as error:
            self.close()
            error.name_file(str(path))
            raise

    def __iter__(self) -> Iterator[StanzaText]:
        """Every stanza. Reads the file once; ``final`` is set at the end."""
        line = self._read_line()
        if line is not None and line.startswith(" "):
            raise self._error("an indented line before the first record")
        expected = 1
        while line is not None and line != FINAL_LINE:
            place = self._line
            stanza = self._parse_head(line)
            if stanza.number != expected:
                raise self._error(f"record {expected} should come next, not {stanza.number}")
            expected += 1
            body, line = self._read_body()
            yield StanzaText(stanza.number, stanza.title, stanza.status, body, place)
        if line is None:
            raise self._error(f"no {FINAL_LINE!r}: the file is cut short")
        place = self._line
        body, line = self._read_body()
        self.final = BodyText(body, place)
        while line == "":
            # Editors leave blank lines at the end.
            line = self._read_line()
        if line is not None:
            raise self._error(f"a record after {FINAL_LINE!r}")

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

    def _read_body(self) -> tuple[str, str | None]:
        """The next indented lines, and the line after them, None at the end of the file."""
        lines: list[str] = []
        depth = 0
        begin = self._offset
        while (line := self._read_line()) is not None and line.startswith(" "):
            spaces = len(line) - len(line.lstrip(" "))
            if spaces % len(INDENT) or spaces == len(line) or spaces > depth + len(INDENT):
                raise self._error(f"unexpected indentation of {spaces} spaces")
            if spaces > len(INDENT) * MAX_DEPTH:
                raise self._error(f"lines nested more than {MAX_DEPTH} levels deep")
            depth = spaces
            lines.append(line)
            if self._offset - begin > MAX_STANZA_BYTES:
                reason = f"a record of more than {MAX_STANZA_BYTES >> 20} MiB"
                raise GoldenError(reason, file=str(self.path), line=self._line, hint=TOO_LARGE)
            if len(lines) > MAX_STANZA_LINES:
                error = too_many_lines(self._line)
                error.name_file(str(self.path))
                raise error
        return "\n".join(lines), line

    def _read_line(self) -> str | None:
        """The next line without its line end, None at the end of the file."""
        try:
            raw = self._stream.readline(MAX_LINE_BYTES + 1)
        except OSError as error:
            raise cannot_read(error, self.path) from None
        if not raw:
            return None
        self._line += 1
        if not raw.endswith(b"\n"):
            raise self._error(
                f"a line of more than {MAX_LINE_BYTES >> 20} MiB"
                if len(raw) > MAX_LINE_BYTES
                else "the last line is cut short"
            )
        try:
            line = raw[:-1].decode("utf-8")
        except UnicodeDecodeError as error:
            offset = self._offset + error.start
            raise GoldenError("not UTF-8 text", file=str(self.path), offset=offset) from None
        self._offset += len(raw)
        try:
            check_line(line, self._line)
        except GoldenError as error:
            error.name_file(str(self.path))
            raise
        return line

    def _parse_head(self, line: str) -> Stanza:
        try:
            return parse_head(line, self._line)
        except GoldenError as error:
            error.name_file(str(self.path))
            raise

    def _error(self, reason: str) -> GoldenError:
        return GoldenError(reason, file=str(self.path), line=self._line)
