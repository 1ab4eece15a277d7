"""Hashes of states, which show when two runs diverged.

The canonical form of a state is the JSON of its whole snapshot, with policies, agents and the
statistics of routes. Its members are named as in the vectors' form
(:mod:`~necp_replay.events.json_form`):

- members in the order of their names, without spaces, in ASCII;
- numbers in decimal, bytes as lower-case hexadecimal digits, and no other numbers than integers;
- members that have their default are left out.

The hash is SHA-256 over that text. It is the same on every machine and with every version of
Python. What a snapshot does not show is not covered. Two systems that generated different ids have
different hashes.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Final, NamedTuple

from necp_replay.events.json_shapes import Shape, object_shape
from necp_replay.events.snapshot import Snapshot

STATE_HASH_FORM: Final = 1
"""The number of the canonical form. It is increased when the fields of a snapshot change."""
SHA256_BYTES: Final = 32


class StateHash(NamedTuple):
    """The hash of a state, and the number of its form. Hashes of other forms cannot be compared."""

    form: int
    sha256: bytes

    @property
    def is_known(self) -> bool:
        """Whether it can be compared with what :func:`hash_of` gives."""
        return self.form == STATE_HASH_FORM

    def __str__(self) -> str:
        """The digits of the hash."""
        return self.sha256.hex()


def hash_of(state: Snapshot) -> StateHash:
    """The hash of a state."""
    return StateHash(STATE_HASH_FORM, hashlib.sha256(canonical_form(state)).digest())


def canonical_form(state: Snapshot) -> bytes:
    """The canonical form of a state, of which the hash is made."""
    written = _shape().write(state)
    return json.dumps(written, sort_keys=True, separators=(",", ":")).encode("ascii")


@cache
def _shape() -> Shape:
    return object_shape(Snapshot, omit_defaults=True)
