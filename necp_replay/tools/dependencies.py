"""What a record needs of earlier records, and what makes a later record need it: by families.

The rules are generous where that costs little, and leave out what is far-fetched: whether a cut
trace still behaves the same is for a replay to prove, not for these rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, get_args

from necp_replay.abi.client import UUID_BYTES, ClientAction, ClientParameter
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.events import agents, clock, inputs, notifications, processes, sockets, syscalls
from necp_replay.events.inputs import Step
from necp_replay.events.user_buffer import UserBuffer

Key = tuple[str, object]
"""One thing that records share: ("fd", which open file), ("client", id), ("socket", name), ..."""

FdKey = Callable[[int, int], Key]
"""The key of the file that is open as an fd of a process, by pid and number."""

LINKING: Final = frozenset(("fd", "client", "socket", "multipath block"))
"""Kinds of keys that tie records together; what they name is not another thing later."""

CLOCK: Final = frozenset((clock.Now,))
"""Only the last one before a record counts."""

WORLD: Final = frozenset(
    (
        clock.UpdateAllClients,
        clock.TimerFire,
        notifications.SysctlSet,
        notifications.ReapCaches,
        *get_args(inputs.InterfaceInput),
        *get_args(inputs.RouteInput),
        *get_args(inputs.AgentInput),
    )
) - {agents.NetagentAssignNexus, agents.NetagentProtoctl, agents.NetagentGetopt}
"""What everything runs in: interfaces, routes, agents, sysctls, and the timer."""

QUESTIONS: Final = frozenset(
    (
        agents.NetagentGetopt,
        notifications.TakeSnapshot,
        notifications.CopyNexusParameters,
        notifications.CreateNexusAssignMessage,
        sockets.SocketGetAttributes,
        *get_args(inputs.FdInput),
    )
)
"""What changes nothing, so that no other record depends on it. Matching policies is not here: the
first match of a custom entitlement decides all later ones."""

OPENS: Final = (syscalls.NecpOpen, syscalls.NecpSessionOpen, syscalls.OpenOther)

_ALL_CLIENTS: Final = frozenset(
    (clock.TimerFire, notifications.TakeSnapshot, processes.ProcExit, notifications.ReapCaches)
)
"""What goes through all clients, and tells of it in its outcome."""


@dataclass(frozen=True, slots=True)
class Ties:
    """How one record hangs together with earlier ones.

    ``needs`` is what it works with: earlier records with one of these keys among their ``serves``
    have made that what it is. ``goes_through_all_clients`` is about a record that is selected
    itself: its outcome tells of every client.
    """

    serves: tuple[Key, ...] = ()
    needs: tuple[Key, ...] = ()
    goes_through_all_clients: bool = False


def ties_of(step: Step, opened_fd: int | None, fd_key: FdKey) -> Ties:
    """The ties of one record; ``opened_fd`` is the fd that it opened, if it did."""
    event = step.input
    serves = list(_keys(event))
    fd = getattr(event, "fd", None)
    if fd is not None:
        serves.append(fd_key(getattr(event, "pid", 0), fd))
    needs = list(serves)
    pid = getattr(event, "pid", None)
    if pid:
        needs.append(("process", pid))
    if isinstance(event, OPENS):
        # A number that was refused, or is to be the lowest free one, hangs on all fds.
        key = ("fd table", event.pid) if opened_fd is None else fd_key(event.pid, opened_fd)
        serves += [("fd table", event.pid), key]
        needs.append(key)
    elif type(event) is syscalls.Close:
        serves.append(("fd table", event.pid))
    for uuid in step.uuids:
        serves.append(("client", uuid))
        needs.append(("client", uuid))
    return Ties(tuple(serves), tuple(needs), _goes_through_all_clients(event))


def _goes_through_all_clients(event: inputs.Input) -> bool:
    if isinstance(event, syscalls.NecpClientAction):
        return event.action in (ClientAction.COPY_LIST, ClientAction.COPY_CLIENT_UPDATE)
    return type(event) in _ALL_CLIENTS


def _keys(event: inputs.Input) -> Iterator[Key]:
    reader = _READERS.get(type(event))
    if reader is not None:
        yield from reader(event)
        return
    for name, kind in _KEY_FIELDS:
        value = getattr(event, name, None)
        if value is not None:
            yield kind, value


_READ_BYTES: Final = 1024
"""How much of a client's parameters is looked at."""
_KEY_FIELDS: Final = (("client_id", "client"), ("socket", "socket"), ("mp", "multipath block"))
"""Fields of inputs that name something, and what."""


def _client_action(event: syscalls.NecpClientAction) -> Iterator[Key]:
    client_id = uuid_in(event.client_id)
    if client_id is not None:
        yield "client", client_id
    if event.buffer is None:
        return
    if event.action == ClientAction.ADD:
        yield from _delegated(event.buffer)
    elif event.action == ClientAction.AGENT_USE:
        yield "use of agent", event.buffer.content[:UUID_BYTES]


def _delegated(parameters: UserBuffer) -> Iterator[Key]:
    """The process that a client acts for, where the parameters name one."""
    content = parameters.content[:_READ_BYTES].ljust(min(parameters.length, _READ_BYTES), b"\0")
    for _, type_, value in iterate_tlvs(content):
        if type_ == ClientParameter.PID and len(value) >= 4:
            yield "process", int.from_bytes(value[:4], "little", signed=True)


def uuid_in(buffer: UserBuffer | None) -> bytes | None:
    """The id that a process passes, if there is a whole one and it is not all zeros."""
    if buffer is None or buffer.length < UUID_BYTES or not any(buffer.content):
        return None
    return buffer.content[:UUID_BYTES].ljust(UUID_BYTES, b"\0")


def _process(event: inputs.ProcessInput) -> Iterator[Key]:
    yield "process", event.pid


def _socket(event: sockets.SocketCreate | sockets.SocketUpdate) -> Iterator[Key]:
    yield "socket", event.name


def _nothing(_event: inputs.Input) -> Iterator[Key]:
    return iter(())


_READERS: Final[dict[type, Callable[[Any], Iterator[Key]]]] = {
    syscalls.NecpClientAction: _client_action,
    processes.ProcAdd: _process,
    processes.ProcUpdate: _process,
    processes.ProcExit: _process,
    sockets.SocketCreate: _socket,
    sockets.SocketUpdate: _socket,
    **dict.fromkeys(OPENS, _nothing),
}
"""Inputs whose keys are not just fields of theirs."""
