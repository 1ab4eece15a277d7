"""States of a long trace on disk, so that the next command begins near the record it asks for.

Theory of operation
-------------------

**What a checkpoint belongs to.** A state depends on the records before it, on the release, and on
the engine. So a checkpoint is found by the digest of the records up to it (``beginnings.py``) and
by the release, and each is a file of its own in the cache. A trace with a changed tail, or with
more records, finds those of the common beginning. The digest of the engine is in the file. States
of another engine may be different now: they are *guesses*, which a replay can prove
(``replay/segments.py``).

**The chain.** By the ids that were generated up to it, records after a checkpoint name things. Each
checkpoint has those since the one before, so a checkpoint is used only with all earlier ones.

**Claims.** A file beside a trace, ``TRACE.checkpoints``, may come from anybody. What it holds are
guesses too. Only if the caller trusts the file are they taken as known, and then nothing that
follows from them is written to the cache.

**Notes.** A checkpoint in the cache can have a note of what was found up to it, so that a replay
or a comparison of releases goes on from there. It is believed as the cache is believed, which has
remembered verdicts too. Claims have no notes.

What is damaged, or is of no use, is dropped, with all that comes after it. It costs time then, and
decides nothing.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.errors import (
    NecpReplayError,
    SavedStateError,
    TraceError,
    UsageError,
    WriteError,
)
from necp_replay.files.atomic import write_bytes
from necp_replay.files.oldest import remove_oldest
from necp_replay.files.private_read import read_private
from necp_replay.history.beginnings import Beginning, beginnings
from necp_replay.history.checkpoint_file import MOST_FILE_BYTES, Checkpoint, decoded, encoded
from necp_replay.kernel.machine import Machine

CHECKPOINT_RECORDS: Final = 50_000
"""How many records are between two checkpoints."""
_MOST_FOLDER_BYTES: Final = 1024 * 1024 * 1024
_M = TypeVar("_M", bound=Machine)


class Checkpoints:
    """The checkpoints of one trace on one release, or on two that are compared."""

    def __init__(
        self,
        trace: Path,
        of: str,
        engine: str,
        *,
        folder: Path | None,
        every: int = CHECKPOINT_RECORDS,
        claims: Iterable[Checkpoint] = (),
        claims_are_known: bool = False,
    ) -> None:
        """Read what is there.

        ``of`` is the release, or both of them. ``engine`` is the digest of the engine that runs
        now. ``folder`` is that of the cache, None for none. ``claims`` are from a file beside the
        trace; ``claims_are_known`` if they are trusted. Raises TraceError and OSError for a trace
        that cannot be read or has no index.
        """
        self.trace = trace
        self.of = of
        self.every = every
        self._engine = engine
        self._folder = folder
        self._beginnings = beginnings(trace, every)
        self._changed: set[int] = set()
        self.known: list[Checkpoint] = []
        """Those of this engine, in order."""
        self.guesses: list[Checkpoint] = []
        """Those after them, which are to be proved."""
        self._bytes = 0
        self._read({(each.number, each.beginning): each for each in claims}, claims_are_known)

    @property
    def is_claimed(self) -> bool:
        """Whether a known one is of a file that anybody may have written."""
        return any(each.is_claimed for each in self.known)

    @property
    def chain(self) -> list[Checkpoint]:
        """All checkpoints in order, known or guessed."""
        return self.known + self.guesses

    def before(self, number: int) -> Checkpoint | None:
        """The last known checkpoint up to a record."""
        place = bisect_right(self.known, number, key=lambda each: each.number)
        return self.known[place - 1] if place else None

    def restored_before(
        self, number: int, restore: Callable[[bytes], _M]
    ) -> tuple[Checkpoint, _M] | None:
        """The last known checkpoint up to a record, with what is restored from its state.

        One that cannot be restored is dropped, and so are those after it.
        """
        while (found := self.before(number)) is not None:
            try:
                return found, restore(found.state() or b"")
            except SavedStateError:
                self.forget(found.number)
            except Exception:  # A claimed state may be wrong in any way.
                if not found.is_claimed:
                    raise
                self.forget(found.number)
        return None

    def noted_before(self, number: int) -> Checkpoint | None:
        """The last known checkpoint up to a record that has a note."""
        for each in reversed(self.known):
            if each.number <= number and each.note:
                return each
        return None

    def ids_up_to(self, number: int) -> Iterator[bytes]:
        """All ids that were generated up to a checkpoint, in order."""
        for each in self.chain:
            if each.number <= number:
                for start in range(0, len(each.ids), UUID_BYTES):
                    yield each.ids[start : start + UUID_BYTES]

    def wants(self, number: int) -> bool:
        """Whether the state after a record is to be noted: it is the next that is not known."""
        place = len(self.known)
        return number == (place + 1) * self.every and place < len(self._beginnings)

    def note(self, number: int, ids: Iterable[bytes], state: bytes, note: bytes = b"") -> None:
        """Remember the state after a record, if it is the next to be remembered."""
        if not self.wants(number):
            return
        packed = zlib.compress(state, 1)
        if self._bytes + len(packed) > MOST_FILE_BYTES:
            return
        beginning = self._beginnings[len(self.known)].digest
        self._bytes += len(packed)
        self.known.append(Checkpoint(number, beginning, b"".join(ids), packed, note))
        self._changed.add(number)
        self.guesses = [each for each in self.guesses if each.number > number]

    def annotate(self, number: int, note: bytes) -> None:
        """Say what was found up to a known checkpoint."""
        place = number // self.every - 1
        is_there = number % self.every == 0 and 0 <= place < len(self.known)
        if is_there and self.known[place].note != note:
            self.known[place] = replace(self.known[place], note=note)
            self._changed.add(number)

    def prove(self, number: int) -> None:
        """Take guesses up to a record as known: they were proved to be states of this engine."""
        proved = [each for each in self.guesses if each.number <= number]
        self._changed |= {each.number for each in proved}
        self.known += [replace(each, is_claimed=False) for each in proved]
        self.guesses = self.guesses[len(proved) :]

    def forget(self, number: int) -> None:
        """Drop a checkpoint, and all later ones."""
        self.known = [each for each in self.known if each.number < number]
        self.guesses = [each for each in self.guesses if each.number < number]

    def save(self) -> None:
        """Write what is new. A file that cannot be written is left as it is.

        Nothing is written if the trace has changed, or if it follows from a claim.
        """
        changed = [each for each in self.known if each.number in self._changed]
        self._changed.clear()
        folder = self._folder
        if not changed or folder is None or self.is_claimed or not self.is_of_file():
            return
        files = [folder / self._name(each.number, each.beginning) for each in changed]
        with suppress(WriteError):
            for file, each in zip(files, changed, strict=True):
                write_bytes(file, encoded(self._engine, self.of, (each,)), private=True)
            remove_oldest(files[-1], "checkpoint*.bin", _MOST_FOLDER_BYTES)

    def is_of_file(self) -> bool:
        """Whether the file still has the records that it had when it was opened."""
        try:
            return beginnings(self.trace, self.every) == self._beginnings
        except (TraceError, OSError):
            return False

    def as_file(self) -> bytes:
        """The known ones as the content of a file beside the trace, without notes."""
        bare = (replace(each, note=b"") for each in self.known)
        return encoded(self._engine, self.of, bare)

    def _read(self, claims: Mapping[tuple[int, bytes], Checkpoint], claims_are_known: bool) -> None:
        """Read the checkpoints in the cache, and take claims where it has none."""
        is_known = True
        for place in self._beginnings:
            found, is_own = self._cached(place)
            if found is None:
                found, is_own = claims.get((place.number, place.digest)), claims_are_known
            if found is None or self._bytes + len(found.packed) > MOST_FILE_BYTES:
                return
            self._bytes += len(found.packed)
            is_known = is_known and is_own
            (self.known if is_known else self.guesses).append(found)

    def _cached(self, place: Beginning) -> tuple[Checkpoint | None, bool]:
        """The checkpoint in the cache, and whether it is of this engine."""
        if self._folder is None:
            return None, False
        file = self._folder / self._name(place.number, place.digest)
        content = read_private(file, MOST_FILE_BYTES)
        if content is None:
            return None, False
        read = decoded(content, is_claimed=False)
        if read.of != self.of or len(read.checkpoints) != 1:
            return None, False
        (found,) = read.checkpoints
        if (found.number, found.beginning) != (place.number, place.digest):
            return None, False
        with suppress(OSError):
            # The ones that were not used for longest are removed first.
            os.utime(file)
        return found, read.engine == self._engine

    def _name(self, number: int, beginning: bytes) -> str:
        key = number.to_bytes(8, "little") + beginning + self.of.encode()
        return f"checkpoint-{hashlib.sha256(key).hexdigest()[:32]}.bin"


@contextmanager
def going_on(stored: Checkpoints | None) -> Iterator[None]:
    """Work that may begin at claimed states, which can be wrong in any way.

    If it began at some, an unforeseen exception becomes a UsageError.
    """
    try:
        yield
    except (NecpReplayError, OSError):
        raise
    except Exception as error:  # Unforeseen; raised again if no claim can be the cause.
        if stored is None or not stored.is_claimed:
            raise
        raise UsageError(
            "the engine cannot go on from the states in the file beside the trace",
            file=f"{stored.trace}.checkpoints",
            hint="Leave out --trust-checkpoints.",
        ) from error
