"""States of a long trace on disk, so that the next command begins near the record it asks for.

A file belongs to one trace, by the digest of its bytes, and to one release. It has the digest of
the engine that made it, and a checkpoint after every so many records: the state, and the ids that
were generated since the checkpoint before, by which ids are named. Each has a checksum. One that is
damaged is dropped, and so are those after it. States of another engine are not restored, because
they may be different now. They can still be *guesses* (``replay/segments.py``).

The file costs time or saves it, and decides nothing that was not proved: a state of another form or
release is refused when it is restored, and then the trace is replayed from its beginning.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import Final

from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.errors import WriteError
from necp_replay.files.atomic import write_bytes
from necp_replay.files.digest import content_digest
from necp_replay.files.oldest import remove_oldest
from necp_replay.files.private_read import read_private

CHECKPOINT_RECORDS: Final = 50_000
"""How many records are between two checkpoints."""
_MOST_FILE_BYTES: Final = 256 * 1024 * 1024
_MOST_FOLDER_BYTES: Final = 1024 * 1024 * 1024
_MOST_STATE_BYTES: Final = 1024 * 1024 * 1024
_HEAD: Final = b"necp-replay checkpoints 1\n"
_ENTRY: Final = Struct("<QII32s")
"""Number of the record, bytes of ids, bytes of the compressed state, SHA-256 of all of them."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state after a record, compressed, and the ids generated since the one before."""

    number: int
    ids: bytes
    packed: bytes

    @property
    def digest(self) -> bytes:
        """The checksum of the entry."""
        numbered = self.number.to_bytes(8, "little") + len(self.ids).to_bytes(4, "little")
        return hashlib.sha256(numbered + self.ids + self.packed).digest()

    def state(self) -> bytes | None:
        """The state; None if it cannot be decompressed, or is too large."""
        unpacker = zlib.decompressobj()
        try:
            found = unpacker.decompress(self.packed, _MOST_STATE_BYTES)
        except zlib.error:
            return None
        return found if unpacker.eof else None


class Checkpoints:
    """The checkpoints of one trace on one release."""

    def __init__(self, file: Path, *, engine: str, every: int = CHECKPOINT_RECORDS) -> None:
        """Read what is there. ``engine`` is the digest of the engine that runs now."""
        self.every = every
        self._file = file
        self._engine = engine
        self._is_changed = False
        self.known: list[Checkpoint] = []
        """Those of this engine, in order."""
        self.guesses: list[Checkpoint] = []
        """Those of another engine, in order."""
        made_by, found = _read(file)
        if made_by == engine:
            self.known = found
        else:
            self.guesses = found

    def before(self, number: int) -> Checkpoint | None:
        """The last checkpoint of this engine up to a record."""
        place = bisect_right(self.known, number, key=lambda each: each.number)
        return self.known[place - 1] if place else None

    def ids_up_to(self, number: int) -> Iterator[bytes]:
        """All ids that were generated up to a checkpoint, in order."""
        for each in self.known:
            if each.number <= number:
                for start in range(0, len(each.ids), UUID_BYTES):
                    yield each.ids[start : start + UUID_BYTES]

    def states(self) -> list[tuple[int, bytes]]:
        """The states of all checkpoints by number, guesses if there are no others."""
        found = []
        for each in self.known or self.guesses:
            state = each.state()
            if state is None:
                break
            found.append((each.number, state))
        return found

    def take_as_known(self) -> None:
        """Take guesses, which were proved, as those of this engine, and write them."""
        if self.guesses and not self.known:
            self.known, self.guesses = self.guesses, []
            self._is_changed = True
        self.save()

    def note(self, number: int, ids: Iterable[bytes], state: bytes) -> None:
        """Remember the state after a record that is the next one to be remembered."""
        if number % self.every or number != self._next:
            return
        self.known.append(Checkpoint(number, b"".join(ids), zlib.compress(state, 1)))
        self._is_changed = True

    def wants(self, number: int) -> bool:
        """Whether the state after a record is to be noted."""
        return number % self.every == 0 and number == self._next

    def forget(self, number: int) -> None:
        """Drop a checkpoint that cannot be restored, and all later ones."""
        self.known = [each for each in self.known if each.number < number]
        self._is_changed = True

    def save(self) -> None:
        """Write what is new. A file that cannot be written is left as it is."""
        if not self._is_changed:
            return
        head = json.dumps({"engine": self._engine}).encode() + b"\n"
        entries = []
        size = len(_HEAD) + len(head)
        for each in self.known:
            size += _ENTRY.size + len(each.ids) + len(each.packed)
            if size > _MOST_FILE_BYTES:
                break
            numbers = _ENTRY.pack(each.number, len(each.ids), len(each.packed), each.digest)
            entries += [numbers, each.ids, each.packed]
        with suppress(WriteError):
            write_bytes(self._file, b"".join((_HEAD, head, *entries)), private=True)
            remove_oldest(self._file, "checkpoints-*.bin", _MOST_FOLDER_BYTES)
        self._is_changed = False

    @property
    def _next(self) -> int:
        return (self.known[-1].number if self.known else 0) + self.every


def checkpoints_of(
    folder: Path, trace: Path, release: str, engine: str, *, every: int = CHECKPOINT_RECORDS
) -> Checkpoints | None:
    """The checkpoints of a trace in a folder of the cache. None for what is no regular file."""
    try:
        content = content_digest(os.fspath(trace))
    except (OSError, ValueError):
        return None
    name = hashlib.sha256(content + release.encode()).hexdigest()[:32]
    return Checkpoints(folder / f"checkpoints-{name}.bin", engine=engine, every=every)


def _read(file: Path) -> tuple[str, list[Checkpoint]]:
    """The engine that a file names, and its checkpoints up to the first that is damaged."""
    content = read_private(file, _MOST_FILE_BYTES)
    if content is None or not content.startswith(_HEAD):
        return "", []
    line, _, _ = content[len(_HEAD) :].partition(b"\n")
    try:
        engine = json.loads(line)["engine"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", []
    found: list[Checkpoint] = []
    place = len(_HEAD) + len(line) + 1
    while place + _ENTRY.size <= len(content):
        number, ids_bytes, packed_bytes, digest = _ENTRY.unpack_from(content, place)
        place += _ENTRY.size
        ids = content[place : place + ids_bytes]
        place += ids_bytes
        each = Checkpoint(number, ids, content[place : place + packed_bytes])
        place += packed_bytes
        is_next = number > (found[-1].number if found else 0) and ids_bytes % UUID_BYTES == 0
        if each.digest != digest or not is_next:
            break
        found.append(each)
    return engine if isinstance(engine, str) else "", found
