"""What the kernel's allocator refuses."""

from __future__ import annotations

from typing import Final

from necp_replay.kernel.exceptions import KernelPanic

ALLOCATION_LIMIT_BYTES: Final = 1024 * 1024 * 1024
"""An allocation of more than this panics."""


def check_allocation(size_bytes: int, function: str) -> None:
    """Panic in ``function`` where it asks for more memory than the allocator ever gives."""
    if size_bytes > ALLOCATION_LIMIT_BYTES:
        raise KernelPanic(function, "an allocation of more than 1 GiB")
