"""What an input gave back: error number, return value, answer and effects.

``errno`` 0 is success and ``retval`` is given only then, and only for system calls. What an input
answers besides is one of the :data:`Answer` classes. Fields declared with ``compare=False`` are
known to the engine beyond what conformance vectors measure.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from necp_replay.events.effects import Effect, NexusParameters
from necp_replay.events.snapshot import Snapshot
from necp_replay.events.text import Text
from necp_replay.events.user_buffer import OutBuffer, Unseen


@dataclass(slots=True)
class ActionBuffers:
    """``necp_client_action``: both user buffers after the call."""

    client_id: OutBuffer = Unseen.NO_BUFFER
    buffer: OutBuffer = Unseen.NO_BUFFER


@dataclass(slots=True)
class SessionBuffer:
    """``necp_session_action``: the out buffer after the call.

    ``beyond_vectors`` holds the bytes where vectors leave them out (a successful POLICY_GET).
    """

    out_buffer: OutBuffer = Unseen.NO_BUFFER
    beyond_vectors: bytes | None = field(default=None, compare=False)


@dataclass(slots=True)
class MatchResult:
    """``necp_match_policy``: the result buffer after the call."""

    result: OutBuffer = Unseen.NO_BUFFER


@dataclass(slots=True)
class InterfaceAnswer:
    """What ``if_functional_type(ifp, TRUE)`` returns, -1 without the interface."""

    functional_type: int


@dataclass(slots=True)
class TimerAnswer:
    """Whether the update timer was armed and its callout ran."""

    fired: bool


@dataclass(slots=True)
class Readiness:
    """Whether the fd is ready for reading."""

    readable: bool


@dataclass(slots=True)
class Selected:
    """What the fd's select operation returned; None with an error."""

    ready: int | None


@dataclass(slots=True)
class BlockClient:
    """``necp_client_uuid`` as the socket or multipath block holds it afterwards."""

    necp_client_uuid: bytes


@dataclass(slots=True)
class NexusParametersAnswer:
    """What ``necp_client_copy_parameters`` filled in."""

    parameters: NexusParameters


@dataclass(slots=True)
class AssignMessage:
    """The message built, None when there was nothing to put into it."""

    message: bytes | None


@dataclass(slots=True)
class AttributesAnswer:
    """Attributes of a socket after the call; ``valsize`` is the option's size after it.

    ``buffer`` is None for the set operation, which has no output.
    """

    valsize: int
    domain: Text | None
    account: Text | None
    buffer: OutBuffer | None = None


@dataclass(slots=True)
class OptionData:
    """What ``getsockopt`` on an agent's control socket gave back."""

    data: bytes | None


@dataclass(slots=True)
class Panicked:
    """The kernel panicked; the last effect says where. The trace ends here."""


@dataclass(slots=True)
class TypeConfused:
    """A session fd met a client call or the reverse: what follows depends on memory layout.

    ``would_corrupt`` names what the call overwrites of the other structure. A call that overwrites
    nothing is answered, with the effect :class:`~necp_replay.events.effects.TypeConfusionMark`.
    """

    function: str | None = field(default=None, compare=False)
    would_corrupt: str | None = field(default=None, compare=False)


@dataclass(slots=True)
class Absent:
    """The engine does not model this input; neither a pass nor a mismatch."""

    why: str


Answer = (
    ActionBuffers
    | SessionBuffer
    | MatchResult
    | InterfaceAnswer
    | TimerAnswer
    | Readiness
    | Selected
    | BlockClient
    | NexusParametersAnswer
    | AssignMessage
    | AttributesAnswer
    | OptionData
    | Snapshot
    | Panicked
    | TypeConfused
    | Absent
)


@dataclass(slots=True)
class Outcome:
    """One input's outcome. ``errno`` is None where the input has none (clock, timer, snapshot)."""

    errno: int | None = None
    retval: int | None = None
    answer: Answer | None = None
    effects: tuple[Effect, ...] = ()
