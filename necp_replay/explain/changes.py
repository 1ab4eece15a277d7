"""The records between two evaluations of a client that can have changed its result."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from necp_replay.abi.policy import SessionAction
from necp_replay.events import agents, interfaces, routes
from necp_replay.events.effects import TimerArmed
from necp_replay.events.processes import ProcUpdate
from necp_replay.events.syscalls import NecpSessionAction
from necp_replay.explain.explanation import ChangedRecord, ChangesShown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from necp_replay.events.inputs import Step
    from necp_replay.events.outcome import Outcome

_CHANGING: Final = (
    *(interfaces.IfaceAttach, interfaces.IfaceUpdate, interfaces.IfaceDetach),
    *(interfaces.IfaceOrder, interfaces.IfaceAddAgent, interfaces.IfaceDelAgent),
    *(routes.RouteAdd, routes.RouteUpdate, routes.RouteDelete),
    *(agents.NetagentRegister, agents.NetagentUpdate, agents.NetagentSetFlags),
    *(agents.NetagentUnregister, agents.NetagentClose, ProcUpdate),
)
"""Inputs that change what evaluations look at, whether or not they arm the update timer."""
_KEPT: Final = 1_000
"""How many changes of a trace are remembered: the latest ones."""
_SHOWN: Final = 12


class ChangeLog:
    """The records so far that changed what evaluations look at, and when clients were evaluated."""

    def __init__(self) -> None:
        self._changes: deque[ChangedRecord] = deque(maxlen=_KEPT)
        self._evaluations: dict[bytes, tuple[int | None, int]] = {}

    def add(self, number: int, title: str) -> None:
        """Note a record that is a change."""
        self._changes.append(ChangedRecord(number, title))

    def evaluated(self, number: int, clients: Iterable[bytes]) -> None:
        """Note that a record evaluated clients."""
        for client in clients:
            _, before = self._evaluations.get(client, (None, None))
            self._evaluations[client] = (before, number)

    def evaluation_before(self, client: bytes) -> int | None:
        """The record of a client's evaluation before its last one, None if there is only one."""
        return self._evaluations.get(client, (None, 0))[0]

    def last_evaluation(self, client: bytes) -> int | None:
        """The record of a client's last evaluation, None for none."""
        found = self._evaluations.get(client)
        return None if found is None else found[1]

    def latest_evaluation(self) -> int | None:
        """The last record that evaluated any client, None for none."""
        return max((last for _, last in self._evaluations.values()), default=None)

    @property
    def clients(self) -> Iterable[bytes]:
        """The clients that were evaluated, in the order of their first evaluations."""
        return self._evaluations.keys()

    def prepend(self, earlier: ChangeLog) -> None:
        """Take in the log of the records right before those of this one."""
        merged = earlier._evaluations
        for client, (before, last) in self._evaluations.items():
            if before is None and client in merged:
                before = merged[client][1]
            merged[client] = (before, last)
        self._evaluations = merged
        self._changes = deque([*earlier._changes, *self._changes], maxlen=_KEPT)

    def between(self, first: int, last: int) -> ChangesShown:
        """The changes after a record and before another, the latest of them."""
        found = [change for change in self._changes if first < change.record < last]
        return ChangesShown(first, tuple(found[-_SHOWN:]), max(0, len(found) - _SHOWN))


def is_change(step: Step, outcome: Outcome) -> bool:
    """Whether a record changed what evaluations look at, or asked for clients to be evaluated."""
    if any(type(each) is TimerArmed and each.timer is None for each in outcome.effects):
        return True
    event = step.input
    if isinstance(event, NecpSessionAction):
        return event.action == SessionAction.POLICY_APPLY_ALL and not outcome.errno
    return isinstance(event, _CHANGING) and not outcome.errno
