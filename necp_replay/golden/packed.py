"""The golden of a trace as compressed text, as it is kept in memory until it is written.

They are compressed because many goldens are planned before the first one is written, and a long one
takes more memory than everything else in a replay.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from necp_replay.golden.document import GoldenDocument, StanzaWriter
from necp_replay.golden.reader import GoldenReader, read_document
from necp_replay.golden.stanza import BodyText, Stanza
from necp_replay.golden.versions import FIRST_LINES, VERSION

_LEVEL: Final = 1
_DIGEST_BYTES: Final = 32
_JOINED: Final = 512
"""So many records are compressed at once."""


@dataclass(frozen=True, slots=True)
class PackedText:
    """The text of a file. Two are equal if their texts are."""

    digest: bytes
    packed: bytes

    @classmethod
    def of(cls, text: str) -> PackedText:
        """Pack a text."""
        return _packed([text])

    @property
    def text(self) -> str:
        """The text."""
        return zlib.decompress(self.packed).decode()

    def begins_with(self, beginning: str) -> bool:
        """Whether the text begins with these bytes."""
        head = zlib.decompressobj().decompress(self.packed, 4 * len(beginning))
        return head.startswith(beginning.encode())

    def __eq__(self, other: object) -> bool:
        """Whether both are the same text."""
        return isinstance(other, PackedText) and self.digest == other.digest

    def __hash__(self) -> int:
        """The same for the same text."""
        return hash(self.digest)


class PackedGolden:
    """What a golden says, in any version up to ``version``.

    One that was put together from a file of version 1 has only that: it does not know what the
    inputs passed.
    """

    def __init__(self, newest: PackedText, version: int = VERSION) -> None:
        """``newest`` is its text in its newest version."""
        self.newest = newest
        self.version = version
        self._texts: dict[int, PackedText] = {version: newest}

    @classmethod
    def of(cls, document: GoldenDocument) -> PackedGolden:
        """Pack a document."""
        records: list[Stanza | BodyText] = [*document.stanzas, document.final]
        return cls(_packed(_in_version(records, document.version)), document.version)

    def in_version(self, version: int) -> PackedText:
        """Its text in a version, or in its own newest one if that is older."""
        version = min(version, self.version)
        found = self._texts.get(version)
        if found is None:
            document = self.document()
            records: list[Stanza | BodyText] = [*document.stanzas, document.final]
            found = _packed(_in_version(records, version))
            self._texts[version] = found
        return found

    def says(self, other: PackedGolden | PackedText | None) -> bool:
        """Whether another golden of the same trace says the same, whatever the versions of both."""
        if isinstance(other, PackedGolden):
            version = min(self.version, other.version)
            return self.in_version(version) == other.in_version(version)
        return other is not None and any(other == self.in_version(each) for each in FIRST_LINES)

    def document(self) -> GoldenDocument:
        """What it holds."""
        return read_document(GoldenReader.of_bytes(zlib.decompress(self.newest.packed)))


def pack(records: Iterable[Stanza | BodyText]) -> PackedGolden:
    """Pack the records of a golden and, as the last of them, its final state."""
    return PackedGolden(_packed(_in_version(records, VERSION)))


def digest_of(records: Iterable[Stanza | BodyText]) -> bytes:
    """The digest of the text that :func:`pack` would make."""
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for piece in _joined(_in_version(records, VERSION)):
        digest.update(piece)
    return digest.digest()


def _in_version(records: Iterable[Stanza | BodyText], version: int) -> Iterator[str]:
    writer = StanzaWriter(version)
    yield writer.beginning()
    for record in records:
        yield writer.end(record) if isinstance(record, BodyText) else writer.stanza(record)


def _packed(pieces: Iterable[str]) -> PackedText:
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    compressor = zlib.compressobj(_LEVEL)
    packed = []
    for piece in _joined(pieces):
        digest.update(piece)
        packed.append(compressor.compress(piece))
    packed.append(compressor.flush())
    return PackedText(digest.digest(), b"".join(packed))


def _joined(pieces: Iterable[str]) -> Iterator[bytes]:
    waiting: list[str] = []
    for piece in pieces:
        waiting.append(piece)
        if len(waiting) == _JOINED:
            yield "".join(waiting).encode()
            waiting.clear()
    yield "".join(waiting).encode()
