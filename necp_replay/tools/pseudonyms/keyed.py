"""A keyed hash from which all pseudonyms are derived: numbers from a key and a context alone."""

from __future__ import annotations

import hashlib
from typing import Final

from necp_replay.errors import UsageError

MIN_KEY_BYTES: Final = 16
"""A shorter key could be guessed."""
_DIGEST_BYTES: Final = 64
_SORT_BYTES: Final = 8
"""Enough that two members hardly ever get the same place; then the lower one goes first."""


class Keyed:
    """A pseudorandom function: BLAKE2b under a key, apart for each kind of thing."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        """Raises UsageError for a key that is too short."""
        if len(key) < MIN_KEY_BYTES:
            raise UsageError(
                f"the key has {len(key)} bytes, fewer than {MIN_KEY_BYTES}",
                hint="Make one with `head -c 32 /dev/urandom > key`, and keep it to yourself.",
            )
        # BLAKE2b takes keys of up to 64 bytes; a file may have more.
        self._key = hashlib.blake2b(key).digest()

    @classmethod
    def from_seed(cls, seed: int) -> Keyed:
        """The function for a number: for trials and tests, since numbers are guessed easily."""
        return cls(hashlib.blake2b(str(seed).encode(), person=b"seed").digest())

    def digest(self, kind: bytes, context: bytes) -> bytes:
        """64 bytes for a context."""
        return hashlib.blake2b(context, key=self._key, person=kind).digest()

    def bit(self, kind: bytes, context: bytes) -> int:
        """0 or 1 for a context."""
        return self.digest(kind, context)[0] & 1

    def permutation(self, kind: bytes, context: bytes, members: bytes) -> bytes:
        """The members in another order, each as likely as any."""
        needed_bytes = _SORT_BYTES * len(members)
        stream = b"".join(
            self.digest(kind, counter.to_bytes(2, "big") + context)
            for counter in range(-(-needed_bytes // _DIGEST_BYTES))
        )
        places = [
            stream[start : start + _SORT_BYTES] for start in range(0, needed_bytes, _SORT_BYTES)
        ]
        return bytes(member for _, member in sorted(zip(places, members, strict=True)))
