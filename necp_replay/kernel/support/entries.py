"""All that the engine models in one list: actions, system calls, notifications and the world."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.policy import SessionAction
from necp_replay.events.inputs import NAMES_OF_INPUTS
from necp_replay.kernel.client_actions.action_row import Check, Support
from necp_replay.kernel.client_actions.table import CLIENT_ACTIONS
from necp_replay.kernel.session_actions.table import SESSION_ACTIONS
from necp_replay.kernel.support import agents, network, notifications, sockets, system_calls
from necp_replay.kernel.support.row import InputRow
from necp_replay.kernel.syscalls.necp_client_action import necp_client_action


class Kind(enum.Enum):
    """What an entry is, in the order in which they are listed."""

    CLIENT_ACTION = "client action"
    SESSION_ACTION = "session action"
    SYSTEM_CALL = "system call or fd operation"
    NOTIFICATION = "notification"
    SOCKET = "socket or multipath block"
    AGENT = "network agent"
    INTERFACE = "interface"
    ROUTE = "route"
    PROCESS = "process"
    CLOCK = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that can happen to the engine, as `necp-replay actions` shows it.

    ``file`` is a path within the project; ``function`` is empty for what is no call upstream.
    ``facts`` are all that it depends on in the profile, those of its checks first.
    """

    kind: Kind
    name: str
    number: int | None
    support: Support
    missing: str
    file: str
    function: str
    summary: str
    checks: tuple[Check, ...]
    answer: str
    effects: str
    confusion: str
    facts: tuple[str, ...]


def _file_of(handler: Callable[..., Any]) -> str:
    return handler.__module__.replace(".", "/") + ".py"


def _facts(checks: tuple[Check, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(check.fact for check in checks if check.fact), *more]))


def _client_action(number: int) -> Entry:
    row = CLIENT_ACTIONS[number]
    description = row.description
    return Entry(
        kind=Kind.CLIENT_ACTION,
        name=ClientAction(number).name,
        number=int(number),
        support=row.support,
        missing=row.missing,
        file=_file_of(row.handler or necp_client_action),
        function=description.function,
        summary=description.summary,
        checks=description.checks,
        answer=description.answer,
        effects=description.effects,
        confusion=f"a session fd would lose {description.overwrites_in_session}",
        facts=_facts(description.checks, description.facts),
    )


def _session_action(number: int) -> Entry:
    row = SESSION_ACTIONS[number]
    description = row.description
    return Entry(
        kind=Kind.SESSION_ACTION,
        name=SessionAction(number).name,
        number=int(number),
        support=row.support,
        missing=row.missing,
        file=_file_of(row.handler),
        function=description.function,
        summary=description.summary,
        checks=description.checks,
        answer=description.answer,
        effects=description.effects,
        confusion=f"a client fd would lose {description.overwrites_in_client_fd}",
        facts=_facts(description.checks, ()),
    )


def _input(kind: Kind, input_class: type, row: InputRow) -> Entry:
    return Entry(
        kind=kind,
        name=NAMES_OF_INPUTS[input_class],
        number=row.number,
        support=row.support,
        missing=row.missing,
        file=_file_of(row.handler),
        function=row.function,
        summary=row.summary,
        checks=row.checks,
        answer=row.answer,
        effects=row.effects,
        confusion="",
        facts=_facts(row.checks, row.facts),
    )


INPUT_ROWS: Final[tuple[tuple[Kind, dict[type, InputRow]], ...]] = (
    (Kind.SYSTEM_CALL, system_calls.SYSTEM_CALLS),
    (Kind.NOTIFICATION, notifications.NOTIFICATIONS),
    (Kind.SOCKET, sockets.SOCKETS),
    (Kind.AGENT, agents.AGENTS),
    (Kind.INTERFACE, network.INTERFACES),
    (Kind.ROUTE, network.ROUTES),
    (Kind.PROCESS, network.PROCESSES),
    (Kind.CLOCK, notifications.CLOCK),
)
"""The tables of inputs, by what they are about."""

ENTRIES: Final[tuple[Entry, ...]] = (
    *(_client_action(number) for number in CLIENT_ACTIONS),
    *(_session_action(number) for number in SESSION_ACTIONS),
    *(_input(kind, cls, row) for kind, rows in INPUT_ROWS for cls, row in rows.items()),
)
"""Everything, by kind."""


def find_entries(name: str) -> tuple[Entry, ...]:
    """The entries of a name, in whatever case it is written; none for one that there is not."""
    wanted = name.casefold()
    return tuple(entry for entry in ENTRIES if entry.name.casefold() == wanted)
