"""A session through which an agent talks to the kernel: a control socket or a kernel agent's."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from necp_replay.abi.client import UUID_BYTES

if TYPE_CHECKING:
    from necp_replay.kernel.objects.agent import Agent


class Via(enum.Enum):
    """How a session sends: socket options, messages, or calls within the kernel."""

    SETOPT = "setopt"
    MESSAGE = "message"
    KERNEL = "kernel"
    KERNEL_NO_HANDLER = "kernel_nohandler"


class AgentSession:
    """``struct netagent_session``; ``control_unit`` 0 is a kernel agent.

    ``last_registered_uuid`` is what the last registration sent began with, even a refused one.
    ``delivery_errno`` is what deliveries to the session fail with, 0 for none.
    """

    __slots__ = ("agent", "control_unit", "delivery_errno", "last_registered_uuid", "via")

    def __init__(self, via: Via, control_unit: int) -> None:
        self.via = via
        self.control_unit = control_unit
        self.agent: Agent | None = None
        self.last_registered_uuid = bytes(UUID_BYTES)
        self.delivery_errno = 0

    @property
    def is_kernel_agent(self) -> bool:
        """Whether the agent lives in the kernel (``control_unit`` 0)."""
        return self.control_unit == 0
