"""What the engine says of each action and input: its checks, its answer, and what is not modelled.

Every handler's file ends with the description of what it handles, so that one file tells all about
it. Tables are made of descriptions: the actions by number, which calls look up, and everything in
one list (:mod:`necp_replay.kernel.catalog`), from which ``necp-replay actions`` and
``docs/fidelity.md`` are printed.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar, get_args

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import SessionAction
from necp_replay.dataclass import dataclass
from necp_replay.events import inputs

Handler = TypeVar("Handler", bound=Callable[..., Any], covariant=True)


class Kind(enum.Enum):
    """What a description is about, in the order in which kinds are listed."""

    CLIENT_ACTION = "client action"
    SESSION_ACTION = "session action"
    SYSTEM_CALL = "system call or fd operation"
    POLICY_CONTROL = "policy control"
    NOTIFICATION = "notification"
    SOCKET = "socket or multipath block"
    AGENT = "network agent"
    INTERFACE = "interface"
    ROUTE = "route"
    PROCESS = "process"
    CLOCK = "time"


class Support(enum.Enum):
    """How far an action or input is modelled."""

    FULL = "full"
    PARTIAL = "partial"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Check:
    """One check that can fail. ``fact`` names the profile's fact that decides about it, if any.

    With ``is_for_others``, the check also stands for every errno that no other check of the action
    has. ``looks_at`` names the fields of the input that it looks at, for explanations; without it
    and without values that the handler notes, all arguments are shown.
    """

    when: str
    errno: Errno
    is_logged: bool = False
    fact: str = ""
    is_for_others: bool = False
    looks_at: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The check on one line: the errno, when it fails, and the fact it depends on."""
        log = " (log)" if self.is_logged else ""
        release = f" [by release: {self.fact}]" if self.fact else ""
        return f"{self.errno.name}{log}: {self.when}{release}"


def silent(errno: Errno, when: str, *, fact: str = "", looks_at: tuple[str, ...] = ()) -> Check:
    """A check that fails without a log record."""
    return Check(when, errno, is_logged=False, fact=fact, looks_at=looks_at)


def logged(errno: Errno, when: str, *, fact: str = "", is_for_others: bool = False) -> Check:
    """A check that writes a log record when it fails."""
    return Check(when, errno, is_logged=True, fact=fact, is_for_others=is_for_others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description(Generic[Handler]):
    """One action or input: who handles it, and what it does.

    - ``subject``: the action, or the class of the input.
    - ``handler``: the function that carries it out. It names the file.
    - ``function``: the upstream function, several with commas between them. Empty for an input that
      changes the system around the subsystem instead of calling it.
    - ``summary``: what it does, in one sentence.
    - ``checks``: what can fail, in the order in which upstream checks it.
    - ``answer``: what it returns and writes.
    - ``effects``: what else happens, and who else hears of it.
    - ``overwrites``: for actions, which fields are overwritten when the fd is of the other kind.
      The kernel takes a session fd for a client fd, and the reverse.
    - ``other_facts``: facts of the profile that it depends on, besides those of its checks.
    - ``support`` and ``missing``: how far it is modelled, and what is not.
    - ``syscall_number``: the number of a system call.
    """

    subject: ClientAction | SessionAction | type
    handler: Handler
    function: str = ""
    summary: str
    checks: tuple[Check, ...] = ()
    answer: str = "0"
    effects: str = "none"
    overwrites: str = ""
    other_facts: tuple[str, ...] = ()
    support: Support = Support.FULL
    missing: str = ""
    syscall_number: int | None = None

    @property
    def kind(self) -> Kind:
        """What it is about."""
        if isinstance(self.subject, ClientAction):
            return Kind.CLIENT_ACTION
        if isinstance(self.subject, SessionAction):
            return Kind.SESSION_ACTION
        return _KINDS[self.subject]

    @property
    def name(self) -> str:
        """The name of the action, or that of the input in traces and JSON."""
        if isinstance(self.subject, type):
            return inputs.NAMES_OF_INPUTS[self.subject]
        return self.subject.name

    @property
    def number(self) -> int | None:
        """The number of the action or system call; None for what has none."""
        return self.syscall_number if isinstance(self.subject, type) else int(self.subject)

    @property
    def file(self) -> str:
        """The path of the file that handles it, from the root of the project."""
        return self.handler.__module__.replace(".", "/") + ".py"

    @property
    def confusion(self) -> str:
        """What happens on an fd of the other kind; empty for what is no action."""
        if not self.overwrites:
            return ""
        other = "session" if self.kind is Kind.CLIENT_ACTION else "client"
        return f"a {other} fd would lose {self.overwrites}"

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of all facts that it depends on, those of its checks first."""
        of_checks = (check.fact for check in self.checks if check.fact)
        return tuple(dict.fromkeys((*of_checks, *self.other_facts)))


AnyDescription = Description[Callable[..., Any]]
"""A description of anything."""

NO_PROCESS: Final = silent(Errno.ESRCH, "no process has the pid", looks_at=("pid",))
NO_CLIENT: Final = silent(Errno.ENOENT, "no fd has the client", looks_at=("client_id",))
NO_BLOCK: Final = silent(Errno.ENOENT, "there is no such block", looks_at=("handle",))
NO_AGENT_SESSION: Final = silent(Errno.ENOENT, "no session has the name", looks_at=("session",))
NO_INTERFACE: Final = silent(
    Errno.ENXIO, "no interface has the index", looks_at=("index", "ifindex")
)

_FAMILIES: Final[tuple[tuple[Kind, Any], ...]] = (
    (Kind.SYSTEM_CALL, inputs.SyscallInput),
    (Kind.SYSTEM_CALL, inputs.FdInput),
    (Kind.POLICY_CONTROL, inputs.PolicyControlInput),
    (Kind.NOTIFICATION, inputs.NotificationInput),
    (Kind.SOCKET, inputs.SocketInput),
    (Kind.AGENT, inputs.AgentInput),
    (Kind.INTERFACE, inputs.InterfaceInput),
    (Kind.ROUTE, inputs.RouteInput),
    (Kind.PROCESS, inputs.ProcessInput),
    (Kind.CLOCK, inputs.ClockInput),
)
_KINDS: Final[dict[type, Kind]] = {
    input_class: kind for kind, family in _FAMILIES for input_class in get_args(family)
}
