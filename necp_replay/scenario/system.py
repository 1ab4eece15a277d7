"""The system that a scenario drives: networks, agents, processes, time and the kernel's calls."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, replace

from necp_replay.errors import ScenarioError
from necp_replay.events import agents, clock, interfaces, notifications, processes, routes, sockets
from necp_replay.events.inputs import Input, Step
from necp_replay.events.snapshot import Snapshot
from necp_replay.replay.recorder import Recorder
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.policies import PolicySessionHandle
from necp_replay.scenario.process import ProcessHandle

UUID_POOL = 4
"""Ids offered to the kernel with each input; those it takes are recorded with it."""

BROADCAST_FLAGS = 0x8863
POINT_TO_POINT_FLAGS = 0x8051


@dataclass(frozen=True, slots=True)
class InterfaceHandle:
    """An interface by its kernel index."""

    system: System
    index: int
    name: str

    def update(self, change: interfaces.IfaceUpdate) -> CallAnswer:
        """Change fields; the index in ``change`` is replaced by this interface's."""
        return self.system.submit(replace(change, index=self.index))

    def add_agent(self, agent: bytes) -> CallAnswer:
        """``if_add_netagent``."""
        return self.system.submit(interfaces.IfaceAddAgent(self.index, agent))

    def remove_agent(self, agent: bytes) -> CallAnswer:
        """``if_delete_netagent``."""
        return self.system.submit(interfaces.IfaceDelAgent(self.index, agent))

    def detach(self) -> CallAnswer:
        """``ifnet_detach``."""
        return self.system.submit(interfaces.IfaceDetach(self.index))


@dataclass(frozen=True, slots=True)
class AgentHandle:
    """A network agent by its session's name."""

    system: System
    session: str
    uuid: bytes

    def set_flags(self, flags: int) -> CallAnswer:
        """Update the agent's flags."""
        return self.system.submit(agents.NetagentSetFlags(self.session, flags))

    def unregister(self) -> CallAnswer:
        """Unregister the agent."""
        return self.system.submit(agents.NetagentUnregister(self.session))

    def close(self) -> CallAnswer:
        """Close the agent's session."""
        return self.system.submit(agents.NetagentClose(self.session))

    def fail(self, errno: int) -> CallAnswer:
        """Deliveries to the agent fail with this errno from now on; 0 ends it."""
        return self.system.submit(agents.NetagentFail(self.session, errno))

    def assign_nexus(self, client_id: bytes, results: bytes = b"") -> CallAnswer:
        """Assign results to a client's nexus flow."""
        return self.system.submit(agents.NetagentAssignNexus(self.session, client_id, results))


class System:
    """A fresh system. Every method is one input, recorded with what the engine answered."""

    def __init__(self, recorder: Recorder, name: str) -> None:
        self._recorder = recorder
        self._name = name
        self._generated = 0
        self._now_ns = 1_000_000_000
        self._next_uuids: tuple[bytes, ...] = ()

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
        self, process: ProcessHandle, *, priority: int | None = None
    ) -> PolicySessionHandle:
        """A process opens a policy session, and gives it a priority where one is named."""
        handle = PolicySessionHandle(process.necp_session_open())
        if priority is not None:
            handle.set_priority(priority)
        return handle

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
                addrs=tuple(_interface_address(text) for text in addrs) or None,
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

    def update_route(self, change: routes.RouteUpdate) -> CallAnswer:
        """Change a route directly."""
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

    def add_socket(self, socket: sockets.SocketCreate) -> str:
        """A protocol control block appears; returns its name."""
        self.submit(socket)
        return socket.name

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

    def snapshot(self, *, full: bool = False) -> Snapshot:
        """Record the state of the subsystem, and return it."""
        answer = self.submit(notifications.TakeSnapshot(full)).answer
        if not isinstance(answer, Snapshot):
            raise ScenarioError("there is no state to see: the system went down earlier")
        return answer


def _interface_address(text: str) -> interfaces.InterfaceAddress:
    address, _, prefix = text.partition("/")
    return interfaces.InterfaceAddress(address, int(prefix) if prefix else None)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ScenarioError(str(error), hint="Write 10.0.0.0/8, default or default6.") from None
