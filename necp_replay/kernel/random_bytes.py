"""Handles the input that says which bytes the kernel's random generator returns."""

from __future__ import annotations

from typing import Final

from necp_replay.events.notifications import RandomBytes
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.description import Description
from necp_replay.kernel.state import KernelState


def set_random_bytes(kernel: KernelState, event: RandomBytes) -> Outcome:
    """Store the bytes. Each read of the generator begins with the first one; zeros follow them.

    Source: read_frandom, xnu-8019.80.24.
    """
    kernel.random_bytes = event.content
    return Outcome(errno=0)


RANDOM_BYTES: Final = Description(
    subject=RandomBytes,
    handler=set_random_bytes,
    function="read_frandom",
    summary="Says what the kernel's random generator gives where no id is asked for.",
    answer="nothing; without this input nothing that is drawn is determined",
)
