"""What a record needs of earlier records, and what makes a later record need it: by families.

The rules are generous where that costs little, and leave out what is far-fetched: whether a cut
trace still behaves the same is for a replay to prove, not for these rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast, get_args

from necp_replay.abi.client import ClientAction
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events import agents, clock, inputs, notifications, processes, sockets, syscalls
from necp_replay.events.inputs import Step
from necp_replay.events.references import (
    OPENINGS,
    FdName,
    Reference,
    References,
    Thing,
    Use,
)

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
    serves, needs = [], []
    for each in _tying(event):
        key = key_of(each, fd_key)
        needs.append(key)
        # Nearly every record names its caller: that ties no calls of a process together.
        if each.use is not Use.CALL:
            serves.append(key)
    if isinstance(event, OPENINGS):
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


def key_of(reference: Reference, fd_key: FdKey) -> Key:
    """The key of what a record names."""
    if reference.thing is Thing.FD:
        return fd_key(*cast(FdName, reference.name))
    return reference.thing.value, reference.name


def _tying(event: inputs.Input) -> list[Reference]:
    """What an input names that ties it to other records. An fd comes last: it is the weakest tie.

    An action takes a client's id of zeros for any client, which ties nothing together. In a call
    of the rest of the kernel it is a client's own.
    """
    named = _TYING.passed(event)
    if type(event) is syscalls.NecpClientAction:
        named = [each for each in named if each.name != ZERO_UUID]
    return sorted(named, key=lambda each: each.thing is Thing.FD)


def _goes_through_all_clients(event: inputs.Input) -> bool:
    if isinstance(event, syscalls.NecpClientAction):
        return event.action in (ClientAction.COPY_LIST, ClientAction.COPY_CLIENT_UPDATE)
    return type(event) in _ALL_CLIENTS


_TYING: Final = References(
    Thing.CLIENT, Thing.SOCKET, Thing.MULTIPATH, Thing.PROCESS, Thing.FD, Thing.AGENT_USE
)
"""The things that tie records together. The rest is in :data:`WORLD`, which is kept whole."""
