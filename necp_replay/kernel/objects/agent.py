"""A registered network agent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from necp_replay.abi.netagent import NETAGENT

if TYPE_CHECKING:
    from necp_replay.kernel.objects.agent_session import AgentSession


@dataclass(slots=True)
class PendingTrigger:
    """``struct netagent_client``: a client that triggered the agent and still waits for it."""

    client_id: bytes
    pid: int
    proc_uuid: bytes


class Agent:
    """``struct netagent_wrapper`` with its ``struct netagent``.

    ``domain``, ``type`` and ``desc`` are the whole fixed-size fields. ``pending_triggers`` has the
    list head first. ``session`` is whose control socket or handler messages go to.
    """

    __slots__ = (
        "control_unit",
        "data",
        "desc",
        "domain",
        "flags",
        "generation",
        "pending_triggers",
        "session",
        "type",
        "use_count",
        "uuid",
    )

    def __init__(self, netagent: bytes, data: bytes, session: AgentSession) -> None:
        self.uuid: bytes
        self.domain: bytes
        self.type: bytes
        self.desc: bytes
        self.flags: int
        self.uuid, self.domain, self.type, self.desc, self.flags, _ = NETAGENT.unpack(netagent)
        self.data = data
        self.session = session
        self.control_unit = session.control_unit
        self.generation = 0
        self.use_count = 0
        self.pending_triggers: list[PendingTrigger] = []

    def pack(self) -> bytes:
        """``struct netagent`` and its data, as processes read them."""
        header = NETAGENT.pack(
            self.uuid, self.domain, self.type, self.desc, self.flags, len(self.data)
        )
        return header + self.data
