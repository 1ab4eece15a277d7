"""What pseudonyms are made with: numbers that follow from a key and a context alone."""

from __future__ import annotations

import hashlib
from typing import Final

from necp_replay.errors import UsageError

MIN_KEY_BYTES: Final = 16
"""A shorter key could be guessed."""
_DIGEST_BYTES: Final = 64
_MAX_KIND_BYTES: Final = 16


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
        needed_bytes = 2 * len(members) + 8
        stream = b"".join(
            self.digest(kind, counter.to_bytes(2, "big") + context)
            for counter in range(-(-needed_bytes // _DIGEST_BYTES))
        )
        number = int.from_bytes(stream, "big")
        shuffled = bytearray(members)
        for last in range(len(shuffled) - 1, 0, -1):
            number, chosen = divmod(number, last + 1)
            shuffled[last], shuffled[chosen] = shuffled[chosen], shuffled[last]
        return bytes(shuffled)
