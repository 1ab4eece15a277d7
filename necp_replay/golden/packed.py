"""The golden of a trace as compressed text, as it is kept in memory until it is written.

They are compressed because many goldens are planned before the first one is written, and a long one
takes more memory than everything else in a replay.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.golden.document import GoldenDocument, StanzaWriter, stanza_in
from necp_replay.golden.reader import GoldenReader, read_document
from necp_replay.golden.versions import FIRST_LINES, VERSION

_LEVEL: Final = 1
_DIGEST_BYTES: Final = 32
_JOINED: Final = 512
"""So many records are compressed at once."""
_PIECE_BYTES: Final = 1 << 20
_FIRST_LINE_BYTES: Final = max(map(len, FIRST_LINES.values())) + 1


@dataclass(frozen=True, slots=True)
class PackedText:
    """The text of a file. Two are equal if their bytes are."""

    digest: bytes
    packed: bytes

    @classmethod
    def of(cls, pieces: Iterable[bytes]) -> PackedText:
        """Pack a text that comes in pieces."""
        growing = GrowingText()
        for piece in pieces:
            growing.add(piece)
        return growing.packed()

    @property
    def text(self) -> str:
        """The text. What is no UTF-8 is replaced."""
        return zlib.decompress(self.packed).decode("utf-8", "replace")

    def pieces(self) -> Iterator[bytes]:
        """The text in pieces of at most 1 MiB."""
        unpacker = zlib.decompressobj()
        piece = unpacker.decompress(self.packed, _PIECE_BYTES)
        while piece:
            yield piece
            piece = unpacker.decompress(unpacker.unconsumed_tail, _PIECE_BYTES)

    def beginning(self, length: int) -> bytes:
        """The first bytes of the text."""
        return zlib.decompressobj().decompress(self.packed, length)

    @property
    def version(self) -> int | None:
        """The version of the golden that the text begins like, None for no golden."""
        first = self.beginning(_FIRST_LINE_BYTES).partition(b"\n")[0]
        return next((each for each, line in FIRST_LINES.items() if line.encode() == first), None)

    def __eq__(self, other: object) -> bool:
        """Whether both are the same text."""
        return isinstance(other, PackedText) and self.digest == other.digest

    def __hash__(self) -> int:
        """The same for the same text."""
        return hash(self.digest)


class GrowingText:
    """A text that is packed as it comes. Texts with the same beginning are packed from it on."""

    __slots__ = ("_compressor", "_digest", "_packed", "_waiting")

    def __init__(self) -> None:
        """An empty text."""
        self._digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
        self._compressor = zlib.compressobj(_LEVEL)
        self._packed: list[bytes] = []
        self._waiting: list[bytes] = []

    def add(self, piece: bytes) -> None:
        """Add a piece at the end."""
        waiting = self._waiting
        waiting.append(piece)
        if len(waiting) >= _JOINED:
            self._pack_waiting()

    def copy(self) -> GrowingText:
        """A text with the same beginning, which grows on its own."""
        self._pack_waiting()
        other = GrowingText.__new__(GrowingText)
        other._digest = self._digest.copy()
        other._compressor = self._compressor.copy()
        other._packed = self._packed.copy()
        other._waiting = []
        return other

    def packed(self) -> PackedText:
        """The text up to here. Nothing can be added after it."""
        self._pack_waiting()
        rest = self._compressor.flush()
        return PackedText(self._digest.digest(), b"".join((*self._packed, rest)))

    def _pack_waiting(self) -> None:
        piece = b"".join(self._waiting)
        self._waiting.clear()
        self._digest.update(piece)
        packed = self._compressor.compress(piece)
        if packed:
            self._packed.append(packed)


class PackedGolden:
    """What a golden says, in any version up to ``version``.

    One that was put together from a file of an older version has only that: it does not know what
    a newer one would show.
    """

    def __init__(self, newest: PackedText, version: int = VERSION) -> None:
        """``newest`` is its text in its newest version."""
        self.newest = newest
        self.version = version
        self._texts: dict[int, PackedText] = {version: newest}

    @classmethod
    def of(cls, document: GoldenDocument) -> PackedGolden:
        """Pack a document."""
        packed = PackedText.of(_in_version(document, document.version))
        return cls(packed, document.version)

    def in_version(self, version: int) -> PackedText:
        """Its text in a version, or in its own newest one if that is older."""
        version = min(version, self.version)
        found = self._texts.get(version)
        if found is None:
            found = PackedText.of(_in_version(self.document(), version))
            self._texts[version] = found
        return found

    def says(self, other: PackedGolden | PackedText | None) -> bool:
        """Whether another golden of the same trace says the same, whatever the versions of both."""
        if isinstance(other, PackedGolden):
            version = min(self.version, other.version)
            return self.in_version(version) == other.in_version(version)
        of_file = None if other is None else other.version
        return of_file is not None and other == self.in_version(of_file)

    def document(self) -> GoldenDocument:
        """What it holds."""
        return read_document(GoldenReader.of_bytes(zlib.decompress(self.newest.packed)))


def digest_of(pieces: Iterable[bytes]) -> bytes:
    """The digest of the :class:`PackedText` of these pieces."""
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for piece in _joined(pieces):
        digest.update(piece)
    return digest.digest()


def _in_version(document: GoldenDocument, version: int) -> Iterator[bytes]:
    writer = StanzaWriter(version)
    yield writer.beginning().encode()
    for stanza in document.stanzas:
        yield writer.stanza(stanza_in(stanza, document.version, version)).encode()
    yield writer.end(document.final).encode()


def _joined(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same text in larger pieces."""
    waiting: list[bytes] = []
    for piece in pieces:
        waiting.append(piece)
        if len(waiting) == _JOINED:
            yield b"".join(waiting)
            waiting.clear()
    yield b"".join(waiting)
