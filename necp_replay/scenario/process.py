"""Handles to a process, to its NECP fds and to the clients on them: the calls a process makes.

The three classes are in one file because each leads to the others: a process opens fds, an fd adds
clients, and a client's calls are made through its fd by its process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

from necp_replay.abi.client import (
    CACHE_BUFFER_BYTES,
    INTERFACE_DETAILS_BYTES,
    UUID_BYTES,
    ClientAction,
    ClientParameter,
)
from necp_replay.abi.client_structs import (
    AGENT_USE_PARAMETERS,
    CACHE_BUFFER,
    CACHE_BUFFER_ADDR_OFFSET,
    CLIENT_COUNT,
    INTERFACE_INDEX,
)
from necp_replay.abi.tcp_cache import TFO_CACHE, CacheType
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events import notifications, processes, syscalls
from necp_replay.events.inputs import Input
from necp_replay.events.user_buffer import UserBuffer, UserPointer
from necp_replay.scenario.answers import (
    CallAnswer,
    InterfaceDetailsAnswer,
    ListAnswer,
    MatchAnswer,
    ResultAnswer,
    UpdateAnswer,
)
from necp_replay.scenario.buffers import BufferLike, as_buffer, room
from necp_replay.scenario.keywords import ClientParameters, NexusFlowFields, ProcessFields
from necp_replay.scenario.parameters import client_parameters
from necp_replay.scenario.policy_session import PolicySessionHandle, SessionHandle
from necp_replay.scenario.submit import SubmitsInputs

MATCH_RESULT_BYTES = 212
RESULT_ROOM_BYTES = 1024


@dataclass(frozen=True, slots=True)
class ProcessHandle:
    """A process by its pid."""

    system: SubmitsInputs
    pid: int

    def submit(self, event: Input) -> CallAnswer:
        """Apply any input."""
        return self.system.submit(event)

    def necp_open(self, flags: int = 0) -> NecpFdHandle:
        """``necp_open``; the handle's fd is -1 where it failed."""
        answer = self.submit(syscalls.NecpOpen(self.pid, flags))
        return NecpFdHandle(self, answer.retval if answer.retval is not None else -1)

    def necp_session_open(self, flags: int = 0) -> SessionHandle:
        """``necp_session_open``; the handle's fd is -1 where it failed."""
        return SessionHandle.opened_by(self, flags)

    def open_policy_session(self, *, priority: int | None = None) -> PolicySessionHandle:
        """The same as a handle with a method for each action; ``priority`` is set where named."""
        return PolicySessionHandle.opened_by(self, priority=priority)

    def open_other(self) -> NecpFdHandle:
        """Open an fd that is not of NECP's kind."""
        answer = self.submit(syscalls.OpenOther(self.pid))
        return NecpFdHandle(self, answer.retval if answer.retval is not None else -1)

    def on_fd(self, fd: int) -> NecpFdHandle:
        """A handle to any fd number, open or not."""
        return NecpFdHandle(self, fd)

    def match_policy(
        self, parameters: BufferLike = None, **keywords: Unpack[ClientParameters]
    ) -> MatchAnswer:
        """``necp_match_policy`` with room for the whole result.

        Keywords are those of :func:`necp_replay.scenario.parameters.client_parameters`.
        """
        if parameters is None:
            parameters = client_parameters(**keywords)
        content = as_buffer(parameters)
        size_bytes = content.length if content is not None else 0
        call = syscalls.NecpMatchPolicy(self.pid, content, size_bytes, room(MATCH_RESULT_BYTES))
        return MatchAnswer(self.submit(call).outcome)

    def netagent_trigger(self, agent_uuid: BufferLike, len: int | None = None) -> CallAnswer:
        """``netagent_trigger``; ``len`` is the buffer's own unless given."""
        content = as_buffer(agent_uuid)
        if len is None:
            len = content.length if content is not None else 0
        return self.submit(syscalls.NetagentTrigger(self.pid, content, len))

    def update(self, **fields: Unpack[ProcessFields]) -> CallAnswer:
        """The process changes: another user, privilege or executable."""
        return self.submit(processes.ProcUpdate(self.pid, **fields))

    def exit(self) -> CallAnswer:
        """The process exits."""
        return self.submit(processes.ProcExit(self.pid))


@dataclass(frozen=True, slots=True)
class NecpFdHandle:
    """An open fd. Calls on a closed one are made all the same, and answered as the kernel does."""

    process: ProcessHandle
    fd: int

    def action(
        self,
        action: int,
        client_id: BufferLike = None,
        buffer: BufferLike = None,
        *,
        client_id_len: int | None = None,
        buffer_size: int | None = None,
    ) -> CallAnswer:
        """``necp_client_action`` with any arguments; lengths default to the buffers' own."""
        id_buffer, content = as_buffer(client_id), as_buffer(buffer)
        if client_id_len is None:
            client_id_len = id_buffer.length if id_buffer is not None else 0
        if buffer_size is None:
            buffer_size = content.length if content is not None else 0
        return self.process.submit(
            syscalls.NecpClientAction(
                self.process.pid, self.fd, action, id_buffer, client_id_len, content, buffer_size
            )
        )

    def add(
        self, parameters: BufferLike = None, **keywords: Unpack[ClientParameters]
    ) -> ClientHandle:
        """ADD a client; keywords are those of :func:`client_parameters`.

        The handle's ``added`` is the answer; without success its ``client_id`` is all zero.
        """
        if parameters is None:
            parameters = client_parameters(**keywords)
        answer = self.action(ClientAction.ADD, room(UUID_BYTES), parameters)
        client_id = answer.client_id if answer.errno == 0 else bytes(UUID_BYTES)
        return ClientHandle(self, client_id, answer)

    def client(self, client_id: bytes) -> ClientHandle:
        """A handle to a client by id, of this fd or of another."""
        return ClientHandle(self, client_id)

    def copy_result(
        self, client_id: BufferLike = None, *, size_bytes: int = RESULT_ROOM_BYTES
    ) -> ResultAnswer:
        """COPY_RESULT; NULL or an all-zero id asks for any unread client."""
        return self._result(ClientAction.COPY_RESULT, client_id, size_bytes)

    def copy_updated_result(
        self, client_id: BufferLike = None, *, size_bytes: int = RESULT_ROOM_BYTES
    ) -> ResultAnswer:
        """COPY_UPDATED_RESULT, the same for unread results only."""
        return self._result(ClientAction.COPY_UPDATED_RESULT, client_id, size_bytes)

    def copy_list(self, count: int = 16) -> ListAnswer:
        """COPY_LIST with room for ``count`` ids."""
        content = CLIENT_COUNT.pack(count).ljust(4 + UUID_BYTES * count, b"\0")
        return ListAnswer(self.action(ClientAction.COPY_LIST, None, content).outcome)

    def copy_client_update(self, size_bytes: int = 2048) -> UpdateAnswer:
        """COPY_CLIENT_UPDATE: the next update queued for a push observer."""
        answer = self.action(ClientAction.COPY_CLIENT_UPDATE, room(UUID_BYTES), room(size_bytes))
        return UpdateAnswer(answer.outcome)

    def copy_agent(self, agent: BufferLike, size_bytes: int = 1024) -> CallAnswer:
        """COPY_AGENT: an agent by its uuid."""
        return self.action(ClientAction.COPY_AGENT, agent, room(size_bytes))

    def copy_interface(
        self, index: int, size_bytes: int = INTERFACE_DETAILS_BYTES
    ) -> InterfaceDetailsAnswer:
        """COPY_INTERFACE: an interface by its index."""
        asked = UserBuffer(content=INTERFACE_INDEX.pack(index).rstrip(b"\0"), length=4)
        answer = self.action(ClientAction.COPY_INTERFACE, asked, room(size_bytes))
        return InterfaceDetailsAnswer(answer.outcome)

    def poll(self, *, how: str = "poll", events: int = 1, filter: int = -1) -> CallAnswer:
        """Readiness of the fd."""
        return self.process.submit(syscalls.FdPoll(self.process.pid, self.fd, how, events, filter))

    def read(self) -> CallAnswer:
        """The fd's read operation."""
        return self.process.submit(syscalls.FdRead(self.process.pid, self.fd))

    def write(self) -> CallAnswer:
        """The fd's write operation."""
        return self.process.submit(syscalls.FdWrite(self.process.pid, self.fd))

    def ioctl(self, com: int = 0) -> CallAnswer:
        """The fd's ioctl operation."""
        return self.process.submit(syscalls.FdIoctl(self.process.pid, self.fd, com))

    def select(self, which: str = "read") -> CallAnswer:
        """The fd's select operation."""
        return self.process.submit(syscalls.FdSelect(self.process.pid, self.fd, which))

    def close(self) -> CallAnswer:
        """``close``."""
        return self.process.submit(syscalls.Close(self.process.pid, self.fd))

    def defunct(self) -> CallAnswer:
        """The kernel makes the process defunct and visits this fd."""
        return self.process.submit(notifications.FdDefunct(self.process.pid, self.fd))

    def set_background(self, background: bool = True) -> CallAnswer:
        """The process goes to the background, or comes back."""
        return self.process.submit(
            notifications.FdBackground(self.process.pid, self.fd, background)
        )

    def memstatus(self, status: int = 0) -> CallAnswer:
        """The process is about to be killed for memory, and the kernel visits this fd."""
        return self.process.submit(notifications.FdMemstatus(self.process.pid, self.fd, status))

    def _result(self, action: ClientAction, client_id: BufferLike, size_bytes: int) -> ResultAnswer:
        answer = self.action(action, client_id, room(size_bytes))
        return ResultAnswer(answer.outcome)


@dataclass(frozen=True, slots=True)
class ClientHandle:
    """A client by its id, looked up through ``fd``."""

    fd: NecpFdHandle
    client_id: bytes
    added: CallAnswer | None = None

    def remove(self, statistics: BufferLike = None) -> CallAnswer:
        """REMOVE, with a statistics buffer if given."""
        return self.fd.action(ClientAction.REMOVE, self.client_id, statistics)

    def copy_parameters(self, size_bytes: int = 1024) -> CallAnswer:
        """COPY_PARAMETERS into a buffer of this size."""
        return self.fd.action(ClientAction.COPY_PARAMETERS, self.client_id, room(size_bytes))

    def copy_result(self, size_bytes: int = RESULT_ROOM_BYTES) -> ResultAnswer:
        """COPY_RESULT into a buffer of this size."""
        return self.fd.copy_result(self.client_id, size_bytes=size_bytes)

    def copy_updated_result(self, size_bytes: int = RESULT_ROOM_BYTES) -> ResultAnswer:
        """COPY_UPDATED_RESULT into a buffer of this size."""
        return self.fd.copy_updated_result(self.client_id, size_bytes=size_bytes)

    def copy_route_statistics(self, size_bytes: int = 112) -> CallAnswer:
        """COPY_ROUTE_STATISTICS into a buffer of this size."""
        return self.fd.action(ClientAction.COPY_ROUTE_STATISTICS, self.client_id, room(size_bytes))

    def agent_action(self, tlvs: BufferLike) -> CallAnswer:
        """AGENT with TLVs that trigger, assert or unassert agents."""
        return self.fd.action(ClientAction.AGENT, self.client_id, tlvs)

    def trigger_agent(self, agent: bytes) -> CallAnswer:
        """AGENT with a TRIGGER_AGENT TLV."""
        return self.agent_action(pack_tlv(ClientParameter.TRIGGER_AGENT, agent))

    def assert_agent(self, agent: bytes) -> CallAnswer:
        """AGENT with an ASSERT_AGENT TLV."""
        return self.agent_action(pack_tlv(ClientParameter.ASSERT_AGENT, agent))

    def unassert_agent(self, agent: bytes) -> CallAnswer:
        """AGENT with an UNASSERT_AGENT TLV."""
        return self.agent_action(pack_tlv(ClientParameter.UNASSERT_AGENT, agent))

    def agent_use(self, agent: bytes, out_use_count: int = 0) -> CallAnswer:
        """AGENT_USE: the client uses an agent so many times more."""
        content = AGENT_USE_PARAMETERS.pack(agent, out_use_count)
        return self.fd.action(ClientAction.AGENT_USE, self.client_id, as_buffer(content))

    def update_cache(
        self, type: int, cache: BufferLike, *, version: int = 1, size: int | None = None
    ) -> CallAnswer:
        """UPDATE_CACHE of any type; ``cache`` is what the pointer in ``necp_cache_buffer`` has.

        ``size`` is what that structure says of it, the buffer's own size unless given.
        """
        inner = as_buffer(cache)
        if size is None:
            size = inner.length if inner is not None else 0
        header = CACHE_BUFFER.pack(type, version, size, 0).rstrip(b"\0")
        pointer = UserPointer(CACHE_BUFFER_ADDR_OFFSET, inner)
        buffer = UserBuffer(content=header, length=CACHE_BUFFER_BYTES, pointers=(pointer,))
        return self.fd.action(ClientAction.UPDATE_CACHE, self.client_id, buffer)

    def update_ecn_cache(self, heuristics: int) -> CallAnswer:
        """UPDATE_CACHE with ``necp_tcp_ecn_cache``; :class:`abi.tcp_cache.EcnHeuristics`."""
        return self.update_cache(CacheType.ECN, as_buffer(bytes((heuristics,))))

    def update_tfo_cache(
        self, cookie: bytes = b"", heuristics: int = 0, *, cookie_len: int | None = None
    ) -> CallAnswer:
        """UPDATE_CACHE with ``necp_tcp_tfo_cache``; :class:`abi.tcp_cache.TfoHeuristics`.

        ``cookie_len`` is the cookie's own length unless it is to say something else.
        """
        length = len(cookie) if cookie_len is None else cookie_len
        return self.update_cache(
            CacheType.TFO, as_buffer(TFO_CACHE.pack(cookie, length, heuristics))
        )

    def inject_nexus_flow(
        self, agent: bytes = bytes(UUID_BYTES), **fields: Unpack[NexusFlowFields]
    ) -> CallAnswer:
        """A nexus flow appears on the client, for an agent.

        It stands for the part of the kernel that was not published with these releases.
        """
        return self.fd.process.submit(
            notifications.InjectNexusFlow(self.client_id, agent, **fields)
        )

    def copy_nexus_parameters(self) -> CallAnswer:
        """``necp_client_copy_parameters``: what a nexus is told of the client."""
        return self.fd.process.submit(notifications.CopyNexusParameters(self.client_id))

    def force_update(self, remove_agent: bytes = bytes(UUID_BYTES)) -> CallAnswer:
        """An agent forces the client to look again, and may take itself out of the result."""
        return self.fd.process.submit(notifications.ForceUpdateClient(self.client_id, remove_agent))
