"""Pseudonyms for byte strings, byte by byte: as long as before, with the same beginnings or ends.

Each byte becomes another of its class, by a permutation that depends on the key and on all bytes
before it. So two strings share as many bytes at their start as their pseudonyms do, a string cut
short has its pseudonym cut short, and nothing else about a byte shows but its class.
"""

from __future__ import annotations

import string
from typing import Final

from necp_replay.tools.pseudonyms.keyed import Keyed

_CACHED: Final = 50_000
_SHUFFLED_BYTES: Final = 32
"""Later bytes of opaque content are rotated: their contexts hardly occur twice."""


class ByteClasses:
    """Which bytes may become which: members of one class; what is in none stays."""

    def __init__(self, *classes: bytes, ignore_case: bool = False) -> None:
        self.class_of: list[int | None] = [None] * 256
        self.members = classes
        self.ignore_case = ignore_case
        for number, members in enumerate(classes):
            for byte in members:
                self.class_of[byte] = number


TEXT: Final = ByteClasses(
    string.ascii_lowercase.encode(),
    string.digits.encode(),
    # Bytes that continue a UTF-8 character, in the groups that no lead byte tells apart.
    bytes(range(0x80, 0x90)),
    bytes(range(0x90, 0xA0)),
    bytes(range(0xA0, 0xC0)),
    ignore_case=True,
)
"""Letters stay letters, capital or not, and digits digits; all other ASCII characters stay."""

OPAQUE: Final = ByteClasses(bytes(range(1, 256)))
"""Zeros stay zeros: they end strings, fill fields, and are cut from user buffers."""


class StringCipher:
    """Pseudonyms for one kind of string."""

    def __init__(self, keyed: Keyed, kind: bytes, classes: ByteClasses) -> None:
        self._keyed = keyed
        self._kind = kind
        self._classes = classes
        self._cache: dict[bytes, bytes] = {}

    def forwards(self, value: bytes) -> bytes:
        """The pseudonym of a string; equal beginnings stay equal."""
        known = self._cache.get(value)
        if known is None:
            known = self._encipher(value)
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            self._cache[value] = known
        return known

    def backwards(self, value: bytes) -> bytes:
        """The pseudonym of a string; equal ends stay equal."""
        return self.forwards(value[::-1])[::-1]

    def _encipher(self, value: bytes) -> bytes:
        classes = self._classes
        context = value.lower() if classes.ignore_case else value
        enciphered = bytearray(value)
        for position, byte in enumerate(context):
            number = classes.class_of[byte]
            if number is None:
                continue
            members = classes.members[number]
            before = bytes([number]) + context[:position]
            if len(members) == len(OPAQUE.members[0]) and position >= _SHUFFLED_BYTES:
                digest = self._keyed.digest(self._kind, before)
                turn = int.from_bytes(digest[:8], "big")
                replacement = members[(members.index(byte) + turn) % len(members)]
            else:
                shuffled = self._keyed.permutation(self._kind, before, members)
                replacement = shuffled[members.index(byte)]
            is_capital = classes.ignore_case and value[position] != byte
            enciphered[position] = replacement - 32 if is_capital else replacement
        return bytes(enciphered)
