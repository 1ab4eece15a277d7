"""Which inputs and actions change, read or reach what: the tables that :class:`Determination` uses.

All of it holds in every release. Where that is not sure of an input, it is not listed.
"""

from __future__ import annotations

from typing import Final, get_args

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.abi.policy import SessionAction
from necp_replay.events import clock, inputs, notifications, processes, sockets, syscalls
from necp_replay.events.inputs import Input
from necp_replay.events.references import OPENINGS

KNOWN_OPENINGS: Final = (
    *OPENINGS,
    processes.ProcAdd,
    clock.Now,
    notifications.ResolverKey,
    notifications.ApplicationIdKey,
    notifications.RandomBytes,
)
"""What happens the same, whatever clients, policies and networks there are."""
OBSERVING: Final = OpenFlag.OBSERVER | OpenFlag.PUSH_OBSERVER
READS: Final = frozenset(
    {
        ClientAction.COPY_PARAMETERS,
        ClientAction.COPY_LIST,
        ClientAction.COPY_AGENT,
        ClientAction.COPY_INTERFACE,
        ClientAction.COPY_ROUTE_STATISTICS,
    }
)
"""Actions that change nothing."""
OF_CLIENTS_ALONE: Final = frozenset(
    {
        ClientAction.ADD,
        ClientAction.REMOVE,
        ClientAction.COPY_LIST,
    }
)
"""Actions that answer the same, whatever policies and networks there are. COPY_PARAMETERS is none
of them: an evaluation can change the parameters in place."""
OF_THE_SYSTEM_ALONE: Final = frozenset({ClientAction.COPY_AGENT, ClientAction.COPY_INTERFACE})
"""Actions that answer the same, whatever clients the fd has."""
OF_ALL_CLIENTS: Final = (
    clock.TimerFire,
    clock.UpdateAllClients,
    notifications.ReapCaches,
    *get_args(inputs.InterfaceInput),
    *get_args(inputs.RouteInput),
    *get_args(inputs.AgentInput),
    *get_args(inputs.PolicyControlInput),
    syscalls.NecpSessionAction,
    processes.ProcExit,
)
"""Inputs that may reach every client, and so have effects on any."""
ABOUT_CLIENTS: Final = (
    "effects.agent_message",
    "effects.multipath_callback",
    "effects.socket_callback",
    "effects.wake",
)
"""Effects that another client may have had, too."""
READING_INPUTS: Final = (
    *get_args(inputs.FdInput),
    syscalls.NecpMatchPolicy,
    notifications.TakeSnapshot,
    notifications.CopyNexusParameters,
    notifications.CreateNexusAssignMessage,
    sockets.SocketGetAttributes,
)
"""Inputs that change nothing."""
SOCKET_INPUTS: Final = get_args(inputs.SocketInput)
SESSION_ONLY: Final = frozenset(
    {SessionAction.POLICY_ADD, SessionAction.POLICY_DELETE, SessionAction.POLICY_DELETE_ALL}
)
"""Session actions that change nothing outside their session until it is applied, but the next id of
a policy."""
CLOCKLESS: Final = (
    *get_args(inputs.FdInput),
    syscalls.NecpOpen,
    syscalls.OpenOther,
    syscalls.NecpSessionOpen,
    syscalls.NecpMatchPolicy,
    processes.ProcAdd,
    notifications.CopyNexusParameters,
    clock.Now,
)
"""Inputs that never read the clock. Whatever evaluates, arms the timer or looks into the cache of
heuristics does."""
CLOCKLESS_ACTIONS: Final = READS - {ClientAction.COPY_ROUTE_STATISTICS}
CLOCKLESS_SESSION_ACTIONS: Final = SESSION_ONLY | frozenset(
    {
        SessionAction.POLICY_GET,
        SessionAction.POLICY_LIST_ALL,
        SessionAction.SET_SESSION_PRIORITY,
        SessionAction.LOCK_SESSION_TO_PROC,
    }
)
SESSION_READS: Final = frozenset(
    {SessionAction.POLICY_GET, SessionAction.POLICY_LIST_ALL, SessionAction.POLICY_DUMP_ALL}
)
OF_SESSION_ALONE: Final = frozenset(
    {
        SessionAction.POLICY_DELETE_ALL,
        SessionAction.SET_SESSION_PRIORITY,
        SessionAction.LOCK_SESSION_TO_PROC,
    }
)
"""Session actions that answer the same, whatever other policies and networks there are."""
WITH_POLICY_IDS: Final = frozenset(
    {
        SessionAction.POLICY_ADD,
        SessionAction.POLICY_GET,
        SessionAction.POLICY_DELETE,
        SessionAction.POLICY_LIST_ALL,
    }
)
"""The same, as long as the ids of policies are known, which all sessions share in some releases."""


def never_reads_clock(event: Input) -> bool:
    """Whether an input never reads the clock, in any release."""
    if isinstance(event, syscalls.NecpClientAction):
        return event.action in CLOCKLESS_ACTIONS
    if isinstance(event, syscalls.NecpSessionAction):
        return event.action in CLOCKLESS_SESSION_ACTIONS
    return isinstance(event, CLOCKLESS)
