"""Groups of inputs for finding dependencies: those that only read, that change the system, ..."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, Final, get_args

from necp_replay.abi.client import COPIES_OF_RESULTS, ClientAction
from necp_replay.abi.policy import POLICY_ID, SessionAction
from necp_replay.events import (
    agents,
    clock,
    effects,
    inputs,
    interfaces,
    notifications,
    processes,
    routes,
    sockets,
    syscalls,
)
from necp_replay.events.outcome import Outcome
from necp_replay.events.references import (
    References,
    Thing,
)
from necp_replay.tools.objects import ObjectGroup


def is_question(event: Any) -> bool:
    """Whether a call of an action only asks."""
    if type(event) is syscalls.NecpSessionAction:
        return event.action in SESSION_QUESTIONS
    return type(event) is syscalls.NecpClientAction and event.action in CLIENT_QUESTIONS


def policy_id(shown: object) -> int | None:
    """The id that a session was told; buffers are shown without the zeros at their end."""
    return int.from_bytes(shown[: POLICY_ID.size], "little") if isinstance(shown, bytes) else None


def is_refused(outcome: Outcome) -> bool:
    """Whether a message to the kernel was answered with an error. The call itself succeeds then."""
    return any(
        type(each) is effects.AgentMessage
        and type(each.delivery) is effects.ControlSocketMessage
        and each.delivery.error != 0
        for each in outcome.effects
    )


def acts(outcome: Outcome) -> bool:
    """Whether anything happened besides log records."""
    return any(type(each) is not effects.Log for each in outcome.effects)


def written(event: Any) -> Iterator[tuple[object, bool]]:
    """The fields that an update writes, and whether only the last write of a field counts."""
    if isinstance(event, interfaces.IfaceAddAgent | interfaces.IfaceDelAgent):
        yield ("agent", event.agent), True
        return
    if isinstance(event, agents.NetagentFail):
        yield "errno", True
        return
    if isinstance(event, sockets.RegisterSocketFlow | sockets.AssignFromSocket):
        yield type(event), True
        return
    for name in FIELD_NAMES[type(event)]:
        value = getattr(event, name)
        if value is None or (value is False and name == "detach_stats"):
            continue
        if name in ("addrs", "del_addrs"):
            for address in value:
                yield ("address", address.addr, address.prefix), True
        elif name in CUMULATIVE:
            yield (CUMULATIVE[name], repr(value)), True
        elif name == "stats":
            names = [each.name for each in fields(value) if getattr(value, each.name) is not None]
            yield ("stats", *names), True
        else:
            yield name, name not in ("clear_addrs", "ordered", "position")


RESULT: Final = "result"
"""The part of a client that the last evaluation made."""
READ: Final = "read"
"""The part of a client that says whether its result was read."""

TIMER: Final = "timer"
POLICIES: Final = "policies"
POLICY_IDS: Final = "policy ids"
TEMPLATE: Final = "what an agent session sent"
SYSCTLS: Final = "sysctls"
RESOLVER_KEY: Final = "resolver key"
ORDER: Final = "order of interfaces"
HEURISTICS: Final = "heuristics"

NAMED: Final = References(
    Thing.CLIENT,
    Thing.AGENT_USE,
    Thing.AGENT_SESSION,
    Thing.CONTROL_SESSION,
    Thing.SOCKET,
    Thing.MULTIPATH,
    Thing.ROUTE,
    Thing.INTERFACE,
    Thing.PROCESS,
    Thing.FD,
)
RETURNED: Final = References(Thing.CLIENT)
TOLD: Final = References(Thing.FD, Thing.CLIENT, Thing.SOCKET, Thing.MULTIPATH)
"""What an effect was caused for."""
GROUPS: Final = {
    Thing.CLIENT: ObjectGroup.CLIENT,
    Thing.FD: ObjectGroup.FD,
    Thing.AGENT_SESSION: ObjectGroup.SYSTEM,
    Thing.CONTROL_SESSION: ObjectGroup.SYSTEM,
    Thing.ROUTE: ObjectGroup.SYSTEM,
    Thing.INTERFACE: ObjectGroup.SYSTEM,
}
CHANGE_SYSTEM: Final = frozenset(
    (
        notifications.ResolverKey,
        notifications.SysctlSet,
        syscalls.NecpSessionAction,
        *get_args(inputs.InterfaceInput),
        *get_args(inputs.RouteInput),
        *get_args(inputs.AgentInput),
        *get_args(inputs.PolicyControlInput),
    )
) - {agents.NetagentAssignNexus, agents.NetagentProtoctl, agents.NetagentGetopt}
REGISTERED: Final = frozenset((Thing.SOCKET, Thing.MULTIPATH))
"""What can be registered for a client, and for one at a time."""
SERVED_OTHERWISE: Final = frozenset((Thing.FD, Thing.CLIENT))
QUESTIONS: Final = frozenset(
    (
        agents.NetagentGetopt,
        notifications.TakeSnapshot,
        notifications.CopyNexusParameters,
        notifications.CreateNexusAssignMessage,
        sockets.SocketGetAttributes,
        clock.Now,
        *get_args(inputs.FdInput),
    )
)
"""What changes nothing. The time goes with the records that are kept. Matching policies is not
here: the first match of a custom entitlement decides all later ones."""
CLIENT_QUESTIONS: Final = frozenset(
    (
        ClientAction.COPY_PARAMETERS,
        ClientAction.COPY_LIST,
        ClientAction.COPY_AGENT,
        ClientAction.COPY_INTERFACE,
        ClientAction.COPY_ROUTE_STATISTICS,
        ClientAction.GET_INTERFACE_ADDRESS,
    )
)
SESSION_QUESTIONS: Final = frozenset(
    (SessionAction.POLICY_GET, SessionAction.POLICY_LIST_ALL, SessionAction.POLICY_DUMP_ALL)
)
REPLACING: Final = frozenset((SessionAction.POLICY_APPLY_ALL, SessionAction.SET_SESSION_PRIORITY))
"""Actions of policy sessions of which only the last one counts."""
READING: Final = COPIES_OF_RESULTS
ABOUT_SYSTEM: Final = frozenset(
    (
        ClientAction.AGENT,
        ClientAction.COPY_AGENT,
        ClientAction.COPY_INTERFACE,
        ClientAction.GET_INTERFACE_ADDRESS,
        ClientAction.AGENT_USE,
        ClientAction.UPDATE_CACHE,
    )
)
ASK_SYSTEM: Final = frozenset(
    (
        syscalls.NecpMatchPolicy,
        syscalls.NetagentTrigger,
        sockets.RegisterSocketFlow,
        sockets.AssignFromSocket,
        sockets.RegisterMultipathCb,
        sockets.SocketSetAttributes,
        notifications.InjectNexusFlow,
        notifications.ForceUpdateClient,
        notifications.AssignClientResult,
        notifications.ProtoctlEvent,
        routes.RouteAdd,
        *get_args(inputs.AgentInput),
    )
)
PARTLY_DONE: Final = frozenset(
    (
        interfaces.IfaceAttach,
        interfaces.IfaceUpdate,
        agents.NetagentRegister,
        agents.NetagentUpdate,
        agents.NetagentSetFlags,
        sockets.RegisterSocketFlow,
        sockets.AssignFromSocket,
        sockets.RegisterMultipathCb,
    )
)
"""What may have done a part of its work when it gives an error."""
PARTIAL_WRITES: Final = frozenset(
    (
        processes.ProcUpdate,
        interfaces.IfaceUpdate,
        interfaces.IfaceAddAgent,
        interfaces.IfaceDelAgent,
        agents.NetagentFail,
        routes.RouteUpdate,
        sockets.RegisterSocketFlow,
        sockets.AssignFromSocket,
    )
)
"""What writes parts of an object. What it does not write stays as it was."""
FIELD_NAMES: Final = {
    kind: [each.name for each in fields(kind) if each.name not in ("pid", "index", "id")]
    for kind in PARTIAL_WRITES
}
CUMULATIVE: Final = {
    "eflags_or": "eflags",
    "eflags_clear": "eflags",
    "xflags_or": "xflags",
    "xflags_clear": "xflags",
    "flags_set": "flags",
    "flags_clear": "flags",
}
"""Fields that set or clear bits, by what they are bits of: the last of each kind counts."""
