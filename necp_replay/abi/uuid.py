"""Ids as the kernel makes and compares them (``uuid_t``)."""

from __future__ import annotations

from typing import Final

UUID_BYTES: Final = 16
"""The length of every id: of clients, agents, executables and nexus instances."""

ZERO_UUID: Final = bytes(UUID_BYTES)
"""The id that stands for none: what ``uuid_clear`` leaves and ``uuid_is_null`` tests for."""
