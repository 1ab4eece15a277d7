"""A registered network agent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from necp_replay.abi.netagent import NETAGENT, NETAGENT_BYTES
from necp_replay.kernel.refusal import NotModelled

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

    ``unwritten_bytes`` is how many bytes at the end of ``struct netagent`` the kernel never wrote:
    all of ``data_size``, and up to three bytes of ``flags``. They read as zero here, and as what
    was in memory before in the kernel. Only an update from within the kernel leaves any.
    """

    __slots__ = (
        "control_unit",
        "data",
        "data_size",
        "desc",
        "domain",
        "flags",
        "generation",
        "pending_triggers",
        "session",
        "type",
        "unwritten_bytes",
        "use_count",
        "uuid",
    )

    def __init__(
        self, netagent: bytes, data: bytes, session: AgentSession, unwritten_bytes: int = 0
    ) -> None:
        self.uuid: bytes
        self.domain: bytes
        self.type: bytes
        self.desc: bytes
        self.flags: int
        self.data_size: int
        written = netagent[: NETAGENT_BYTES - unwritten_bytes].ljust(NETAGENT_BYTES, b"\0")
        self.uuid, self.domain, self.type, self.desc, self.flags, self.data_size = NETAGENT.unpack(
            written
        )
        self.data = data
        self.unwritten_bytes = unwritten_bytes
        self.session = session
        self.control_unit = session.control_unit
        self.generation = 0
        self.use_count = 0
        self.pending_triggers: list[PendingTrigger] = []

    @property
    def identity(self) -> bytes:
        """What an update must not change: uuid, domain and type, as they stand in memory."""
        return self.uuid + self.domain + self.type

    def pack(self) -> bytes:
        """``struct netagent`` and its data, as processes read them.

        Raises NotModelled where bytes were never written: nobody knows how much data there is.
        """
        if self.unwritten_bytes:
            raise NotModelled("the data size of this agent is what was in memory before")
        return self.pack_header() + self.data

    def pack_header(self) -> bytes:
        """``struct netagent``, 216 bytes; ``unwritten_bytes`` at its end are zero."""
        return NETAGENT.pack(
            self.uuid, self.domain, self.type, self.desc, self.flags, self.data_size
        )
