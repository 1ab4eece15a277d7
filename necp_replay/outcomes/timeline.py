"""The timeline of a trace: when its fds, clients and flows existed, and what happened to them.

It is made while a trace is replayed, record by record. Records say which calls are about a client,
but only the engine's state says which flows exist. A snapshot is taken after every record as long
as the state is small. The larger it is, the more records pass between two snapshots, so that taking
them never costs more than the replay itself.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from typing import Final

from necp_replay.abi.errno import errno_name
from necp_replay.dataclass import dataclass
from necp_replay.events import outcome as outcomes
from necp_replay.events import syscalls
from necp_replay.events.effects import Wake
from necp_replay.events.inputs import NAMES_OF_INPUTS, Input, Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.processes import ProcExit
from necp_replay.events.references import Name, Reference, References, Thing, Use, fd_of
from necp_replay.events.snapshot import ClientSnapshot, FlowSnapshot, Snapshot
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import title
from necp_replay.outcomes.safe_text import escape

LANES_FOLLOWED: Final = 4_000
"""Lanes of one timeline, to bound memory. If there are more, those are dropped that ended without a
difference."""
_REFUSED_KEPT: Final = 100_000
"""Lanes without room that are remembered, so that each is counted once."""
MARKS_KEPT: Final = 6_000
"""Marks of one timeline. More are thinned evenly, except those of differences."""
_SEEN_PER_RECORD: Final = 64
"""Clients, flows, policies and agents of snapshots per record, on average."""


class LaneKind(enum.Enum):
    """What a lane shows."""

    SYSTEM = "system"
    FD = "fd"
    CLIENT = "client"
    FLOW = "flow"


class MarkKind(enum.Enum):
    """What happened in a lane: a call, a refused call, a wake-up, a change of state."""

    CALL = "call"
    REFUSED = "refused"
    WAKE = "wake"
    CHANGE = "change"


@dataclass(slots=True)
class Lane:
    """Something that exists from the record ``born`` to the record ``gone``, None for the end."""

    kind: LaneKind
    label: str
    parent: int | None
    born: int
    gone: int | None = None


@dataclass(frozen=True, slots=True)
class TimelineMark:
    """That a record did something to the lane with this number."""

    record: int
    lane: int
    kind: MarkKind


@dataclass(slots=True)
class Timeline:
    """The lanes of a trace by number, in order of appearance, and their marks.

    ``titles`` has title and status of each record with a mark. ``looked_every`` is the largest
    number of records between two snapshots: the lives of flows are exact up to that number.
    ``left_out_lanes`` and ``thinned`` count lanes and marks that were dropped.
    """

    records: int = 0
    lanes: dict[int, Lane] = field(default_factory=dict)
    marks: list[TimelineMark] = field(default_factory=list)
    titles: dict[int, str] = field(default_factory=dict)
    looked_every: int = 1
    left_out_lanes: int = 0
    thinned: int = 0

    def add(self, lane: Lane) -> int:
        """Add a lane and return its number."""
        number = 1 + next(reversed(self.lanes), -1)
        self.lanes[number] = lane
        return number


class TimelineBuilder:
    """Builds the timeline of a trace while an engine replays it.

    ``take_snapshot`` returns the engine's state. ``differing`` are the records that differ, whose
    marks are never dropped.
    """

    def __init__(
        self,
        take_snapshot: Callable[[], Snapshot],
        names: StableNames,
        differing: frozenset[int],
    ) -> None:
        self.timeline = Timeline()
        self._take_snapshot = take_snapshot
        self._names = names
        self._differing = differing
        self._lanes: dict[tuple[object, ...], int] = {}
        self._inside: dict[int, list[int]] = {}
        self._alive: dict[int, tuple[object, ...]] = {}
        self._state: dict[int, tuple[int, ...]] = {}
        self._refused: set[tuple[object, ...]] = set()
        self._handles: dict[Name, list[int]] = {}
        self._ended = 0
        self._next_look = 1
        self._is_down = False
        self._stride = 1
        self._passing = 0
        self._title = ""

    def add(self, number: int, step: Step, outcome: Outcome) -> None:
        """Take the next record. The engine has answered it, and its ids have names."""
        self.timeline.records = number
        answered = (
            ""
            if outcome.errno is None
            else f" -> {errno_name(outcome.errno) if outcome.errno else 'ok'}"
        )
        self._title = f"{title(step.input, self._names)}{answered}"
        self._mark_call(number, step.input, outcome)
        down = isinstance(outcome.answer, outcomes.Panicked | outcomes.TypeConfused)
        self._is_down = self._is_down or down
        if not self._is_down and number >= self._next_look:
            self._look(number, self._take_snapshot())

    def _mark_call(self, number: int, event: Input, outcome: Outcome) -> None:
        kind = MarkKind.REFUSED if outcome.errno else MarkKind.CALL
        for lane in self._lanes_of(number, event, outcome):
            self._mark(number, lane, kind)
        for effect in outcome.effects:
            if type(effect) is Wake:
                woken = self._lanes.get(("fd", effect.pid, effect.fd))
                if woken is not None:
                    self._mark(number, woken, MarkKind.WAKE)

    def _lanes_of(self, number: int, event: Input, outcome: Outcome) -> Iterator[int]:
        """The lanes that a record is about: its clients and flows, else its fd, else a family."""
        found = False
        fd = fd_of(event, outcome)
        for client in _clients_named(event, outcome):
            assert isinstance(client.name, bytes)
            lane = self._lanes.get(("client", client.name))
            if lane is None and client.use is Use.CREATE and outcome.errno == 0:
                lane = self._client_lane(number, client.name, fd)
            if lane is not None:
                found = True
                yield lane
                if client.use is Use.DESTROY and outcome.errno == 0:
                    self._end(lane, number)
        for lane in self._flows_of(event):
            found = True
            yield lane
        if found:
            return
        lane = self._fd_lane(number, event, fd)
        if lane is None:
            family = _family(event)
            lane = self._lane(0, ("system", family), LaneKind.SYSTEM, family, None)
        if lane is not None:
            yield lane
            if isinstance(event, syscalls.Close) and outcome.errno == 0:
                self._end(lane, number)
        if isinstance(event, ProcExit):
            self._end_sessions(number, event.pid)

    def _fd_lane(self, number: int, event: Input, fd: tuple[int, int] | None) -> int | None:
        """The lane of an fd. A record that opens it makes a new lane."""
        if fd is None:
            return None
        if isinstance(event, syscalls.NecpOpen):
            return self._lane(number, ("fd", *fd), LaneKind.FD, _fd_label(*fd), None)
        if isinstance(event, syscalls.NecpSessionOpen):
            label = f"{_fd_label(*fd)} session"
            return self._lane(number, ("session", *fd), LaneKind.FD, label, None)
        return self._lanes.get(("fd", *fd), self._lanes.get(("session", *fd)))

    def _end_sessions(self, number: int, pid: int) -> None:
        """End the policy sessions of a process that exits. Snapshots do not name their fds."""
        for lane, key in list(self._alive.items()):
            if key[:2] == ("session", pid):
                self._end(lane, number)

    def _flows_of(self, event: Input) -> list[int]:
        """The existing flows of the sockets and multipath blocks that a record names."""
        blocks = _BLOCKS.passed(event)
        lanes = [lane for block in blocks for lane in self._handles.get(block.name, ())]
        return [lane for lane in lanes if lane in self._alive]

    def _look(self, number: int, state: Snapshot) -> None:
        """Begin, end and mark lanes according to a snapshot."""
        seen: set[int] = set()
        count = 0
        for fd in (*state.fds, *state.observers):
            key: tuple[object, ...] = ("fd", fd.pid, fd.fd)
            fd_lane = self._lane(number, key, LaneKind.FD, _fd_label(fd.pid, fd.fd), None)
            seen.add(-1 if fd_lane is None else fd_lane)
            for client in fd.clients:
                count += 1 + sum(1 for _ in _flows_with_holders(client))
                lane = self._client_lane(number, client.client_id, (fd.pid, fd.fd))
                if lane is None:
                    continue
                seen.add(lane)
                seen.update(self._flows(number, client, lane))
        for lane, key in list(self._alive.items()):
            if lane not in seen and key[0] not in ("system", "session"):
                self._end(lane, number)
        count += sum(len(s.policies) for s in state.policies.sessions) if state.policies else 0
        count += len(state.netagents.agents) if state.netagents else 0
        wait = 1 + count // _SEEN_PER_RECORD
        self.timeline.looked_every = max(self.timeline.looked_every, wait)
        self._next_look = number + wait

    def _flows(self, number: int, client: ClientSnapshot, parent: int) -> Iterator[int]:
        # New flows are inserted at the head of the list. Counted from its end, equal flows keep
        # their number.
        repeated: Counter[tuple[object, ...]] = Counter()
        for holder, flow in _flows_with_holders(client):
            identity = (holder, *_flow_identity(flow))
            repeated[identity] += 1
            key = ("flow", *identity, repeated[identity])
            lane = self._lane(number, key, LaneKind.FLOW, self._flow_label(flow), parent)
            if lane is None:
                continue
            if lane not in self._state and flow.handle:
                others = self._handles.get(flow.handle, ())
                alive = [other for other in others if other in self._alive]
                self._handles[flow.handle] = [*alive, lane]
            now = (flow.viable, flow.assigned, flow.invalid, flow.interface_index)
            if self._state.setdefault(lane, now) != now:
                self._state[lane] = now
                self._mark(number, lane, MarkKind.CHANGE)
            yield lane

    def _flow_label(self, flow: FlowSnapshot) -> str:
        if flow.nexus_agent is not None:
            return f"nexus flow {self._names.name(flow.nexus_agent)[:12]}"
        if flow.socket:
            return f"socket flow {escape(flow.handle or '')}".rstrip()
        return f"flow on interface {flow.interface_index}"

    def _client_lane(self, number: int, client_id: bytes, fd: tuple[int, int] | None) -> int | None:
        parent = None
        if fd is not None:
            key = ("fd", *fd)
            parent = self._lane(number, key, LaneKind.FD, _fd_label(*fd), None)
        label = f"client {self._names.name(client_id)}"
        return self._lane(number, ("client", client_id), LaneKind.CLIENT, label, parent)

    def _lane(
        self, number: int, key: tuple[object, ...], kind: LaneKind, label: str, parent: int | None
    ) -> int | None:
        """The existing lane with a key, else a new one; None if there is no room for it."""
        known = self._lanes.get(key)
        if known is not None:
            return known
        if len(self.timeline.lanes) >= LANES_FOLLOWED and not self._make_room():
            if key not in self._refused and len(self._refused) < _REFUSED_KEPT:
                self._refused.add(key)
                self.timeline.left_out_lanes += 1
            return None
        lane = self.timeline.add(Lane(kind, label, parent, number))
        self._lanes[key] = lane
        self._alive[lane] = key
        if parent is not None:
            self._inside.setdefault(parent, []).append(lane)
        return lane

    def _make_room(self) -> bool:
        """Drop lanes that ended without a difference. Returns False if they are too few."""
        if self._ended < LANES_FOLLOWED // 4:
            return False
        self._ended = 0
        timeline = self.timeline
        kept = {mark.lane for mark in timeline.marks if mark.record in self._differing}
        kept.update(self._alive)
        for lane in list(kept):
            parent = timeline.lanes[lane].parent
            while parent is not None and parent not in kept:
                kept.add(parent)
                parent = timeline.lanes[parent].parent
        if len(kept) > LANES_FOLLOWED * 3 // 4:
            return False
        timeline.left_out_lanes += len(timeline.lanes) - len(kept)
        timeline.lanes = {n: lane for n, lane in timeline.lanes.items() if n in kept}
        timeline.marks = [mark for mark in timeline.marks if mark.lane in kept]
        self._drop_titles()
        self._state = {lane: state for lane, state in self._state.items() if lane in kept}
        return True

    def _end(self, lane: int, number: int) -> None:
        """End a lane and those inside it."""
        key = self._alive.pop(lane, None)
        if key is None:
            return
        self._ended += 1
        self.timeline.lanes[lane].gone = number
        self._lanes.pop(key, None)
        for inner in self._inside.pop(lane, ()):
            self._end(inner, number)

    def _mark(self, number: int, lane: int, kind: MarkKind) -> None:
        """Add a mark. If there are too many, drop every other one that is not of a difference."""
        timeline = self.timeline
        if number not in self._differing:
            self._passing += 1
            if self._passing % self._stride:
                timeline.thinned += 1
                return
        timeline.marks.append(TimelineMark(number, lane, kind))
        timeline.titles.setdefault(number, self._title)
        if len(timeline.marks) > MARKS_KEPT and self._stride < MARKS_KEPT:
            self._stride *= 2
            passing = [mark for mark in timeline.marks if mark.record not in self._differing]
            dropped = set(passing[::2])
            timeline.marks = [mark for mark in timeline.marks if mark not in dropped]
            timeline.thinned += len(dropped)
            self._drop_titles()

    def _drop_titles(self) -> None:
        """Drop the titles of records without a mark."""
        timeline = self.timeline
        marked = {mark.record for mark in timeline.marks}
        timeline.titles = {n: text for n, text in timeline.titles.items() if n in marked}


_FAMILIES: Final = (
    ("proc_", "processes"),
    ("iface_", "interfaces"),
    ("route_", "routes"),
    ("netagent_", "agents"),
    ("necp_session_", "policies"),
    ("socket_", "sockets"),
    ("inpcb_", "sockets"),
    ("mppcb_", "sockets"),
    ("register_", "sockets"),
    ("assign_from_", "sockets"),
)
_CLIENTS: Final = References(Thing.CLIENT)
_BLOCKS: Final = References(Thing.SOCKET, Thing.MULTIPATH)


def _fd_label(pid: int, fd: int) -> str:
    return f"pid {pid} fd {fd}"


def _family(event: Input) -> str:
    name = NAMES_OF_INPUTS[type(event)]
    return next((family for start, family in _FAMILIES if name.startswith(start)), "kernel")


def _clients_named(event: Input, outcome: Outcome) -> Iterable[Reference]:
    """The clients that a record is about, each once: the one that ADD created, or those passed."""
    returned = _CLIENTS.returned(event, outcome)
    created = [each for each in returned if each.use is Use.CREATE]
    return dict.fromkeys(created or _CLIENTS.passed(event))


def _flows_with_holders(client: ClientSnapshot) -> Iterator[tuple[bytes, FlowSnapshot]]:
    """The flows of a client, the oldest of each list first, with the id of what holds the list."""
    for flow in reversed(client.flows):
        yield client.client_id, flow
    for registration in client.registrations or ():
        for flow in reversed(registration.flows):
            yield registration.registration_id, flow


def _flow_identity(flow: FlowSnapshot) -> tuple[object, ...]:
    if flow.nexus_agent is not None:
        return ("nexus", flow.nexus_agent)
    if flow.socket:
        return ("socket", flow.handle)
    return ("interface", flow.interface_index)
