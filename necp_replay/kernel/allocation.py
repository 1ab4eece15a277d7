"""The limit of the kernel's allocator, beyond which it panics."""

from __future__ import annotations

from typing import Final

from necp_replay.kernel.exceptions import KernelPanic

ALLOCATION_LIMIT_BYTES: Final = 1024 * 1024 * 1024
"""An allocation of more than this panics. Memory never runs out below it."""


def check_allocation(size_bytes: int, function: str) -> None:
    """Raise KernelPanic in ``function`` if it asks for more than the allocator ever gives."""
    if size_bytes > ALLOCATION_LIMIT_BYTES:
        raise KernelPanic(function, "an allocation of more than 1 GiB")
