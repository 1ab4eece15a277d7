"""Hashes of states: when did two runs part?

The canonical form of a state is the JSON of its whole snapshot, with policies, agents and the
statistics of routes. Its members are named as in the vectors' form
(:mod:`~necp_replay.events.json_form`):

- members in the order of their names, without spaces, in ASCII;
- numbers in decimal, bytes as lower-case hexadecimal digits, and no other numbers than integers;
- members that have their default are left out.

The hash is SHA-256 over that text. It is the same on every machine and with every version of
Python. It says nothing of what a snapshot does not show, and two systems that generated other ids
have other hashes.
"""

from __future__ import annotations

import hashlib
import json
from typing import Final, NamedTuple

from necp_replay.events.json_shapes import object_shape
from necp_replay.events.snapshot import Snapshot

STATE_HASH_FORM: Final = 1
"""The number of the canonical form. It goes up with the fields that a snapshot has."""
SHA256_BYTES: Final = 32


class StateHash(NamedTuple):
    """The hash of a state, and the form that it is over. Those of other forms say nothing."""

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
    """What the hash of a state is over."""
    written = _SNAPSHOT.write(state)
    return json.dumps(written, sort_keys=True, separators=(",", ":")).encode("ascii")


_SNAPSHOT: Final = object_shape(Snapshot, omit_defaults=True)
