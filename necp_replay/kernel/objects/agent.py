"""A registered network agent, and the session through which it talks to the kernel.

Both are in one file because each points to the other.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from necp_replay.abi.netagent import NETAGENT, NETAGENT_BYTES
from necp_replay.abi.uuid import UUID_BYTES, ZERO_UUID
from necp_replay.kernel.exceptions import NotModelled


@dataclass(slots=True)
class PendingTrigger:
    """``struct netagent_client``: a client that triggered the agent and is waiting for it."""

    client_id: bytes
    pid: int
    proc_uuid: bytes


class Agent:
    """``struct netagent_wrapper`` with its ``struct netagent``.

    ``domain``, ``type`` and ``desc`` are the whole fixed-size fields. ``pending_triggers`` has the
    newest first. Messages to the agent go to the control socket or handler of ``session``.
    ``tokens_asked_until_ns`` is until when an agent without tokens is not asked for more again.

    ``unwritten_bytes`` is how many bytes at the end of ``struct netagent`` the kernel never wrote:
    all of ``data_size``, and up to three bytes of ``flags``. They read as zero here, and as what
    was in memory before in the kernel. Only an update from within the kernel leaves any.
    """

    __slots__ = (
        "client_error_count",
        "control_unit",
        "data",
        "data_size",
        "desc",
        "domain",
        "flags",
        "generation",
        "last_client_error",
        "pending_triggers",
        "session",
        "token_count",
        "token_low_water",
        "tokens",
        "tokens_asked_until_ns",
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
        self.tokens: list[bytes] = []
        self.token_count = 0
        self.token_low_water = 0
        self.tokens_asked_until_ns = 0
        self.last_client_error = 0
        self.client_error_count = 0

    def take_over_tokens(self, other: Agent) -> None:
        """Take over from another agent its tokens, and the last error that clients reported."""
        self.tokens = other.tokens
        self.token_count = other.token_count
        self.token_low_water = other.token_low_water
        self.last_client_error = other.last_client_error
        self.client_error_count = other.client_error_count

    @property
    def identity(self) -> bytes:
        """What an update must not change: uuid, domain and type, as they stand in memory."""
        return self.uuid + self.domain + self.type

    def pack(self) -> bytes:
        """``struct netagent`` and its data, as processes read them.

        Raises NotModelled where bytes were never written: the amount of data is not known.
        """
        if self.unwritten_bytes:
            raise NotModelled("the data size of this agent is what was in memory before")
        return self.pack_header() + self.data

    def pack_header(self) -> bytes:
        """``struct netagent``, 216 bytes; ``unwritten_bytes`` at its end are zero."""
        return NETAGENT.pack(
            self.uuid, self.domain, self.type, self.desc, self.flags, self.data_size
        )


class Via(enum.Enum):
    """How a session sends: socket options, messages, or calls within the kernel."""

    SETOPT = "setopt"
    MESSAGE = "message"
    KERNEL = "kernel"
    KERNEL_NO_HANDLER = "kernel_nohandler"


class AgentSession:
    """``struct netagent_session``; ``control_unit`` 0 is a kernel agent.

    ``agents`` are those that it registered, the one that was registered or changed last at the end.
    There is at most one, unless ``has_many_agents``: then the process said that the session is for
    several, and options and messages name the agent that they are about.
    ``last_registered_uuid`` is the first 16 bytes of the last registration, even of a refused one.
    ``delivery_errno`` is the errno of every message to the session, 0 while they are delivered.
    ``results`` is what a kernel agent hands back when it is asked for a nexus, empty for nothing.
    """

    __slots__ = (
        "agents",
        "control_unit",
        "delivery_errno",
        "has_many_agents",
        "last_registered_uuid",
        "results",
        "via",
    )

    def __init__(self, via: Via, control_unit: int) -> None:
        self.via = via
        self.control_unit = control_unit
        self.agents: list[Agent] = []
        self.has_many_agents = False
        self.last_registered_uuid = ZERO_UUID
        self.delivery_errno = 0
        self.results = b""

    @property
    def is_kernel_agent(self) -> bool:
        """Whether the agent lives in the kernel (``control_unit`` 0)."""
        return self.control_unit == 0

    @property
    def agent(self) -> Agent | None:
        """The first of its agents, and the only one of a session that is not for several."""
        return self.agents[0] if self.agents else None

    @property
    def id_bytes(self) -> int:
        """How many bytes at the start of an option name the agent that it is about."""
        return UUID_BYTES if self.has_many_agents else 0

    def addressed_agent(self, payload: bytes) -> Agent | None:
        """The agent that an option is about: the one that its first bytes name, or the only one."""
        if not self.has_many_agents:
            return self.agent
        uuid = payload[:UUID_BYTES].ljust(UUID_BYTES, b"\0")
        return next((agent for agent in self.agents if agent.uuid == uuid), None)
