"""What a record names: clients, agents, fds, sockets and the like, and whether it changes them.

Selecting and cutting records, timelines, the context of a difference, chains of differences and
pseudonyms all ask what a record is about. The answer is here, and only here: :data:`FIELDS` has a
row for each field that names something, and the functions read an input and its outcome by it::

    >>> from necp_replay.events.sockets import InpcbDispose
    >>> list(references_of(InpcbDispose(socket="s1")))
    [Reference(thing=<Thing.SOCKET: 'socket'>, name='s1', use=<Use.DESTROY: 'destroy'>)]

What a user buffer names depends on the call and its action; :data:`_BUFFERS` reads those. An id
that is all zeros is the kernel's "no id" and names nothing. Ids that the kernel generated during
a step are in ``Step.uuids``, not here.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from necp_replay.abi.client import (
    MAX_CLIENT_PARAMETERS_BYTES,
    UUID_BYTES,
    ClientAction,
    ClientParameter,
)
from necp_replay.abi.client_structs import INTERFACE_INDEX
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.events import (
    agents,
    effects,
    interfaces,
    notifications,
    processes,
    routes,
    snapshot,
    sockets,
    syscalls,
)
from necp_replay.events.inputs import Input
from necp_replay.events.outcome import ActionBuffers, BlockClient, Outcome
from necp_replay.events.user_buffer import UserBuffer


class Thing(enum.Enum):
    """What can be named. The comment says how: by an id (16 bytes), a number or a string."""

    CLIENT = "client"  # the id that ADD generated
    AGENT = "agent"  # the id that it registered with
    AGENT_USE = "use of agent"  # an agent's use count, by the agent's id
    EXECUTABLE = "executable"  # the id of a program's image
    NEXUS_INSTANCE = "nexus instance"  # an id
    AGENT_SESSION = "agent session"  # a string
    SOCKET = "socket"  # a string, which callbacks call a handle
    MULTIPATH = "multipath block"  # a string, which callbacks call a handle
    ROUTE = "route"  # a string
    INTERFACE = "interface"  # its index
    PROCESS = "process"  # its pid
    FD = "fd"  # (pid, number)


IDS: Final = frozenset((Thing.CLIENT, Thing.AGENT, Thing.EXECUTABLE, Thing.NEXUS_INSTANCE))
"""Things that are named by an id."""


class Use(enum.Enum):
    """What a record does to a thing that it names, if it succeeds.

    WRITE stands for every call on a client or an fd: few of them change nothing, and COPY_RESULT,
    which looks as if it did not, marks the client as read.
    """

    READ = "read"
    WRITE = "write"
    CREATE = "create"
    DESTROY = "destroy"


Name = bytes | str | int | tuple[int, int]
"""An id, a string, a number, or the pid and number of an fd."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One thing that a record names, and what the record does to it."""

    thing: Thing
    name: Name
    use: Use


@dataclass(frozen=True, slots=True)
class Field:
    """A field that names a thing, or several if it is a tuple."""

    name: str
    thing: Thing
    use: Use = Use.READ


FdName = tuple[int, int]
"""A process's pid and the number of an fd of it."""

OPENINGS: Final = (syscalls.NecpOpen, syscalls.NecpSessionOpen, syscalls.OpenOther)
"""Calls that open an fd; which one, only their outcome says."""


def references_of(event: Input) -> Iterator[Reference]:
    """What an input names, in the order of its fields, buffers last."""
    yield from _declared(event)
    read_buffers = _BUFFERS.get(type(event))
    if read_buffers is not None:
        yield from read_buffers(event)


def references_returned(event: Input, outcome: Outcome) -> Iterator[Reference]:
    """What the outcome of ``event`` names: in its answer, then in its effects, in order."""
    opened = opened_fd(event, outcome)
    if opened is not None:
        yield Reference(Thing.FD, opened, Use.CREATE)
    answer = outcome.answer
    if isinstance(answer, ActionBuffers):
        yield from _returned_client(event, answer)
    elif answer is not None:
        yield from _declared(answer)
    for effect in outcome.effects:
        yield from _declared(effect)


def process_of(event: Input) -> int | None:
    """The pid of the process that an input is by or about; None where there is none.

    0 is a pid like any other, but for the calls that take it for "any process".
    """
    pid: int | None = getattr(event, "pid", None)
    return None if pid == 0 and type(event) in _ANY_PROCESS_IS_0 else pid


def fd_of(event: Input, outcome: Outcome | None) -> FdName | None:
    """The fd that an input is on, or that it opened; None where there is none."""
    if isinstance(event, OPENINGS):
        return opened_fd(event, outcome)
    pid, fd = getattr(event, "pid", None), getattr(event, "fd", None)
    return None if pid is None or fd is None else (pid, fd)


def opened_fd(event: Input, outcome: Outcome | None) -> FdName | None:
    """The fd that an input opened; without an outcome, the one that the trace assigns to it."""
    if not isinstance(event, OPENINGS):
        return None
    fd = event.assigned_fd if outcome is None else outcome.retval
    return None if fd is None else (event.pid, fd)


def passed_client(call: syscalls.NecpClientAction) -> bytes | None:
    """The client id that a process passes to an action; None where it passes no whole one.

    The kernel reads one only where the length argument is that of an id
    (``necp_client_remove``, ``necp_client_copy`` and the other actions in ``necp_client.c``).
    """
    if call.action in _NO_CLIENT_PASSED:
        return None
    return _whole_id(call.client_id, call.client_id_len)


def _declared(event: Any) -> Iterator[Reference]:
    """The references in the fields that :data:`FIELDS` declares for the class of ``event``."""
    for field in FIELDS.get(type(event), ()):
        value = getattr(event, field.name)
        for name in value if type(value) is tuple else (value,):
            if _names_something(event, field.thing, name):
                whole = (event.pid, name) if field.thing is Thing.FD else name
                yield Reference(field.thing, whole, field.use)


def _names_something(event: object, thing: Thing, name: Any) -> bool:
    if name is None:
        return False
    if type(name) is bytes:
        return len(name) == UUID_BYTES and any(name)
    if name == 0:
        # Interface 0 is none. Process 0 is a process, but for the calls that read it as any.
        return thing is not Thing.INTERFACE and type(event) not in _ANY_PROCESS_IS_0
    return True


def _whole_id(buffer: UserBuffer | None, declared_bytes: int) -> bytes | None:
    """The id in a buffer that is declared to hold just one; None where it is all zeros."""
    if buffer is None or buffer.unmapped or declared_bytes != UUID_BYTES:
        return None
    content = buffer.content[:UUID_BYTES].ljust(UUID_BYTES, b"\0")
    return content if any(content) else None


def _client_action(call: syscalls.NecpClientAction) -> Iterator[Reference]:
    client_id = passed_client(call)
    if client_id is not None:
        use = Use.DESTROY if call.action == ClientAction.REMOVE else Use.WRITE
        yield Reference(Thing.CLIENT, client_id, use)
    read_action = _ACTION_BUFFERS.get(call.action)
    if read_action is not None:
        yield from read_action(call)


def _returned_client(event: Input, answer: ActionBuffers) -> Iterator[Reference]:
    """The id in the client id argument after the call, which ADD writes there."""
    if not isinstance(event, syscalls.NecpClientAction) or event.action in _OTHER_THAN_CLIENT:
        return
    if isinstance(answer.client_id, bytes):
        client_id = answer.client_id[:UUID_BYTES].ljust(UUID_BYTES, b"\0")
        if any(client_id):
            use = Use.CREATE if event.action == ClientAction.ADD else Use.READ
            yield Reference(Thing.CLIENT, client_id, use)


def _delegate(call: syscalls.NecpClientAction) -> Iterator[Reference]:
    """ADD: the process that the client acts for, where the parameters name one."""
    if call.buffer is None:
        return
    read_bytes = min(call.buffer.length, MAX_CLIENT_PARAMETERS_BYTES)
    content = call.buffer.content[:MAX_CLIENT_PARAMETERS_BYTES].ljust(read_bytes, b"\0")
    for _, type_, value in iterate_tlvs(content):
        if type_ == ClientParameter.PID and len(value) >= 4:
            pid = int.from_bytes(value[:4], "little", signed=True)
            yield Reference(Thing.PROCESS, pid, Use.READ)


def _copied_agent(call: syscalls.NecpClientAction) -> Iterator[Reference]:
    """COPY_AGENT: the agent whose id stands in the client id argument."""
    agent = _whole_id(call.client_id, call.client_id_len)
    if agent is not None:
        yield Reference(Thing.AGENT, agent, Use.READ)


def _copied_interface(call: syscalls.NecpClientAction) -> Iterator[Reference]:
    """COPY_INTERFACE: the interface whose index stands in the client id argument."""
    if call.client_id is not None and call.client_id_len == INTERFACE_INDEX.size:
        index = int.from_bytes(call.client_id.content[: INTERFACE_INDEX.size], "little")
        yield Reference(Thing.INTERFACE, index, Use.READ)


def _used_agent(call: syscalls.NecpClientAction) -> Iterator[Reference]:
    """AGENT_USE: the agent whose use count it reads and changes."""
    if call.buffer is not None:
        agent = call.buffer.content[:UUID_BYTES].ljust(UUID_BYTES, b"\0")
        yield Reference(Thing.AGENT_USE, agent, Use.WRITE)


def _triggered_agent(call: syscalls.NetagentTrigger) -> Iterator[Reference]:
    agent = _whole_id(call.agent_uuid, call.len)
    if agent is not None:
        yield Reference(Thing.AGENT, agent, Use.WRITE)


_OTHER_THAN_CLIENT: Final = frozenset({ClientAction.COPY_AGENT, ClientAction.COPY_INTERFACE})
"""Actions whose client id argument holds another thing's id or number."""

_NO_CLIENT_PASSED: Final = _OTHER_THAN_CLIENT | {ClientAction.ADD, ClientAction.COPY_CLIENT_UPDATE}
"""Actions that read no client's id; the last two write one instead."""

_ACTION_BUFFERS: Final[Mapping[int, Callable[[syscalls.NecpClientAction], Iterator[Reference]]]] = {
    ClientAction.ADD: _delegate,
    ClientAction.COPY_AGENT: _copied_agent,
    ClientAction.COPY_INTERFACE: _copied_interface,
    ClientAction.AGENT_USE: _used_agent,
}
"""What the buffers of an action name besides a client."""

_BUFFERS: Final[Mapping[type, Callable[[Any], Iterator[Reference]]]] = {
    syscalls.NecpClientAction: _client_action,
    syscalls.NetagentTrigger: _triggered_agent,
}
"""What the user buffers of a call name."""

_ANY_PROCESS_IS_0: Final = frozenset(
    {sockets.RegisterSocketFlow, sockets.AssignFromSocket, sockets.RegisterMultipathCb}
)
"""Calls for which pid 0 means any process."""

_CALLER: Final = (Field("pid", Thing.PROCESS),)
_ON_FD: Final = (*_CALLER, Field("fd", Thing.FD, Use.WRITE))
_ASKS_FD: Final = (*_CALLER, Field("fd", Thing.FD))
_CLIENT: Final = Field("client_id", Thing.CLIENT, Use.WRITE)
_ASKS_CLIENT: Final = Field("client_id", Thing.CLIENT)
_BOUND: Final = (Field("bound_if", Thing.INTERFACE), Field("last_outif", Thing.INTERFACE))


def _agent_fields(session: Use, agent: Use) -> tuple[Field, ...]:
    return (
        Field("session", Thing.AGENT_SESSION, session),
        Field("uuid", Thing.AGENT, agent),
    )


def _interface_fields(interface: Use) -> tuple[Field, ...]:
    return (
        Field("index", Thing.INTERFACE, interface),
        Field("delegate", Thing.INTERFACE),
        Field("agents", Thing.AGENT),
    )


FIELDS: Final[Mapping[type, tuple[Field, ...]]] = {
    processes.ProcAdd: (
        Field("pid", Thing.PROCESS, Use.CREATE),
        Field("exec_uuid", Thing.EXECUTABLE),
    ),
    processes.ProcUpdate: (
        Field("pid", Thing.PROCESS, Use.WRITE),
        Field("exec_uuid", Thing.EXECUTABLE),
    ),
    processes.ProcExit: (Field("pid", Thing.PROCESS, Use.DESTROY),),
    interfaces.IfaceAttach: _interface_fields(Use.CREATE),
    interfaces.IfaceUpdate: _interface_fields(Use.WRITE),
    interfaces.IfaceDetach: (Field("index", Thing.INTERFACE, Use.DESTROY),),
    interfaces.IfaceOrder: (Field("indices", Thing.INTERFACE, Use.WRITE),),
    interfaces.IfaceAddAgent: (
        Field("index", Thing.INTERFACE, Use.WRITE),
        Field("agent", Thing.AGENT),
    ),
    interfaces.IfaceDelAgent: (
        Field("index", Thing.INTERFACE, Use.WRITE),
        Field("agent", Thing.AGENT),
    ),
    routes.RouteAdd: (
        Field("id", Thing.ROUTE, Use.CREATE),
        Field("ifindex", Thing.INTERFACE),
    ),
    routes.RouteUpdate: (Field("id", Thing.ROUTE, Use.WRITE),),
    routes.RouteDelete: (Field("id", Thing.ROUTE, Use.DESTROY),),
    agents.NetagentRegister: _agent_fields(Use.CREATE, Use.CREATE),
    agents.NetagentUpdate: _agent_fields(Use.WRITE, Use.WRITE),
    agents.NetagentSetFlags: _agent_fields(Use.WRITE, Use.WRITE),
    agents.NetagentUnregister: _agent_fields(Use.WRITE, Use.DESTROY),
    agents.NetagentClose: _agent_fields(Use.DESTROY, Use.DESTROY),
    agents.NetagentSetopt: _agent_fields(Use.WRITE, Use.WRITE),
    agents.NetagentGetopt: _agent_fields(Use.READ, Use.READ),
    agents.NetagentMessage: _agent_fields(Use.WRITE, Use.WRITE),
    agents.NetagentFail: _agent_fields(Use.WRITE, Use.READ),
    agents.NetagentAssignNexus: (*_agent_fields(Use.READ, Use.READ), _CLIENT),
    agents.NetagentProtoctl: (*_agent_fields(Use.READ, Use.READ), _CLIENT),
    sockets.SocketCreate: (Field("name", Thing.SOCKET, Use.CREATE), *_BOUND),
    sockets.SocketUpdate: (Field("name", Thing.SOCKET, Use.WRITE), *_BOUND),
    sockets.RegisterSocketFlow: (*_CALLER, _CLIENT, Field("socket", Thing.SOCKET, Use.WRITE)),
    sockets.AssignFromSocket: (
        *_CALLER,
        _CLIENT,
        Field("socket", Thing.SOCKET, Use.WRITE),
        *_BOUND,
    ),
    sockets.InpcbRemoveCb: (Field("socket", Thing.SOCKET, Use.WRITE),),
    sockets.InpcbDispose: (Field("socket", Thing.SOCKET, Use.DESTROY),),
    sockets.RegisterMultipathCb: (*_CALLER, _CLIENT, Field("mp", Thing.MULTIPATH, Use.CREATE)),
    sockets.MppcbDispose: (Field("mp", Thing.MULTIPATH, Use.DESTROY),),
    sockets.SocketSetAttributes: (Field("socket", Thing.SOCKET, Use.WRITE),),
    sockets.SocketGetAttributes: (Field("socket", Thing.SOCKET),),
    notifications.InjectNexusFlow: (
        _CLIENT,
        Field("agent", Thing.AGENT),
        Field("interface_index", Thing.INTERFACE),
    ),
    notifications.FdDefunct: _ON_FD,
    notifications.FdBackground: _ON_FD,
    notifications.FdMemstatus: _ON_FD,
    notifications.ForceUpdateClient: (_CLIENT, Field("remove_agent", Thing.AGENT)),
    notifications.AssignClientResult: (Field("agent", Thing.AGENT), _CLIENT),
    notifications.ProtoctlEvent: (Field("agent", Thing.AGENT), _CLIENT),
    notifications.CopyNexusParameters: (_ASKS_CLIENT,),
    notifications.CreateNexusAssignMessage: (Field("nexus_instance", Thing.NEXUS_INSTANCE),),
    syscalls.NecpClientAction: _ON_FD,
    syscalls.NecpOpen: _CALLER,
    syscalls.NecpSessionOpen: _CALLER,
    syscalls.OpenOther: _CALLER,
    syscalls.Close: (*_CALLER, Field("fd", Thing.FD, Use.DESTROY)),
    syscalls.NecpSessionAction: _ON_FD,
    syscalls.NecpMatchPolicy: _CALLER,
    syscalls.NetagentTrigger: _CALLER,
    syscalls.FdPoll: _ASKS_FD,
    syscalls.FdRead: _ASKS_FD,
    syscalls.FdWrite: _ASKS_FD,
    syscalls.FdIoctl: _ASKS_FD,
    syscalls.FdSelect: _ASKS_FD,
    BlockClient: (Field("necp_client_uuid", Thing.CLIENT),),
    effects.Wake: _ASKS_FD,
    effects.AgentMessage: (Field("agent", Thing.AGENT), _ASKS_CLIENT),
    effects.SocketCallback: (
        Field("handle", Thing.SOCKET),
        Field("interface_index", Thing.INTERFACE),
    ),
    effects.MultipathCallback: (
        Field("handle", Thing.MULTIPATH),
        Field("interface_index", Thing.INTERFACE),
    ),
    effects.NexusParameters: (
        Field("pid", Thing.PROCESS),
        Field("epid", Thing.PROCESS),
        Field("euuid", Thing.EXECUTABLE),
    ),
    effects.UuidPolicy: (Field("uuid", Thing.EXECUTABLE),),
    # A flow's handle is a socket or a multipath block; the snapshot does not tell which.
    snapshot.FlowSnapshot: (
        Field("interface_index", Thing.INTERFACE),
        Field("nexus_agent", Thing.AGENT),
    ),
    snapshot.ClientSnapshot: (
        _ASKS_CLIENT,
        Field("proc_pid", Thing.PROCESS),
        Field("route_ifindex", Thing.INTERFACE),
        Field("interface_handle", Thing.MULTIPATH),
        Field("assertions", Thing.AGENT),
    ),
    snapshot.UpdateSnapshot: (_ASKS_CLIENT,),
    snapshot.FdSnapshot: (Field("pid", Thing.PROCESS), Field("fd", Thing.FD)),
    snapshot.SessionSnapshot: (Field("proc_pid", Thing.PROCESS),),
    snapshot.AgentSnapshot: (
        Field("uuid", Thing.AGENT),
        Field("pending_triggers", Thing.CLIENT),
    ),
    snapshot.RouteStatsSnapshot: (Field("route", Thing.ROUTE),),
}
"""Every field that names something, by the class that has it."""
