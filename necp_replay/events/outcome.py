"""What a step gave back: error number, return value, answer and effects.

The answer is everything else that the input returned, such as user buffers after a call: one of the
:data:`Answer` classes. Fields declared with ``compare=False`` are filled in by our engine and not
measured by conformance vectors.
"""

from __future__ import annotations

from dataclasses import field

from necp_replay.dataclass import dataclass
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

    ``beyond_vectors`` holds its bytes after a successful POLICY_GET, which vectors leave out.
    """

    out_buffer: OutBuffer = Unseen.NO_BUFFER
    beyond_vectors: bytes | None = field(default=None, compare=False)


@dataclass(slots=True)
class MatchResult:
    """``necp_match_policy``: the result buffer after the call."""

    result: OutBuffer = Unseen.NO_BUFFER


@dataclass(slots=True)
class InterfaceAnswer:
    """What ``if_functional_type(ifp, TRUE)`` returns; -1 if there is no such interface."""

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
    """What the fd's select operation returned; None after an error."""

    ready: int | None


@dataclass(slots=True)
class BlockClient:
    """``necp_client_uuid`` of the socket or multipath block after the call."""

    necp_client_uuid: bytes


@dataclass(slots=True)
class NexusParametersAnswer:
    """What ``necp_client_copy_parameters`` filled in."""

    parameters: NexusParameters


@dataclass(slots=True)
class AssignMessage:
    """The message that was built, None if there was nothing to put into it."""

    message: bytes | None


@dataclass(slots=True)
class AttributesAnswer:
    """Attributes of a socket after the call, and the option's size (``valsize``).

    ``buffer`` is None after setting them, which has no output. The attributes in it are None
    where they are not set, and in releases that do not have them.
    """

    valsize: int
    domain: Text | None
    account: Text | None
    buffer: OutBuffer | None = None
    domain_owner: Text | None = None
    tracker_domain: Text | None = None
    domain_context: Text | None = None


@dataclass(slots=True)
class Allowed:
    """Whether a socket may receive on an interface."""

    allowed: bool


@dataclass(slots=True)
class SignatureAnswer:
    """The signature of a resolver's answer that a socket has, and the option's size (``valsize``).

    ``valsize`` is None after an error.
    """

    buffer: bytes | None = None
    valsize: int | None = None


@dataclass(slots=True)
class OptionData:
    """What ``getsockopt`` on an agent's control socket returned; None after an error."""

    data: bytes | None


@dataclass(slots=True)
class Panicked:
    """The kernel panicked. The last effect says where, and the trace ends here."""


@dataclass(slots=True)
class TypeConfused:
    """A client call was made on a policy session's fd, or the reverse.

    The kernel takes one structure for the other, so what follows depends on memory layout.

    ``would_corrupt`` names what the call overwrites of the other structure. A call that overwrites
    nothing is answered, with the effect :class:`~necp_replay.events.effects.TypeConfusionMark`.
    """

    function: str | None = field(default=None, compare=False)
    would_corrupt: str | None = field(default=None, compare=False)


@dataclass(slots=True)
class Absent:
    """The engine does not model this input. The record is neither identical nor different."""

    why: str


@dataclass(slots=True)
class NotDetermined:
    """The outcome depends on something that the trace does not know. It is not compared."""

    why: str


Answer = (
    ActionBuffers
    | SessionBuffer
    | MatchResult
    | InterfaceAnswer
    | TimerAnswer
    | Allowed
    | SignatureAnswer
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
    | NotDetermined
)


@dataclass(slots=True)
class Outcome:
    """What one step gave back.

    ``errno`` is 0 for success, and None for inputs without an error number (clock, timer,
    snapshot). ``retval`` is the return value of a system call that succeeded, else None.
    ``unmeasured`` names the parts that are not known, whatever their value is
    (:mod:`necp_replay.events.unmeasured`).
    """

    errno: int | None = None
    retval: int | None = None
    answer: Answer | None = None
    effects: tuple[Effect, ...] = ()
    unmeasured: tuple[str, ...] = ()
