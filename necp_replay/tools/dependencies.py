"""What one record makes, changes and needs: the edges of the graph that a cut follows backwards.

Theory of operation. :class:`Tracker` goes through a trace forwards and says of each record which
objects it touches. An object is one *instance* of what :mod:`necp_replay.events.references` names:
the third socket that was called ``tcp`` is another object than the second. So what happened to an
earlier one is no history of a later one. Objects have *parts*, such as the MTU of an interface.

- ``serves``: objects and parts that the record makes or changes.
- ``kills``: those that it makes or writes whole, so that earlier records do not matter to them.
- ``needs``: what the record itself needs if it is kept, whatever it is kept for.
- ``asks``: what it needs beyond that where its own outcome is to stay as it is.

The rules cover the usual dependencies only; a replay checks each cut (``cut.py``). Cost: a few
dictionary accesses for each record, and memory that grows with the objects of the trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, cast, get_args

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.abi.policy import POLICY_ID, SessionAction
from necp_replay.abi.uuid import ZERO_UUID, as_client_id
from necp_replay.events import (
    agents,
    clock,
    effects,
    inputs,
    interfaces,
    notifications,
    policy_control,
    processes,
    syscalls,
)
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome, SessionBuffer, TimerAnswer
from necp_replay.events.references import (
    OPENINGS,
    FdName,
    Name,
    Thing,
    Use,
    opened_fd,
)
from necp_replay.tools.objects import ObjectGroup, Objects
from necp_replay.tools.record_kinds import (
    ABOUT_SYSTEM,
    ASK_SYSTEM,
    CHANGE_SYSTEM,
    GROUPS,
    HEURISTICS,
    NAMED,
    ORDER,
    PARTIAL_WRITES,
    PARTLY_DONE,
    POLICIES,
    POLICY_IDS,
    QUESTIONS,
    READ,
    READING,
    REGISTERED,
    REPLACING,
    RESOLVER_KEY,
    RESULT,
    RETURNED,
    SERVED_OTHERWISE,
    SYSCTLS,
    TEMPLATE,
    TIMER,
    TOLD,
    acts,
    is_question,
    is_refused,
    policy_id,
    written,
)


class Mark:
    """What is known of a record besides the objects that it touches: bits of a number.

    They are plain numbers because operations on flags are slow, and each record takes several.
    """

    SELECTED: Final = 1
    CHANGES: Final = 2
    """It may change something."""
    PASSING: Final = 4
    """Most likely nothing of it lasts: it failed, or removed an object that can be left out too."""
    EVALUATES_ALL: Final = 8
    """It evaluates every client: the update timer fires."""
    EVALUATES: Final = 16
    """It evaluates the clients that it serves."""
    SYSTEM: Final = 32
    """It changes what evaluations read: interfaces, routes, agents, policies, sysctls."""
    ASKS_SYSTEM: Final = 64
    """Its own outcome depends on all of that."""
    ASKS_CLIENTS: Final = 128
    """Its own outcome depends on every client."""
    ASKS_EVENTS: Final = 256
    """Its own outcome depends on everything that happened to clients since the fd was opened."""
    ASKS_FDS: Final = 512
    """Its own outcome depends on every fd."""


class Touches:
    """What one record touches; see the top of this module. All are keys of :class:`Objects`."""

    __slots__ = ("asks", "evaluates", "kills", "mark", "needs", "serves")

    def __init__(self) -> None:
        self.mark = 0
        self.serves: list[int] = []
        self.kills: list[int] = []
        self.needs: list[int] = []
        self.asks: list[int] = []
        self.evaluates: list[int] = []
        """The clients that are evaluated, unless all are."""


class Tracker:
    """Says of the records of a trace, in order, what they touch."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self._clients_of_fds: dict[int, dict[int, None]] = {}
        """The clients that were added on each open fd, by their keys."""
        self._living: dict[Name | None, dict[int | None, int]] = {}
        """The clients that there are, by id and by the fd that they were added on."""
        self._policies: dict[int, dict[object, int]] = {}
        """The policies of each session that were not deleted, by id."""
        self._ids: dict[int, tuple[int | None, bytes]] = {}
        self._fds_of_processes: dict[int, dict[int, None]] = {}
        self._push_observers: set[int] = set()

    def take(self, number: int, step: Step, outcome: Outcome) -> Touches:
        """What a record touches. Every record has to be taken, in order."""
        event = step.input
        found = Touches()
        kind = type(event)
        if kind not in QUESTIONS and not is_question(event):
            found.mark |= Mark.CHANGES
        if outcome.errno and kind not in PARTLY_DONE and not acts(outcome):
            found.mark |= Mark.PASSING
        if kind in CHANGE_SYSTEM:
            found.mark |= Mark.SYSTEM
        if kind in ASK_SYSTEM:
            found.mark |= Mark.ASKS_SYSTEM
        self._name_what_is_passed(number, event, outcome, found)
        handle = _SPECIAL.get(kind)
        if handle is not None:
            handle(self, number, event, outcome, found)
        for uuid in step.uuids:
            self._generate(number, uuid, event, found)
        self._track_timer(event, outcome, found)
        self._name_what_came(outcome, found)
        return found

    def _name_what_is_passed(
        self, number: int, event: Any, outcome: Outcome, found: Touches
    ) -> None:
        is_change = bool(found.mark & Mark.CHANGES)
        succeeded = not outcome.errno and not is_refused(outcome)
        by_action = type(event) is syscalls.NecpClientAction
        is_order = type(event) is interfaces.IfaceOrder
        client = None
        for thing, name, use in NAMED.passed(event):
            if by_action and thing is Thing.CLIENT and self._is_any_client(name, event):
                # The answer says for which client the action took it.
                self._ask_for_returned(event, outcome, found)
                continue
            if use is Use.CREATE and succeeded:
                key = self.objects.create(thing, name, number, GROUPS.get(thing, ObjectGroup.NONE))
                found.kills.append(key)
            elif thing is Thing.CLIENT:
                key = self._client(name, event)
            else:
                key = self.objects.find(thing, name, GROUPS.get(thing, ObjectGroup.NONE))
            if use is not Use.CREATE or not succeeded:
                found.needs.append(key)
            # A refused registration changes what its session sends.
            is_made = use is Use.CREATE and not outcome.errno
            is_written = is_made or use in (Use.WRITE, Use.DESTROY)
            # Few calls on an fd change the fd, and none changes other clients of it.
            if is_change and is_written and thing not in SERVED_OTHERWISE and not is_order:
                found.serves += self._parts(key, event) or [key]
                found.kills += self._plain_parts(key, event)
            if thing is Thing.CLIENT:
                found.asks.append(self.objects.part(key, RESULT, is_asked_for=True))
                if is_change:
                    found.serves.append(self._client_part(key, event))
                client = key
            elif thing in REGISTERED and client is not None and succeeded:
                # What happens to a socket from here on happens to the client.
                self.objects.link(number, client, key)
            if use is Use.DESTROY and succeeded:
                if thing is Thing.CLIENT:
                    self._end_client(key, number)
                elif thing is not Thing.FD:
                    self.objects.end(thing, name, number)

    def _client_part(self, client: int, event: Any) -> int:
        """Reading a result marks it as read, which matters only to those who ask for that."""
        if type(event) is syscalls.NecpClientAction and event.action in READING:
            return self.objects.part(client, READ, is_asked_for=True)
        return client

    def _parts(self, key: int, event: Any) -> list[int]:
        """The parts of an object that an update writes; empty where it is written as a whole."""
        if type(event) not in PARTIAL_WRITES:
            return []
        return [self.objects.part(key, label) for label, _ in written(event)]

    def _plain_parts(self, key: int, event: Any) -> list[int]:
        if type(event) not in PARTIAL_WRITES:
            return []
        return [self.objects.part(key, label) for label, is_plain in written(event) if is_plain]

    def _generate(self, number: int, uuid: bytes, event: Any, found: Touches) -> None:
        """The record adds a client with this id; several fds can have one with the same.

        Releases may make two ids of one that is generated: a client's, or a flow registration's.
        """
        uuid = as_client_id(uuid)
        fd = self._fd(event) if type(event) is syscalls.NecpClientAction else None
        client = self.objects.create(Thing.CLIENT, (fd, uuid), number, ObjectGroup.CLIENT)
        self._living.setdefault(uuid, {})[fd] = client
        self._ids[client] = fd, uuid
        found.serves.append(client)
        found.kills.append(client)
        found.evaluates.append(client)
        found.mark = found.mark & ~Mark.PASSING | Mark.EVALUATES | Mark.ASKS_SYSTEM
        if fd is not None:
            self._clients_of_fds.setdefault(fd, {})[client] = None
            self.objects.own(client, self.objects.find(Thing.PROCESS, event.pid, ObjectGroup.NONE))

    def _is_any_client(self, uuid: Name, event: Any) -> bool:
        """Whether an action takes an id for any client: zeros, unless a client has that id."""
        return uuid == ZERO_UUID and self._fd(event) not in self._living.get(ZERO_UUID, ())

    def _client(self, uuid: Name, event: Any) -> int:
        """The client that a record means: that of its fd, else the one that was added last."""
        living = self._living.get(as_client_id(uuid) if isinstance(uuid, bytes) else uuid)
        if not living:
            return self.objects.find(Thing.CLIENT, uuid, ObjectGroup.CLIENT)
        if type(event) is syscalls.NecpClientAction:
            client = living.get(self._fd(event))
            if client is not None:
                return client
        return next(reversed(living.values()))

    def _end_client(self, client: int, number: int) -> None:
        self.objects.end_key(client, number)
        fd, uuid = self._ids.pop(client, (None, None))
        self._living.get(uuid, {}).pop(fd, None)
        if fd is not None:
            self._clients_of_fds.get(fd, {}).pop(client, None)

    def _fd(self, event: Any) -> int:
        return self.objects.find(Thing.FD, (event.pid, event.fd), ObjectGroup.FD)

    def _track_timer(self, event: Any, outcome: Outcome, found: Touches) -> None:
        timer = self.objects.find(TIMER, 0, ObjectGroup.NONE)
        if type(event) is clock.TimerFire:
            found.serves.append(timer)
            found.kills.append(timer)
            found.needs.append(timer)
            if isinstance(outcome.answer, TimerAnswer) and outcome.answer.fired:
                found.mark |= Mark.EVALUATES_ALL | Mark.ASKS_SYSTEM | Mark.ASKS_CLIENTS
        elif any(type(each) is effects.TimerArmed for each in outcome.effects):
            found.serves.append(timer)
            found.kills.append(timer)
            found.asks.append(timer)

    def _name_what_came(self, outcome: Outcome, found: Touches) -> None:
        """What the effects name is there because something was done to it before."""
        kinds = {type(each) for each in outcome.effects}
        if effects.Log in kinds:
            found.asks.append(self.objects.find(SYSCTLS, 0, ObjectGroup.SYSTEM))
        if not kinds.isdisjoint((effects.KernelEvent, effects.AgentMessage)):
            found.mark |= Mark.ASKS_SYSTEM
        for thing, name, _ in TOLD.caused(outcome):
            if thing is Thing.CLIENT:
                key = self._client(name, None)
            else:
                key = self.objects.find(thing, name, GROUPS.get(thing, ObjectGroup.NONE))
            found.asks.append(key)
            if thing is Thing.FD:
                self._ask_for_clients(key, found)

    def _ask_for_returned(self, event: Any, outcome: Outcome, found: Touches) -> None:
        for thing, name, _ in RETURNED.returned(event, outcome):
            if thing is Thing.CLIENT and name != ZERO_UUID:
                found.asks += self._whole_client(self._client(name, event))

    def _ask_for_clients(self, fd: int, found: Touches) -> None:
        """The clients of an fd, with their results and whether these were read."""
        for client in self._clients_of_fds.get(fd, ()):
            found.asks += self._whole_client(client)

    def _whole_client(self, client: int) -> Iterator[int]:
        yield client
        yield self.objects.part(client, RESULT, is_asked_for=True)
        yield self.objects.part(client, READ, is_asked_for=True)

    def _opened(self, number: int, event: Any, outcome: Outcome, found: Touches) -> None:
        process = self.objects.find(Thing.PROCESS, event.pid, ObjectGroup.NONE)
        opened = opened_fd(event, outcome)
        if opened is None:
            # It was refused, which depends on all open fds of the process.
            found.asks += self._fds_of_processes.get(process, ())
            return
        is_session = type(event) is syscalls.NecpSessionOpen
        group = ObjectGroup.SYSTEM if is_session else ObjectGroup.FD
        fd = self.objects.create(Thing.FD, opened, number, group)
        found.serves.append(fd)
        found.kills.append(fd)
        self._fds_of_processes.setdefault(process, {})[fd] = None
        if is_session:
            found.mark |= Mark.SYSTEM
        elif type(event) is syscalls.NecpOpen and event.flags & OpenFlag.PUSH_OBSERVER:
            # It gets updates about the clients that exist.
            self._push_observers.add(fd)
            found.mark |= Mark.ASKS_CLIENTS

    def _closed(self, number: int, event: Any, outcome: Outcome, found: Touches) -> None:
        fd = self._fd(event)
        self._ask_for_clients(fd, found)
        if self.objects.group[fd] == ObjectGroup.SYSTEM:
            found.mark |= Mark.ASKS_SYSTEM
        if not outcome.errno:
            self._end_fd(number, fd, (event.pid, event.fd))

    def _end_fd(self, number: int, fd: int, name: FdName) -> None:
        self.objects.end(Thing.FD, name, number)
        for client in list(self._clients_of_fds.pop(fd, ())):
            self._end_client(client, number)
        process = self.objects.find(Thing.PROCESS, name[0], ObjectGroup.NONE)
        self._fds_of_processes.get(process, {}).pop(fd, None)
        self._push_observers.discard(fd)

    def _exited(self, number: int, event: Any, outcome: Outcome, found: Touches) -> None:
        if outcome.errno:
            return
        # The process has ended by now, and a process of the same number would be another.
        process = found.needs[0]
        for fd in list(self._fds_of_processes.pop(process, ())):
            found.asks.append(fd)
            self._ask_for_clients(fd, found)
            name = self.objects.name(fd)
            self._end_fd(number, fd, cast(FdName, name))

    def _acted(self, number: int, event: Any, outcome: Outcome, found: Touches) -> None:
        fd = self._fd(event)
        if event.action in READING and event.action != ClientAction.COPY_RESULT:
            found.asks += [
                self.objects.part(key, READ, is_asked_for=True)
                for key in found.needs
                if self.objects.is_client(key)
            ]
        elif event.action in ABOUT_SYSTEM:
            found.mark |= Mark.ASKS_SYSTEM
        elif event.action == ClientAction.COPY_LIST and not outcome.errno:
            found.mark |= Mark.ASKS_CLIENTS
        elif event.action == ClientAction.UPDATE_CACHE:
            found.serves.append(self.objects.find(HEURISTICS, 0, ObjectGroup.HISTORY))
        elif event.action == ClientAction.SIGN:
            found.needs.append(self.objects.find(RESOLVER_KEY, 0, ObjectGroup.SYSTEM))
        if fd in self._push_observers:
            found.serves.append(fd)
            found.mark |= Mark.ASKS_EVENTS

    def _asked(self, number: int, event: Any, outcome: Outcome, found: Touches) -> None:
        fd = self._fd(event)
        self._ask_for_clients(fd, found)
        if fd in self._push_observers:
            found.mark |= Mark.ASKS_EVENTS

    def _told(self, number: int, event: Any, outcome: Outcome, found: Touches) -> None:
        """The process of an fd goes to the background, or becomes defunct."""
        fd = self._fd(event)
        self._ask_for_clients(fd, found)
        if type(event) is notifications.FdBackground:
            part = self.objects.part(fd, "background")
            found.serves.append(part)
            found.kills.append(part)
            found.evaluates += self._clients_of_fds.get(fd, ())
            found.mark |= Mark.EVALUATES | Mark.ASKS_SYSTEM
        else:
            found.serves.append(fd)
            found.serves += self._clients_of_fds.get(fd, ())

    def _session_action(self, number: int, event: Any, outcome: Outcome, found: Touches) -> None:
        fd = self._fd(event)
        policies = self.objects.find(POLICIES, fd, ObjectGroup.NONE)
        found.asks.append(policies)
        if event.action == SessionAction.POLICY_DUMP_ALL:
            found.mark |= Mark.ASKS_SYSTEM
        if not found.mark & Mark.CHANGES or outcome.errno:
            return
        if event.action == SessionAction.POLICY_ADD:
            self._add_policy(policies, outcome, found)
        elif event.action in (SessionAction.POLICY_DELETE, SessionAction.POLICY_DELETE_ALL):
            found.serves.append(policies)
            found.mark |= Mark.PASSING
            self._delete_policies(number, policies, event)
        else:
            part = self.objects.part(fd, event.action)
            found.serves.append(part)
            if event.action in REPLACING:
                found.kills.append(part)
            if event.action == SessionAction.POLICY_APPLY_ALL:
                found.needs.append(policies)

    def _add_policy(self, policies: int, outcome: Outcome, found: Touches) -> None:
        answer = outcome.answer
        identifier = answer.out_buffer if isinstance(answer, SessionBuffer) else None
        policy = self.objects.part(policies, identifier)
        found.serves.append(policy)
        self._policies.setdefault(policies, {})[identifier] = policy
        # Ids count all policies that were ever added.
        counter = self.objects.find(POLICY_IDS, 0, ObjectGroup.NONE)
        found.serves.append(counter)
        found.asks.append(counter)

    def _delete_policies(self, number: int, policies: int, event: Any) -> None:
        living = self._policies.get(policies, {})
        deleted = list(living)
        if event.action == SessionAction.POLICY_DELETE and event.in_buffer is not None:
            wanted = int.from_bytes(event.in_buffer.content[: POLICY_ID.size], "little")
            deleted = [each for each in deleted if policy_id(each) == wanted]
        for each in deleted:
            self.objects.end_key(living.pop(each), number)

    def _reaped(self, number: int, event: Any, outcome: Outcome, found: Touches) -> None:
        found.serves.append(self.objects.find(HEURISTICS, 0, ObjectGroup.HISTORY))
        found.mark |= Mark.ASKS_CLIENTS

    def _sent(self, number: int, event: Any, outcome: Outcome, found: Touches) -> None:
        """An update sends again what a session of that name sent last, even an earlier one."""
        template = self.objects.find(TEMPLATE, event.session, ObjectGroup.NONE)
        found.serves.append(template)
        if type(event) is agents.NetagentRegister:
            found.kills.append(template)
        else:
            found.needs.append(template)

    def _sysctl(self, number: int, event: Any, outcome: Outcome, found: Touches) -> None:
        sysctls = self.objects.find(SYSCTLS, 0, ObjectGroup.SYSTEM)
        written = self.objects.part(sysctls, event.name)
        found.serves.append(written)
        found.kills.append(written)

    def _keyed(self, number: int, event: Any, outcome: Outcome, found: Touches) -> None:
        key = self.objects.find(RESOLVER_KEY, 0, ObjectGroup.SYSTEM)
        found.serves.append(key)
        found.kills.append(key)

    def _ordered(self, number: int, event: Any, outcome: Outcome, found: Touches) -> None:
        order = self.objects.find(ORDER, 0, ObjectGroup.SYSTEM)
        found.serves.append(order)
        if type(event) is interfaces.IfaceOrder:
            found.kills.append(order)

    def _updated_interface(self, number: int, event: Any, outcome: Outcome, found: Touches) -> None:
        if event.ordered is not None or event.position is not None:
            self._ordered(number, event, outcome, found)

    def _sent_to_control(self, number: int, event: Any, outcome: Outcome, found: Touches) -> None:
        """A message to the policy control may add policies, which takes ids."""
        found.serves.append(self.objects.find(POLICY_IDS, 0, ObjectGroup.NONE))

    def _looked(self, number: int, event: Any, outcome: Outcome, found: Touches) -> None:
        found.mark |= Mark.ASKS_SYSTEM | Mark.ASKS_CLIENTS | Mark.ASKS_FDS


_SPECIAL: Final[dict[type, Callable[[Tracker, int, Any, Outcome, Touches], None]]] = {
    **dict.fromkeys(OPENINGS, Tracker._opened),
    **dict.fromkeys(get_args(inputs.FdInput), Tracker._asked),
    syscalls.Close: Tracker._closed,
    syscalls.NecpClientAction: Tracker._acted,
    syscalls.NecpSessionAction: Tracker._session_action,
    processes.ProcExit: Tracker._exited,
    notifications.FdBackground: Tracker._told,
    notifications.FdDefunct: Tracker._told,
    notifications.FdMemstatus: Tracker._told,
    agents.NetagentRegister: Tracker._sent,
    agents.NetagentUpdate: Tracker._sent,
    agents.NetagentSetFlags: Tracker._sent,
    notifications.SysctlSet: Tracker._sysctl,
    notifications.ResolverKey: Tracker._keyed,
    policy_control.NecpCtlSend: Tracker._sent_to_control,
    notifications.ReapCaches: Tracker._reaped,
    notifications.TakeSnapshot: Tracker._looked,
    interfaces.IfaceOrder: Tracker._ordered,
    interfaces.IfaceUpdate: Tracker._updated_interface,
}
