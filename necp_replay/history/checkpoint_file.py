"""The bytes of checkpoints in a file, which may come from anybody.

====================  ===============================================================
bytes                 what
====================  ===============================================================
26                    ``necp-replay checkpoints 2`` and a line feed
up to a line feed     JSON: ``engine``, the digest of the engine that made them, and
                      ``of``, what they are states of: a release, or two of them
for each checkpoint   104 bytes of numbers and digests, the note, the ids, the state
====================  ===============================================================

Every length is compared with what is there, every checkpoint has a checksum, and nothing is
restored here. The first one that is damaged ends the file.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable
from struct import Struct
from typing import Final

from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.dataclass import dataclass

MOST_FILE_BYTES: Final = 256 * 1024 * 1024
"""A larger file is not read."""
MOST_STATE_BYTES: Final = 1024 * 1024 * 1024
"""A larger state is not decompressed."""
MOST_CLAIMED_BYTES: Final = 32 * 1024 * 1024
"""The same for a state from a stranger: rebuilding it takes some twenty times as much memory."""
_MOST_HEAD_BYTES: Final = 4096
_HEAD: Final = b"necp-replay checkpoints 2\n"
_ENTRY: Final = Struct("<Q32sQQQ32s")
"""Record, digest of the beginning, bytes of note, ids and state, SHA-256 of all of these."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state after a record, compressed.

    ``beginning`` is the digest of the records up to there. ``ids`` are those that were generated
    since the checkpoint before, 16 bytes each. ``note`` says what was found up to there, empty for
    nothing. ``is_claimed`` says that it comes from a file that anybody may have written.
    """

    number: int
    beginning: bytes
    ids: bytes
    packed: bytes
    note: bytes = b""
    is_claimed: bool = False

    def state(self) -> bytes | None:
        """The state; None if it cannot be decompressed, or is too large."""
        most = MOST_CLAIMED_BYTES if self.is_claimed else MOST_STATE_BYTES
        unpacker = zlib.decompressobj()
        try:
            found = unpacker.decompress(self.packed, most)
        except zlib.error:
            return None
        return found if unpacker.eof else None

    def encoded(self) -> bytes:
        """The checkpoint as it is in a file."""
        parts = self.note, self.ids, self.packed
        lengths = [len(part) for part in parts]
        content = b"".join(parts)
        digest = _digest(self.number, self.beginning, lengths, content)
        return _ENTRY.pack(self.number, self.beginning, *lengths, digest) + content


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """What a file says. ``is_damaged`` if checkpoints were left out at its end, or all of it."""

    engine: str = ""
    of: str = ""
    checkpoints: tuple[Checkpoint, ...] = ()
    is_damaged: bool = False


def encoded(engine: str, of: str, checkpoints: Iterable[Checkpoint]) -> bytes:
    """The content of a file."""
    head = json.dumps({"engine": engine, "of": of}).encode() + b"\n"
    return b"".join((_HEAD, head, *(each.encoded() for each in checkpoints)))


def decoded(content: bytes, *, is_claimed: bool) -> CheckpointFile:
    """What a file says, whoever wrote it."""
    end = content.find(b"\n", len(_HEAD), len(_HEAD) + _MOST_HEAD_BYTES)
    if not content.startswith(_HEAD) or end < 0:
        return CheckpointFile(is_damaged=True)
    try:
        head = json.loads(content[len(_HEAD) : end])
        engine, of = head["engine"], head["of"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return CheckpointFile(is_damaged=True)
    if not isinstance(engine, str) or not isinstance(of, str):
        return CheckpointFile(is_damaged=True)
    found: list[Checkpoint] = []
    place = end + 1
    while place < len(content):
        each, place = _next(content, place, is_claimed=is_claimed)
        if each is None or each.number <= (found[-1].number if found else 0):
            return CheckpointFile(engine, of, tuple(found), is_damaged=True)
        found.append(each)
    return CheckpointFile(engine, of, tuple(found))


def _next(content: bytes, place: int, *, is_claimed: bool) -> tuple[Checkpoint | None, int]:
    """The checkpoint at a place, None for a damaged one, and where the next one is."""
    if place + _ENTRY.size > len(content):
        return None, place
    number, beginning, *lengths, digest = _ENTRY.unpack_from(content, place)
    place += _ENTRY.size
    whole = content[place : place + sum(lengths)]
    note_end, ids_end = lengths[0], lengths[0] + lengths[1]
    if (
        len(whole) != sum(lengths)
        or lengths[1] % UUID_BYTES
        or _digest(number, beginning, lengths, whole) != digest
    ):
        return None, place
    # The note of a claim is not believed.
    note = b"" if is_claimed else whole[:note_end]
    ids, packed = whole[note_end:ids_end], whole[ids_end:]
    return Checkpoint(number, beginning, ids, packed, note, is_claimed), place + len(whole)


def _digest(number: int, beginning: bytes, lengths: list[int], content: bytes) -> bytes:
    numbers = Struct("<Q32sQQQ").pack(number, beginning, *lengths)
    return hashlib.sha256(numbers + content).digest()
