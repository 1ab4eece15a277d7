"""The system that a scenario drives: its methods submit inputs to an engine and record them."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Unpack

from necp_replay.abi.aggregate_result import AggregateLayout
from necp_replay.abi.netagent import AgentOption11417
from necp_replay.abi.uuid import as_client_id
from necp_replay.engines.recorder import Recorder, Sink
from necp_replay.errors import ScenarioError
from necp_replay.events import agents, clock, interfaces, notifications, processes, routes, sockets
from necp_replay.events.clock import CLOCK_START_NS
from necp_replay.events.inputs import Input, Step
from necp_replay.events.snapshot import Snapshot
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release
from necp_replay.scenario.agents import AgentHandle
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.interfaces import InterfaceHandle, interface_address
from necp_replay.scenario.keywords import RouteKeywords, SocketKeywords
from necp_replay.scenario.policy_session import PolicySessionHandle
from necp_replay.scenario.process import ProcessHandle
from necp_replay.scenario.sockets import MultipathHandle, SocketHandle, with_ports
from necp_replay.scenario.submit import CallingProcess
from necp_replay.scenario.unmeasured import LeftOut

__all__ = ["AgentHandle", "InterfaceHandle", "System"]

UUID_POOL = 4
"""How many ids each input offers to the kernel's generator; only those taken are recorded."""

# The if_flags of an Ethernet interface: UP, BROADCAST, SMART, RUNNING, SIMPLEX and MULTICAST.
BROADCAST_FLAGS = 0x8863


class System:
    """A new system. Each method submits one input and records it with its outcome.

    For inputs without a method, pass an event of :mod:`necp_replay.events` to :meth:`submit`.
    """

    def __init__(self, recorder: Recorder[Machine], name: str) -> None:
        self._recorder = recorder
        self._name = name
        self._generated = 0
        self._now_ns = CLOCK_START_NS
        self._next_uuids: tuple[bytes, ...] = ()
        self._left_out = LeftOut()
        self._interface_names: dict[int, str] = {}

    def __repr__(self) -> str:
        return f"<System {self._name} on {self._recorder.profile.release}>"

    @classmethod
    def of_release(
        cls,
        release: str,
        name: str = "system",
        sink: Sink = lambda step, outcome: None,
        *,
        under_way: bool = False,
    ) -> System:
        """A system of a release. Raises UsageError for an unknown one.

        ``name`` determines the ids that the kernel's generator returns. ``sink`` receives each
        step and outcome; by default they are not kept. ``under_way`` says that a release under way
        will do.
        """
        return cls(Recorder(Machine(find_release(release, under_way=under_way)), sink), name)

    @property
    def match_result(self) -> AggregateLayout:
        """The layout of what ``necp_match_policy`` writes in the release."""
        return self._recorder.profile.match_result

    def submit(self, event: Input) -> CallAnswer:
        """Apply any input. Generated ids depend only on the scenario's name and on their number."""
        made = tuple(self.make_uuid(self._generated + i) for i in range(UUID_POOL))
        step = Step(event, self._next_uuids + made)
        outcome, used = self._recorder.submit_with_pool(step, self._left_out.of)
        taken = (self._next_uuids + made)[:used]
        chosen = min(used, len(self._next_uuids))
        self._next_uuids = self._next_uuids[chosen:]
        self._generated += used - chosen
        if isinstance(event, interfaces.IfaceAttach) and not outcome.errno:
            # Answers of earlier calls keep the names of their time.
            self._interface_names = {**self._interface_names, event.index: event.name}
        return CallAnswer(outcome, taken, self._interface_names)

    def unmeasured(
        self,
        *,
        outcome: Sequence[str] | bool = (),
        inputs: Sequence[str] = (),
        known: Mapping[str, int] | None = None,
    ) -> AbstractContextManager[None]:
        """For a block of records: leave parts out of the trace, as if they had not been measured.

        ``outcome`` are parts of outcomes such as ``errno``, ``buffer``, ``buffer[64:]`` or
        ``effects.log``, or True for all of it. ``inputs`` are fields of inputs, or ``uuids``.
        ``known`` says how many bytes from its start are known of a user buffer, by the name of its
        field. The calls get the whole input, and return the whole answer. Raises ScenarioError for
        an unknown part, and at the end of the block for one that no record had.
        """
        return self._left_out.block(outcome, inputs, known or {})

    def next_uuids(self, *uuids: bytes) -> None:
        """Have the kernel's generator return these ids next, before its usual ones."""
        self._next_uuids += uuids

    def make_uuid(self, number: int) -> bytes:
        """The id that the generator returns as number ``number``: a version 4 uuid.

        A bit is clear in it that some releases clear in the ids of clients, so that a client has
        the same id on every release.
        """
        content = bytearray(hashlib.sha256(f"{self._name}/{number}".encode()).digest()[:16])
        content[6] = content[6] & 0x0F | 0x40
        content[8] = content[8] & 0x3F | 0x80
        return as_client_id(bytes(content))

    def add_process(
        self,
        pid: int,
        name: str = "app",
        *,
        uid: int = 501,
        exec_uuid: bytes | None = None,
        platform_binary: bool = False,
        fd_limit: int = 256,
        privileged: bool | Sequence[str | int] = False,
        entitlements: Sequence[str] = (),
        coalition_leader: int | None = None,
        responsible_pid: int | None = None,
        signing_id: str | None = None,
        sandbox: processes.Sandbox | None = None,
    ) -> ProcessHandle:
        """Start a process; ``privileged`` is True for all privileges, or lists some of them.

        ``coalition_leader`` is the pid of the leader of its jetsam coalition. ``sandbox`` is what
        the process may not do, made by :func:`necp_replay.scenario.sandbox`.
        """
        if exec_uuid is None:
            exec_uuid = hashlib.sha256(f"{name}/{pid}".encode()).digest()[:16]
        held = privileged if isinstance(privileged, bool) else tuple(privileged)
        self.submit(
            processes.ProcAdd(
                pid,
                name,
                uid,
                exec_uuid,
                platform_binary,
                fd_limit,
                held,
                tuple(entitlements),
                coalition_leader=coalition_leader,
                responsible_pid=responsible_pid,
                signing_id=signing_id,
                sandbox=sandbox,
            )
        )
        return ProcessHandle(self, pid, exec_uuid)

    def add_policy_session(
        self, process: CallingProcess, *, priority: int | None = None
    ) -> PolicySessionHandle:
        """A process opens a policy session, and sets its priority if one is given."""
        return PolicySessionHandle.opened_by(process, priority=priority)

    def add_interface(
        self,
        name: str,
        index: int,
        *,
        functional_type: int = 3,
        addrs: Sequence[str] = (),
        flags: int | None = None,
        mtu: int | None = None,
        generation: int | None = None,
        expensive: bool | None = None,
        delegate: InterfaceHandle | None = None,
        agents: Sequence[bytes] = (),
    ) -> InterfaceHandle:
        """Attach an interface; ``addrs`` are such as ``192.0.2.10/24``.

        Functional type 3 is Wi-Fi, 2 is wired and 5 cellular. An interface named ``lo0`` is the
        kernel's loopback interface.
        """
        loopback = name == "lo0"
        if flags is None and not loopback:
            flags = BROADCAST_FLAGS
        self.submit(
            interfaces.IfaceAttach(
                index,
                name,
                functional_type=1 if loopback else functional_type,
                flags=flags,
                mtu=mtu,
                generation=generation,
                expensive=expensive,
                delegate=None if delegate is None else delegate.index,
                agents=tuple(agents) or None,
                addrs=tuple(interface_address(text) for text in addrs) or None,
            )
        )
        return InterfaceHandle(self, index, name)

    def order_interfaces(self, *order: InterfaceHandle) -> CallAnswer:
        """``ifnet_reset_order``: set the order of interfaces; the first is primary."""
        return self.submit(interfaces.IfaceOrder(tuple(handle.index for handle in order)))

    def add_route(
        self,
        destination: str,
        interface: InterfaceHandle,
        *,
        gateway: str | None = None,
        scoped: bool = False,
        flags: Sequence[str] | None = None,
        mtu: int | None = None,
        stats: routes.RouteStats | None = None,
        id: str | None = None,
    ) -> str:
        """Add a route to ``10.0.0.0/8``, ``default`` or ``default6``; returns its id."""
        shorthand = {"default": "0.0.0.0/0", "default6": "::/0"}
        network = _network(shorthand.get(destination, destination))
        if id is None:
            id = f"{network}{'%' if scoped else ''}@{interface.name}"
        self.submit(
            routes.RouteAdd(
                id,
                str(network.network_address),
                network.prefixlen,
                interface.index,
                gateway,
                scoped,
                None if flags is None else tuple(flags),
                mtu,
                stats,
            )
        )
        return id

    def delete_route(self, id: str) -> CallAnswer:
        """Delete a route."""
        return self.submit(routes.RouteDelete(id))

    def update_route(
        self, change: routes.RouteUpdate | str, **fields: Unpack[RouteKeywords]
    ) -> CallAnswer:
        """Change a route: fields by keyword if given its id, else as ``change`` says."""
        if isinstance(change, str):
            change = routes.RouteUpdate(change, **fields)
        return self.submit(change)

    def add_agent(
        self,
        session: str,
        *,
        uuid: bytes | None = None,
        domain: str = "Domain",
        type: str = "Type",
        desc: str = "",
        flags: int = 3,
        data: bytes | None = None,
        via: str | None = None,
    ) -> AgentHandle:
        """Register a network agent; flags 3 mean registered and active.

        ``session`` is a name of the scenario's choice. ``via`` chooses how the agent registers:
        by a message, a socket option or as a kernel agent.
        """
        if uuid is None:
            uuid = hashlib.sha256(f"agent/{session}".encode()).digest()[:16]
        self.submit(
            agents.NetagentRegister(
                session, uuid, domain.encode(), type.encode(), desc.encode(), flags, data, via
            )
        )
        return AgentHandle(self, session, uuid)

    def open_agent_session(self, session: str, *, for_several: bool = False) -> None:
        """Open the control socket of an agent, which :meth:`add_agent` registers then.

        ``for_several`` makes it one for several agents, in releases from xnu-11417 on. Their
        options begin with the id of an agent. Raises nothing where the kernel refuses it.
        """
        self.submit(agents.NetagentOpen(session))
        if for_several:
            option = AgentOption11417.ENABLE_SESSION_MODE
            self.submit(agents.NetagentSetopt(session, option))

    def add_socket(
        self, socket: sockets.SocketCreate | str, **fields: Unpack[SocketKeywords]
    ) -> SocketHandle:
        """Create a socket's protocol control block under a name of the scenario's choice.

        ``local`` and ``remote`` may include a port. The handle's ``register`` makes the socket a
        flow of a client.
        """
        if isinstance(socket, str):
            socket = sockets.SocketCreate(socket, **with_ports(fields))
        self.submit(socket)
        return SocketHandle(self, socket.name)

    def multipath(self, name: str) -> MultipathHandle:
        """A handle to a multipath PCB, which is created when it is first registered."""
        return MultipathHandle(self, name)

    def advance(self, nanoseconds: int) -> None:
        """Advance the clock. No timer fires by itself: see :meth:`fire_timer`."""
        self._now_ns += nanoseconds
        self.submit(clock.Now(self._now_ns))

    def update_all_clients(self) -> CallAnswer:
        """Have all clients evaluated again (``necp_update_all_clients``): arms the update timer."""
        return self.submit(clock.UpdateAllClients())

    def fire_timer(self, timer: str = "") -> CallAnswer:
        """The update timer fires if it is armed, and all clients are evaluated.

        Others are ``collect_stats`` and ``close_empty_arenas``.
        """
        return self.submit(clock.TimerFire(timer))

    def set_sysctl(self, name: str, value: int) -> CallAnswer:
        """Write a sysctl."""
        return self.submit(notifications.SysctlSet(name, value))

    def set_resolver_key(self, key: bytes) -> CallAnswer:
        """Say which 32-byte key the kernel signs with. Without it, no tag is determined."""
        return self.submit(notifications.ResolverKey(key))

    def set_application_id_key(self, key: bytes) -> CallAnswer:
        """Say which 32-byte key the kernel signs the ids of clients' applications with."""
        return self.submit(notifications.ApplicationIdKey(key))

    def set_random_bytes(self, content: bytes) -> CallAnswer:
        """Say what the kernel's random generator gives where it is not asked for an id."""
        return self.submit(notifications.RandomBytes(content))

    def protoctl_event(
        self, agent: bytes, client_id: bytes, code: int = 0, val: int = 0, seq: int = 0
    ) -> CallAnswer:
        """Report a protocol-control event to a client (``necp_update_flow_protoctl_event``)."""
        return self.submit(notifications.ProtoctlEvent(agent, client_id, code, val, seq))

    def reap_caches(self, purge: int = 0) -> CallAnswer:
        """``necp_client_reap_caches``, which only some releases have."""
        return self.submit(notifications.ReapCaches(purge))

    def request_in_process_flow_divert(self, pid: int) -> CallAnswer:
        """Flow divert asks that a process diverts its flows by itself; only some releases can."""
        return self.submit(notifications.RequestInProcessFlowDivert(pid))

    def snapshot(self, *, full: bool = False) -> Snapshot:
        """Record a snapshot of the state and return it; ``full`` adds policies and agents.

        Raises ScenarioError if an earlier input took the system down.
        """
        answer = self.submit(notifications.TakeSnapshot(full)).answer
        if not isinstance(answer, Snapshot):
            raise ScenarioError("there is no state to see: the system went down earlier")
        return answer


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ScenarioError(str(error), hint="Write 10.0.0.0/8, default or default6.") from None
