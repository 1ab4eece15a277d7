"""The arguments of one session action as its handler sees them."""

from __future__ import annotations

from necp_replay.events.syscalls import NecpSessionAction
from necp_replay.kernel.user_memory import UserMemory


class SessionCall:
    """Both buffers of a ``necp_session_action`` with the lengths the process declared, in bytes.

    ``leaks_kernel_memory`` is set by an action whose answer holds kernel memory, which no
    conformance vector shows.
    """

    __slots__ = (
        "in_buffer",
        "in_buffer_bytes",
        "leaks_kernel_memory",
        "out_buffer",
        "out_buffer_bytes",
    )

    def __init__(self, event: NecpSessionAction) -> None:
        self.in_buffer_bytes = event.in_buffer_length
        self.in_buffer = UserMemory(event.in_buffer, event.in_buffer_length)
        self.out_buffer_bytes = event.out_buffer_length
        self.out_buffer = UserMemory(event.out_buffer, event.out_buffer_length)
        self.leaks_kernel_memory = False
