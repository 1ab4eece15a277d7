"""Inputs of network agents: what their sessions send to the kernel.

An agent session is a control socket of a process or an agent in the kernel; ``session`` is its name
in the trace. ``via`` says how it talks to the kernel: "setopt" or "message" for a control socket,
"kernel" or "kernel_nohandler" for a kernel agent. A field that is None has the value that the
session sent last.
"""

from __future__ import annotations

from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.dataclass import dataclass
from necp_replay.events.text import Text


@dataclass(slots=True)
class NetagentOpen:
    """Open an agent session without registering; ``via`` fixes its kind."""

    session: str
    via: str | None = None


@dataclass(slots=True)
class NetagentRegister:
    """Register an agent. If the session is not open, it is opened first, as ``via`` says.

    ``raw`` replaces ``struct netagent`` and the data after it. ``data_size``, ``payload_length``
    and ``message_id`` replace single fields of what is sent. Text is UTF-8 bytes.
    """

    session: str
    uuid: bytes | None = None
    domain: Text | None = None
    type: Text | None = None
    desc: Text | None = None
    flags: int | None = None
    data: bytes | None = None
    via: str | None = None
    raw: bytes | None = None
    data_size: int | None = None
    payload_length: int | None = None
    message_id: int | None = None


@dataclass(slots=True)
class NetagentUpdate:
    """Update the agent: send the last registration or update again, with other fields.

    The last one counts even if it failed.
    """

    session: str
    uuid: bytes | None = None
    domain: Text | None = None
    type: Text | None = None
    desc: Text | None = None
    flags: int | None = None
    data: bytes | None = None
    via: str | None = None
    raw: bytes | None = None
    data_size: int | None = None
    payload_length: int | None = None
    message_id: int | None = None


@dataclass(slots=True)
class NetagentSetFlags:
    """Update the agent's flags. Later updates send these flags too."""

    session: str
    flags: int = 0
    uuid: bytes | None = None
    via: str | None = None


@dataclass(slots=True)
class NetagentUnregister:
    """Unregister the session's agent.

    The message has no payload. ``raw``, ``payload_length`` and ``message_id`` replace what is sent.
    The other fields describe the agent and are not sent.
    """

    session: str
    uuid: bytes | None = None
    via: str | None = None
    domain: Text | None = None
    type: Text | None = None
    flags: int | None = None
    desc: Text | None = None
    data: bytes | None = None
    raw: bytes | None = None
    data_size: int | None = None
    payload_length: int | None = None
    message_id: int | None = None


@dataclass(slots=True)
class NetagentClose:
    """Close the agent session."""

    session: str
    uuid: bytes | None = None


@dataclass(slots=True)
class NetagentSetopt:
    """``setsockopt`` on the agent's control socket with option ``opt`` and raw bytes."""

    session: str
    opt: int = 0
    hex: bytes = b""
    uuid: bytes | None = None


@dataclass(slots=True)
class NetagentGetopt:
    """``getsockopt`` on the agent's control socket for at most ``len`` bytes.

    The buffer begins with ``uuid``, and is zero where that is None. A session for several agents
    reads from it which one is asked about.
    """

    session: str
    opt: int = 0
    len: int = 8
    uuid: bytes | None = None


@dataclass(slots=True)
class NetagentMessage:
    """A raw message written to the agent's control socket."""

    session: str
    hex: bytes = b""
    uuid: bytes | None = None


@dataclass(slots=True)
class NetagentFail:
    """From now on messages to the session fail with ``errno``. 0 ends this."""

    session: str
    errno: int = 0
    uuid: bytes | None = None


@dataclass(slots=True)
class NetagentAssignNexus:
    """The agent assigns ``results`` to a client (NETAGENT_MESSAGE_TYPE_ASSIGN_NEXUS).

    ``raw``, ``payload_length`` and ``message_id`` replace what is sent.
    """

    session: str
    client_id: bytes = ZERO_UUID
    results: bytes = b""
    via: str | None = None
    uuid: bytes | None = None
    raw: bytes | None = None
    payload_length: int | None = None
    message_id: int | None = None


@dataclass(slots=True)
class NetagentProtoctl:
    """A kernel agent reports a protocol-control event for a client's nexus flow."""

    session: str
    client_id: bytes = ZERO_UUID
    code: int = 0
    val: int = 0
    seq: int = 0
    uuid: bytes | None = None


@dataclass(slots=True)
class NetagentResults:
    """What a kernel agent hands back when it is asked for a nexus from now on; None for nothing."""

    session: str
    results: bytes | None = None
