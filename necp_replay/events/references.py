"""What a record names: clients, agents, fds, sockets and the like, and whether it changes them.

Selecting and cutting records, timelines, the context of a difference, chains of differences and
pseudonyms all ask what a record is about. The answer is here, and only here: :data:`FIELDS` has a
row for each field that names something, and :class:`References` reads events by it::

    >>> from necp_replay.events.sockets import InpcbDispose
    >>> References(Thing.SOCKET).passed(InpcbDispose(socket="s1"))
    [Reference(thing=<Thing.SOCKET: 'socket'>, name='s1', use=<Use.DESTROY: 'destroy'>)]

What a user buffer names depends on the call and its action; :data:`_BUFFERS` reads those. Ids that
the kernel generated during a step are in ``Step.uuids``, not here.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from necp_replay.abi.client import (
    MAX_CLIENT_PARAMETERS_BYTES,
    ClientAction,
    ClientParameter,
    FlowFlag,
)
from necp_replay.abi.client_structs import ADD_FLOW_ID_OFFSET, ADD_FLOW_REQUEST, INTERFACE_INDEX
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.dataclass import dataclass
from necp_replay.events import (
    agents,
    effects,
    interfaces,
    notifications,
    policy_control,
    processes,
    routes,
    snapshot,
    sockets,
    syscalls,
)
from necp_replay.events.inputs import Input
from necp_replay.events.outcome import ActionBuffers, BlockClient, Outcome


class Thing(enum.Enum):
    """What can be named. The comments say by what: an id (16 bytes), a number or a string."""

    CLIENT = "client"  # the id that ADD generated, or that of a flow registration
    AGENT = "agent"  # the id that it registered with
    AGENT_USE = "use of agent"  # an agent's use count, by the agent's id
    EXECUTABLE = "executable"  # the id of a program's image
    NEXUS_INSTANCE = "nexus instance"  # an id
    AGENT_SESSION = "agent session"  # a string
    CONTROL_SESSION = "policy control session"  # a string
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

    CALL = "call"  # the process makes the call, or the kernel makes it for the process
    READ = "read"
    WRITE = "write"
    CREATE = "create"
    DESTROY = "destroy"


Name = bytes | str | int | tuple[int, int]
"""An id, a string, a number, or the pid and number of an fd."""


class Reference(NamedTuple):
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


class References:
    """Reads which things of some kinds a record names; of all kinds where none is given.

    An id of 16 zero bytes is the kernel's "no id" and names nothing, except as a client's: a client
    can have it, and some actions take it for any client.
    """

    def __init__(self, *things: Thing) -> None:
        wanted = things or tuple(Thing)
        rows = {kind: [field for field in FIELDS[kind] if field.thing in wanted] for kind in FIELDS}
        self._fields = {kind: fields for kind, fields in rows.items() if fields}
        self._wanted = wanted
        self._buffers = _BUFFERS if _IN_BUFFERS.intersection(wanted) else {}
        self._reads_clients = Thing.CLIENT in wanted
        self._reads_fds = Thing.FD in wanted

    def passed(self, event: Input) -> list[Reference]:
        """What an input names, in the order of the rows of its fields, buffers last."""
        found: list[Reference] = []
        if type(event) in self._fields:
            self._add_declared(event, found)
        read_buffers = self._buffers.get(type(event))
        if read_buffers is not None:
            found += [each for each in read_buffers(event) if each.thing in self._wanted]
        return found

    def returned(self, event: Input, outcome: Outcome) -> list[Reference]:
        """What the outcome of ``event`` names: in its answer, then in its effects, in order."""
        found: list[Reference] = []
        if self._reads_clients and type(outcome.answer) is ActionBuffers:
            found += _returned_client(event, outcome.answer)
        elif type(outcome.answer) in self._fields:
            self._add_declared(outcome.answer, found)
        if self._reads_fds:
            opened = opened_fd(event, outcome)
            if opened is not None:
                found.append(Reference(Thing.FD, opened, Use.CREATE))
        return found + self.caused(outcome)

    def caused(self, outcome: Outcome) -> list[Reference]:
        """What the effects of an outcome name, in order."""
        found: list[Reference] = []
        for effect in outcome.effects:
            if type(effect) in self._fields:
                self._add_declared(effect, found)
        return found

    def _add_declared(self, event: Any, found: list[Reference]) -> None:
        """Add the references in the fields that have a row for the class of ``event``."""
        for field in self._fields[type(event)]:
            value = getattr(event, field.name)
            for name in value if type(value) is tuple else (value,):
                if name is not None and _is_name(event, field.thing, name):
                    whole = (event.pid, name) if field.thing is Thing.FD else name
                    found.append(Reference(field.thing, whole, field.use))


def _is_name(event: object, thing: Thing, name: bytes | str | int) -> bool:
    """Whether a value names something, or is the value of its field where nothing is named."""
    if type(name) is bytes:
        return len(name) == UUID_BYTES and (thing is Thing.CLIENT or any(name))
    if name == 0:
        return thing is not Thing.INTERFACE and type(event) not in _ANY_PROCESS_IS_0
    return True


def process_of(event: Input) -> int | None:
    """The pid in an input by or about a process, as it stands there; None where there is none.

    For some calls 0 stands for any process.
    """
    pid: int | None = getattr(event, "pid", None)
    return pid


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

    The length argument has to be that of an id: no action reads another as one. Whether the action
    reads an id at all is not asked: ADD, for one, only writes one there.
    """
    buffer = call.client_id
    if buffer is None or buffer.unmapped or call.client_id_len != UUID_BYTES:
        return None
    if buffer.known is not None and buffer.known < UUID_BYTES:
        return None
    return buffer.content[:UUID_BYTES].ljust(UUID_BYTES, b"\0")


def _client_action(call: syscalls.NecpClientAction) -> Iterator[Reference]:
    client_id = passed_client(call)
    if client_id is not None:
        thing, use = _CLIENT_ID_ARGUMENTS.get(call.action, (Thing.CLIENT, Use.WRITE))
        yield Reference(thing, client_id, use)
    read_action = _ACTION_BUFFERS.get(call.action)
    if read_action is not None:
        yield from read_action(call)


def _returned_client(event: Input, answer: ActionBuffers) -> Iterator[Reference]:
    """The id in the client id argument after the call."""
    if isinstance(event, syscalls.NecpClientAction) and isinstance(answer.client_id, bytes):
        thing, use = _CLIENT_ID_ARGUMENTS.get(event.action, (Thing.CLIENT, Use.READ))
        if event.action == ClientAction.ADD:
            use = Use.CREATE
        yield Reference(thing, answer.client_id[:UUID_BYTES].ljust(UUID_BYTES, b"\0"), use)
        if event.action == ClientAction.ADD_FLOW and isinstance(answer.buffer, bytes):
            made = answer.buffer[ADD_FLOW_ID_OFFSET : ADD_FLOW_ID_OFFSET + UUID_BYTES]
            if any(made):
                yield Reference(Thing.CLIENT, made.ljust(UUID_BYTES, b"\0"), Use.CREATE)


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


def _copied_interface(call: syscalls.NecpClientAction) -> Iterator[Reference]:
    """COPY_INTERFACE: the interface whose index is in the client id argument."""
    if call.client_id is not None and call.client_id_len == INTERFACE_INDEX.size:
        index = int.from_bytes(call.client_id.content[: INTERFACE_INDEX.size], "little")
        yield Reference(Thing.INTERFACE, index, Use.READ)


def _used_agent(call: syscalls.NecpClientAction) -> Iterator[Reference]:
    """AGENT_USE: the agent whose use count it reads and changes."""
    if call.buffer is not None:
        agent = call.buffer.content[:UUID_BYTES].ljust(UUID_BYTES, b"\0")
        yield Reference(Thing.AGENT_USE, agent, Use.WRITE)


def _asserted_agent(call: syscalls.NecpClientAction) -> Iterator[Reference]:
    """ADD_FLOW: the agent that is told of a flow that browses or resolves."""
    if call.buffer is None or call.buffer_size < ADD_FLOW_REQUEST.size:
        return
    content = call.buffer.content[: ADD_FLOW_REQUEST.size].ljust(ADD_FLOW_REQUEST.size, b"\0")
    agent, _, flags, _ = ADD_FLOW_REQUEST.unpack(content)
    if flags & (FlowFlag.BROWSE | FlowFlag.RESOLVE) and any(agent):
        yield Reference(Thing.AGENT, agent, Use.WRITE)


def _triggered_agent(call: syscalls.NetagentTrigger) -> Iterator[Reference]:
    if call.agent_uuid is not None and call.len == UUID_BYTES:
        agent = call.agent_uuid.content[:UUID_BYTES].ljust(UUID_BYTES, b"\0")
        yield Reference(Thing.AGENT, agent, Use.WRITE)


_CLIENT_ID_ARGUMENTS: Final[Mapping[int, tuple[Thing, Use]]] = {
    ClientAction.ADD: (Thing.CLIENT, Use.READ),
    ClientAction.REMOVE: (Thing.CLIENT, Use.DESTROY),
    ClientAction.REMOVE_FLOW: (Thing.CLIENT, Use.DESTROY),
    ClientAction.COPY_AGENT: (Thing.AGENT, Use.READ),
}
"""What the client id argument names where it is not just a client that the action works on."""

_ACTION_BUFFERS: Final[Mapping[int, Callable[[syscalls.NecpClientAction], Iterator[Reference]]]] = {
    ClientAction.ADD: _delegate,
    ClientAction.COPY_INTERFACE: _copied_interface,
    ClientAction.AGENT_USE: _used_agent,
    ClientAction.ADD_FLOW: _asserted_agent,
}
"""What the buffers of an action name besides a client."""

_BUFFERS: Final[Mapping[type, Callable[[Any], Iterator[Reference]]]] = {
    syscalls.NecpClientAction: _client_action,
    syscalls.NetagentTrigger: _triggered_agent,
}
"""What the user buffers of a call name."""

_IN_BUFFERS: Final = frozenset(
    {Thing.CLIENT, Thing.AGENT, Thing.AGENT_USE, Thing.INTERFACE, Thing.PROCESS}
)
"""All that a user buffer can name."""

_ANY_PROCESS_IS_0: Final = frozenset(
    {sockets.RegisterSocketFlow, sockets.AssignFromSocket, sockets.RegisterMultipathCb}
)
"""Calls for which pid 0 means any process."""

_CALLER: Final = (Field("pid", Thing.PROCESS, Use.CALL),)
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
        Field("coalition_leader", Thing.PROCESS),
        Field("responsible_pid", Thing.PROCESS),
        Field("responsible_uuid", Thing.EXECUTABLE),
    ),
    processes.ProcUpdate: (
        Field("pid", Thing.PROCESS, Use.WRITE),
        Field("exec_uuid", Thing.EXECUTABLE),
        Field("coalition_leader", Thing.PROCESS),
        Field("responsible_pid", Thing.PROCESS),
        Field("responsible_uuid", Thing.EXECUTABLE),
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
    agents.NetagentOpen: (Field("session", Thing.AGENT_SESSION, Use.CREATE),),
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
    agents.NetagentResults: (Field("session", Thing.AGENT_SESSION, Use.WRITE),),
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
    sockets.SocketAllowedToRecv: (
        Field("socket", Thing.SOCKET),
        Field("index", Thing.INTERFACE),
    ),
    sockets.SocketSetResolverSignature: (Field("socket", Thing.SOCKET, Use.WRITE),),
    sockets.SocketGetResolverSignature: (Field("socket", Thing.SOCKET),),
    notifications.InjectNexusFlow: (
        _CLIENT,
        Field("agent", Thing.AGENT),
        Field("interface_index", Thing.INTERFACE),
    ),
    notifications.CreateRegistration: (_CLIENT,),
    notifications.AssertBbRadioManager: (_CLIENT,),
    notifications.SetDelegatedUpid: (_CLIENT, Field("pid", Thing.PROCESS)),
    notifications.FdDefunct: _ON_FD,
    notifications.FdBackground: _ON_FD,
    notifications.FdMemstatus: _ON_FD,
    notifications.RequestInProcessFlowDivert: _CALLER,
    notifications.ForceUpdateClient: (_CLIENT, Field("remove_agent", Thing.AGENT)),
    notifications.AssignClientResult: (Field("agent", Thing.AGENT), _CLIENT),
    notifications.ProtoctlEvent: (Field("agent", Thing.AGENT), _CLIENT),
    notifications.CopyNexusParameters: (_ASKS_CLIENT,),
    notifications.CreateNexusAssignMessage: (Field("nexus_instance", Thing.NEXUS_INSTANCE),),
    policy_control.NecpCtlOpen: (
        *_CALLER,
        Field("session", Thing.CONTROL_SESSION, Use.CREATE),
    ),
    policy_control.NecpCtlSend: (
        *_CALLER,
        Field("session", Thing.CONTROL_SESSION, Use.WRITE),
    ),
    policy_control.NecpCtlClose: (
        *_CALLER,
        Field("session", Thing.CONTROL_SESSION, Use.DESTROY),
    ),
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
    effects.Wake: (Field("pid", Thing.PROCESS), Field("fd", Thing.FD)),
    effects.SandboxDenial: (Field("pid", Thing.PROCESS),),
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
        Field("parent_flow_uuid", Thing.CLIENT),
    ),
    effects.ControlSocketMessage: (Field("agent_id", Thing.AGENT),),
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
        Field("override_euuid", Thing.EXECUTABLE),
        Field("latest_flow_registration_id", Thing.CLIENT),
        Field("parent_client_id", Thing.CLIENT),
    ),
    snapshot.RegistrationSnapshot: (
        Field("registration_id", Thing.CLIENT),
        Field("interface_handle", Thing.MULTIPATH),
    ),
    snapshot.FailedTriggerSnapshot: (Field("uuid", Thing.AGENT),),
    snapshot.InterfaceOptionSnapshot: (
        Field("index", Thing.INTERFACE),
        Field("agent", Thing.AGENT),
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
