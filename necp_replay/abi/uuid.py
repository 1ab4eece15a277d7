"""Ids as the kernel makes and compares them (``uuid_t``)."""

from __future__ import annotations

from typing import Final

UUID_BYTES: Final = 16
"""The length of every id: of clients, agents, executables and nexus instances."""

ZERO_UUID: Final = bytes(UUID_BYTES)
"""The id that stands for none: what ``uuid_clear`` leaves and ``uuid_is_null`` tests for."""

_KIND_BYTE: Final = 9
_FLOW_BIT: Final = 0x01


def is_flow_id(uuid: bytes) -> bool:
    """Whether an id has the bit that is set in ids of flow registrations and clear in clients'.

    Agents can pass ids of any length. One that is too short has not.
    """
    return len(uuid) > _KIND_BYTE and bool(uuid[_KIND_BYTE] & _FLOW_BIT)


def as_flow_id(uuid: bytes) -> bytes:
    """The id of a flow registration that the kernel makes of a generated id."""
    return _with_bit(uuid, _FLOW_BIT)


def as_client_id(uuid: bytes) -> bytes:
    """The id of a client that a kernel with flow registrations makes of a generated id."""
    return _with_bit(uuid, 0)


def _with_bit(uuid: bytes, bit: int) -> bytes:
    """The id with the bit; one that is too short for it stays as it is."""
    if len(uuid) <= _KIND_BYTE:
        return uuid
    kind = uuid[_KIND_BYTE] & ~_FLOW_BIT | bit
    return uuid[:_KIND_BYTE] + bytes((kind,)) + uuid[_KIND_BYTE + 1 :]
