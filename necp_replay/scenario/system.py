"""The system that a scenario drives: networks, agents, processes, time and the kernel's calls."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from typing import Unpack

from necp_replay.errors import ScenarioError
from necp_replay.events import agents, clock, interfaces, notifications, processes, routes, sockets
from necp_replay.events.inputs import Input, Step
from necp_replay.events.snapshot import Snapshot
from necp_replay.kernel.machine import Machine
from necp_replay.releases.facts import find_release
from necp_replay.replay.recorder import Recorder, Sink
from necp_replay.scenario.agents import AgentHandle
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.keywords import RouteFields, SocketFields
from necp_replay.scenario.network import InterfaceHandle, interface_address
from necp_replay.scenario.policy_session import PolicySessionHandle
from necp_replay.scenario.process import ProcessHandle
from necp_replay.scenario.sockets import MultipathHandle, SocketHandle, with_ports
from necp_replay.scenario.submit import CallingProcess

__all__ = ["AgentHandle", "InterfaceHandle", "System"]

UUID_POOL = 4
"""Ids offered to the kernel with each input; those it takes are recorded with it."""

BROADCAST_FLAGS = 0x8863
POINT_TO_POINT_FLAGS = 0x8051


class System:
    """A fresh system. Every method is one input, recorded with what the engine answered.

    Whatever has no method of its own is an input of :mod:`necp_replay.events`, for :meth:`submit`.
    """

    def __init__(self, recorder: Recorder[Machine], name: str) -> None:
        self._recorder = recorder
        self._name = name
        self._generated = 0
        self._now_ns = 1_000_000_000
        self._next_uuids: tuple[bytes, ...] = ()

    @classmethod
    def of_release(
        cls, release: str, name: str = "system", sink: Sink = lambda step, outcome: None
    ) -> System:
        """A system without a trace, or with a sink of one's own. Raises UsageError.

        ``name`` decides which ids the kernel's generator returns.
        """
        return cls(Recorder(Machine(find_release(release)), sink), name)

    def submit(self, event: Input) -> CallAnswer:
        """Apply any input. Ids come from a generator that depends on the scenario's name only."""
        made = tuple(self.make_uuid(self._generated + i) for i in range(UUID_POOL))
        outcome, used = self._recorder.submit_with_pool(Step(event, self._next_uuids + made))
        chosen = min(used, len(self._next_uuids))
        self._next_uuids = self._next_uuids[chosen:]
        self._generated += used - chosen
        return CallAnswer(outcome)

    def next_uuids(self, *uuids: bytes) -> None:
        """The kernel's generator returns these ids next, before those it would have made."""
        self._next_uuids += uuids

    def make_uuid(self, number: int) -> bytes:
        """The id that the generator returns as its ``number``-th (a version 4 uuid)."""
        content = bytearray(hashlib.sha256(f"{self._name}/{number}".encode()).digest()[:16])
        content[6] = content[6] & 0x0F | 0x40
        content[8] = content[8] & 0x3F | 0x80
        return bytes(content)

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
    ) -> ProcessHandle:
        """A process appears."""
        if exec_uuid is None:
            exec_uuid = hashlib.sha256(f"{name}/{pid}".encode()).digest()[:16]
        held = privileged if isinstance(privileged, bool) else tuple(privileged)
        self.submit(
            processes.ProcAdd(
                pid, name, uid, exec_uuid, platform_binary, fd_limit, held, tuple(entitlements)
            )
        )
        return ProcessHandle(self, pid)

    def add_policy_session(
        self, process: CallingProcess, *, priority: int | None = None
    ) -> PolicySessionHandle:
        """A process opens a policy session, and gives it a priority where one is named."""
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
        """Attach an interface; ``addrs`` are ``192.0.2.10/24``. Type 3 is Wi-Fi, 2 wired, 5 cell.

        ``lo0`` becomes the kernel's loopback interface.
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
        """``ifnet_reset_order``: these interfaces are the ordered ones, the first is primary."""
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
        self, change: routes.RouteUpdate | str, **fields: Unpack[RouteFields]
    ) -> CallAnswer:
        """Change fields of a route by name, given its id; or those of ``change``."""
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
        """Register a network agent; flags 3 are registered and active."""
        if uuid is None:
            uuid = hashlib.sha256(f"agent/{session}".encode()).digest()[:16]
        self.submit(
            agents.NetagentRegister(
                session, uuid, domain.encode(), type.encode(), desc.encode(), flags, data, via
            )
        )
        return AgentHandle(self, session, uuid)

    def add_socket(
        self, socket: sockets.SocketCreate | str, **fields: Unpack[SocketFields]
    ) -> SocketHandle:
        """A protocol control block appears under a name; ``local`` and ``remote`` may have a port.

        ``register`` of the handle makes it a flow of a client.
        """
        if isinstance(socket, str):
            socket = sockets.SocketCreate(socket, **with_ports(fields))
        self.submit(socket)
        return SocketHandle(self, socket.name)

    def multipath(self, name: str) -> MultipathHandle:
        """A multipath block, which appears when it is first registered."""
        return MultipathHandle(self, name)

    def advance(self, nanoseconds: int) -> None:
        """Let time pass; nothing runs by itself."""
        self._now_ns += nanoseconds
        self.submit(clock.Now(self._now_ns))

    def update_all_clients(self) -> CallAnswer:
        """Some part of the kernel asks for all clients to be evaluated again."""
        return self.submit(clock.UpdateAllClients())

    def fire_timer(self) -> CallAnswer:
        """The update timer fires, if armed."""
        return self.submit(clock.TimerFire())

    def set_sysctl(self, name: str, value: int) -> CallAnswer:
        """Write a sysctl."""
        return self.submit(notifications.SysctlSet(name, value))

    def protoctl_event(
        self, agent: bytes, client_id: bytes, code: int = 0, val: int = 0, seq: int = 0
    ) -> CallAnswer:
        """``necp_update_flow_protoctl_event``."""
        return self.submit(notifications.ProtoctlEvent(agent, client_id, code, val, seq))

    def reap_caches(self, purge: int = 0) -> CallAnswer:
        """``necp_client_reap_caches``, in releases that have it."""
        return self.submit(notifications.ReapCaches(purge))

    def snapshot(self, *, full: bool = False) -> Snapshot:
        """Record the state of the subsystem, and return it."""
        answer = self.submit(notifications.TakeSnapshot(full)).answer
        if not isinstance(answer, Snapshot):
            raise ScenarioError("there is no state to see: the system went down earlier")
        return answer


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ScenarioError(str(error), hint="Write 10.0.0.0/8, default or default6.") from None
