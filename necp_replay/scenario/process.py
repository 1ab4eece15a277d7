"""The handles to a process, to its NECP fds and to the clients on them: the calls it makes.

The three classes are in one file because they refer to each other: a process opens fds, an fd adds
clients, and a client's calls are made by its process through its fd.
"""

from __future__ import annotations

from typing import Unpack

from necp_replay.abi.client import (
    CACHE_BUFFER_BYTES,
    INTERFACE_DETAILS_BYTES,
    RESOLVER_TAG_BYTES,
    ClientAction,
    ClientParameter,
)
from necp_replay.abi.client_structs import (
    ADD_FLOW_REQUEST,
    AGENT_USE_PARAMETERS,
    CACHE_BUFFER,
    CACHE_BUFFER_ADDR_OFFSET,
    CLIENT_COUNT,
    HOST_NAME_LENGTH,
    INTERFACE_INDEX,
    SIGNABLE,
)
from necp_replay.abi.signable import (
    SIGNED_CLIENT_ID,
    SIGNED_CLIENT_ID_TYPE,
    SIGNED_CLIENT_ID_UUID,
)
from necp_replay.abi.tcp_cache import TFO_CACHE, CacheType
from necp_replay.abi.tlv import pack_tlv
from necp_replay.abi.uuid import UUID_BYTES, ZERO_UUID, as_flow_id
from necp_replay.dataclass import dataclass
from necp_replay.events import notifications, policy_control, processes, syscalls
from necp_replay.events.inputs import Input
from necp_replay.events.user_buffer import UserBuffer, UserPointer
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.answers import (
    CallAnswer,
    InterfaceDetailsAnswer,
    ListAnswer,
    MatchAnswer,
    ResultAnswer,
    UpdateAnswer,
)
from necp_replay.scenario.buffers import BufferLike, as_buffer, room
from necp_replay.scenario.keywords import ClientParameters, NexusFlowKeywords, ProcessKeywords
from necp_replay.scenario.parameters import client_parameters
from necp_replay.scenario.policy_control import PolicyControlHandle
from necp_replay.scenario.policy_session import PolicySessionHandle, SessionHandle
from necp_replay.scenario.submit import RunsRelease

# What the newest release writes, so that a trace can be replayed on any.
MATCH_ROOM_BYTES = 460
# More than the 512 bytes that a client result can have.
RESULT_ROOM_BYTES = 1024


@dataclass(frozen=True, slots=True, repr=False)
class ProcessHandle:
    """A process, known by its pid.

    ``exec_uuid`` is the uuid of its executable when it was started, for conditions on applications.
    """

    system: RunsRelease
    pid: int
    exec_uuid: bytes = ZERO_UUID

    def __repr__(self) -> str:
        return f"<process {self.pid}>"

    def submit(self, event: Input) -> CallAnswer:
        """Apply any input."""
        return self.system.submit(event)

    def necp_open(self, flags: int = 0) -> NecpFdHandle:
        """``necp_open``; the handle's fd is -1 if the call failed."""
        answer = self.submit(syscalls.NecpOpen(self.pid, flags))
        return NecpFdHandle(self, answer.retval if answer.retval is not None else -1)

    def necp_session_open(self, flags: int = 0) -> SessionHandle:
        """``necp_session_open``; the handle's fd is -1 if the call failed."""
        return SessionHandle.opened_by(self, flags)

    def open_policy_session(self, *, priority: int | None = None) -> PolicySessionHandle:
        """``necp_session_open``, then SET_SESSION_PRIORITY if ``priority`` is given.

        The handle has a method for each session action.
        """
        return PolicySessionHandle.opened_by(self, priority=priority)

    def open_policy_control(self, session: str = "necp") -> PolicyControlHandle:
        """Connect to the NECP kernel control, the older way to a policy session."""
        self.submit(policy_control.NecpCtlOpen(self.pid, session))
        return PolicyControlHandle(self, session)

    def open_other(self) -> NecpFdHandle:
        """Open an fd of another kind, such as a file: not a NECP fd."""
        answer = self.submit(syscalls.OpenOther(self.pid))
        return NecpFdHandle(self, answer.retval if answer.retval is not None else -1)

    def on_fd(self, fd: int) -> NecpFdHandle:
        """A handle to any fd number, open or not."""
        return NecpFdHandle(self, fd)

    def match_policy(
        self, parameters: BufferLike = None, **keywords: Unpack[ClientParameters]
    ) -> MatchAnswer:
        """``necp_match_policy`` into a buffer that the whole result fits in.

        Keywords are those of :func:`necp_replay.scenario.parameters.client_parameters`.
        """
        if parameters is None:
            parameters = client_parameters(**keywords)
        content = as_buffer(parameters)
        size_bytes = content.length if content is not None else 0
        layout = self.system.match_result
        into = room(MATCH_ROOM_BYTES)
        call = syscalls.NecpMatchPolicy(self.pid, content, size_bytes, into)
        return self.submit(call).read_as(MatchAnswer, layout=layout)

    def netagent_trigger(self, agent_uuid: BufferLike, len: int | None = None) -> CallAnswer:
        """``netagent_trigger``; ``len`` is by default the buffer's own length."""
        content = as_buffer(agent_uuid)
        if len is None:
            len = content.length if content is not None else 0
        return self.submit(syscalls.NetagentTrigger(self.pid, content, len))

    def update(self, **fields: Unpack[ProcessKeywords]) -> CallAnswer:
        """Change the process: its user, privileges, executable and so on."""
        return self.submit(processes.ProcUpdate(self.pid, **fields))

    def exit(self) -> CallAnswer:
        """The process exits, which closes its fds."""
        return self.submit(processes.ProcExit(self.pid))


@dataclass(frozen=True, slots=True, repr=False)
class NecpFdHandle:
    """A NECP fd, known by its process and number. Calls may be made after ``close``, too."""

    process: ProcessHandle
    fd: int

    def __repr__(self) -> str:
        return f"<fd {self.fd} of process {self.process.pid}>"

    def action(
        self,
        action: int,
        client_id: BufferLike = None,
        buffer: BufferLike = None,
        *,
        client_id_len: int | None = None,
        buffer_size: int | None = None,
    ) -> CallAnswer:
        """``necp_client_action`` with any arguments; lengths are by default the buffers' own."""
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
        """ADD a client with parameters by keyword, as for :func:`client_parameters`, or as TLVs.

        ``added`` of the handle is the call's outcome. If the call failed, the handle's
        ``client_id`` is 16 zero bytes.
        """
        if parameters is None:
            parameters = client_parameters(**keywords)
        answer = self.action(ClientAction.ADD, room(UUID_BYTES), parameters)
        client_id = answer.client_id if answer.errno == 0 else ZERO_UUID
        return ClientHandle(self, client_id, answer)

    def client(self, client_id: bytes) -> ClientHandle:
        """A handle to a client by its id; the client may be on another fd."""
        return ClientHandle(self, client_id)

    def copy_result(
        self, client_id: BufferLike = None, *, size_bytes: int = RESULT_ROOM_BYTES
    ) -> ResultAnswer:
        """COPY_RESULT; NULL or a zero id asks for any client with an unread result."""
        return self._result(ClientAction.COPY_RESULT, client_id, size_bytes)

    def copy_updated_result(
        self, client_id: BufferLike = None, *, size_bytes: int = RESULT_ROOM_BYTES
    ) -> ResultAnswer:
        """COPY_UPDATED_RESULT: as COPY_RESULT, but only if the result is unread."""
        return self._result(ClientAction.COPY_UPDATED_RESULT, client_id, size_bytes)

    def copy_updated_result_final(
        self, client_id: BufferLike = None, *, size_bytes: int = RESULT_ROOM_BYTES
    ) -> ResultAnswer:
        """COPY_UPDATED_RESULT_FINAL: a result that does not fit is read too (from xnu-11215 on)."""
        return self._result(ClientAction.COPY_UPDATED_RESULT_FINAL, client_id, size_bytes)

    def copy_list(self, count: int = 16) -> ListAnswer:
        """COPY_LIST with room for ``count`` ids."""
        content = CLIENT_COUNT.pack(count).ljust(4 + UUID_BYTES * count, b"\0")
        return self.action(ClientAction.COPY_LIST, None, content).read_as(ListAnswer)

    def copy_client_update(self, size_bytes: int = 2048) -> UpdateAnswer:
        """COPY_CLIENT_UPDATE: the next update queued for a push observer."""
        answer = self.action(ClientAction.COPY_CLIENT_UPDATE, room(UUID_BYTES), room(size_bytes))
        return answer.read_as(UpdateAnswer)

    def copy_agent(self, agent: BufferLike, size_bytes: int = 1024) -> CallAnswer:
        """COPY_AGENT: an agent by its uuid."""
        return self.action(ClientAction.COPY_AGENT, agent, room(size_bytes))

    def copy_interface(
        self, index: int, size_bytes: int = INTERFACE_DETAILS_BYTES
    ) -> InterfaceDetailsAnswer:
        """COPY_INTERFACE: an interface by its index."""
        asked = UserBuffer(content=INTERFACE_INDEX.pack(index).rstrip(b"\0"), length=4)
        answer = self.action(ClientAction.COPY_INTERFACE, asked, room(size_bytes))
        return answer.read_as(InterfaceDetailsAnswer)

    def sign(
        self, host_name: bytes, address: str, *, client_id: bytes = ZERO_UUID, sign_type: int = 1
    ) -> CallAnswer:
        """SIGN: the tag of a resolver's answer, in the answer's buffer."""
        answer = SIGNABLE.pack(client_id, sign_type) + sockaddr(address)
        answer += HOST_NAME_LENGTH.pack(len(host_name)) + host_name
        return self.action(ClientAction.SIGN, answer, room(RESOLVER_TAG_BYTES))

    def sign_answer(self, answer: bytes) -> CallAnswer:
        """SIGN, from xnu-8792 on: the tag of an answer of :mod:`necp_replay.scenario.signables`."""
        return self.action(ClientAction.SIGN, answer, room(RESOLVER_TAG_BYTES))

    def validate(self, tag: bytes, answer: bytes) -> CallAnswer:
        """VALIDATE: whether the kernel made the tag of an answer."""
        return self.action(ClientAction.VALIDATE, tag + answer, None)

    def get_signed_client_id(self) -> CallAnswer:
        """GET_SIGNED_CLIENT_ID: the executable and its signature, in the answer's buffer."""
        id_type = SIGNED_CLIENT_ID_TYPE.pack(SIGNED_CLIENT_ID_UUID)
        return self.action(ClientAction.GET_SIGNED_CLIENT_ID, id_type, room(SIGNED_CLIENT_ID.size))

    def set_signed_client_id(self, signed: bytes) -> CallAnswer:
        """SET_SIGNED_CLIENT_ID to what another process got from GET_SIGNED_CLIENT_ID."""
        id_type = SIGNED_CLIENT_ID_TYPE.pack(SIGNED_CLIENT_ID_UUID)
        return self.action(ClientAction.SET_SIGNED_CLIENT_ID, id_type, signed)

    def claim(self, client_id: BufferLike) -> CallAnswer:
        """CLAIM: take over a client that was added on behalf of the process."""
        return self.action(ClientAction.CLAIM, client_id, None)

    def poll(self, *, how: str = "poll", events: int = 1, filter: int = -1) -> CallAnswer:
        """Ask whether the fd is ready; ``how`` is ``poll`` or ``kqfilter``."""
        return self.process.submit(syscalls.FdPoll(self.process.pid, self.fd, how, events, filter))

    def read(self) -> CallAnswer:
        """``read``, which NECP fds do not support."""
        return self.process.submit(syscalls.FdRead(self.process.pid, self.fd))

    def write(self) -> CallAnswer:
        """``write``, which NECP fds do not support."""
        return self.process.submit(syscalls.FdWrite(self.process.pid, self.fd))

    def ioctl(self, com: int = 0) -> CallAnswer:
        """``ioctl``, which NECP fds do not support."""
        return self.process.submit(syscalls.FdIoctl(self.process.pid, self.fd, com))

    def select(self, which: str = "read") -> CallAnswer:
        """``select``, which NECP fds do not support."""
        return self.process.submit(syscalls.FdSelect(self.process.pid, self.fd, which))

    def close(self) -> CallAnswer:
        """``close``."""
        return self.process.submit(syscalls.Close(self.process.pid, self.fd))

    def defunct(self) -> CallAnswer:
        """``necp_fd_defunct``: the kernel makes this fd's clients defunct."""
        return self.process.submit(notifications.FdDefunct(self.process.pid, self.fd))

    def set_background(self, background: bool = True) -> CallAnswer:
        """``necp_set_client_as_background``: to the background, or back to the foreground."""
        return self.process.submit(
            notifications.FdBackground(self.process.pid, self.fd, background)
        )

    def memstatus(self, status: int = 0) -> CallAnswer:
        """``necp_fd_memstatus``, which only some releases have. It changes nothing."""
        return self.process.submit(notifications.FdMemstatus(self.process.pid, self.fd, status))

    def _result(self, action: ClientAction, client_id: BufferLike, size_bytes: int) -> ResultAnswer:
        answer = self.action(action, client_id, room(size_bytes))
        return answer.read_as(ResultAnswer)


@dataclass(frozen=True, slots=True, repr=False)
class ClientHandle:
    """A client, known by its id; its calls are made on ``fd``."""

    fd: NecpFdHandle
    client_id: bytes
    added: CallAnswer | None = None

    def __repr__(self) -> str:
        return f"<client {self.client_id.hex()} on {self.fd}>"

    def remove(self, statistics: BufferLike = None) -> CallAnswer:
        """REMOVE the client, optionally with a buffer of statistics."""
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

    def copy_updated_result_final(self, size_bytes: int = RESULT_ROOM_BYTES) -> ResultAnswer:
        """COPY_UPDATED_RESULT_FINAL into a buffer of this size."""
        return self.fd.copy_updated_result_final(self.client_id, size_bytes=size_bytes)

    def copy_route_statistics(self, size_bytes: int = 112) -> CallAnswer:
        """COPY_ROUTE_STATISTICS into a buffer of this size."""
        return self.fd.action(ClientAction.COPY_ROUTE_STATISTICS, self.client_id, room(size_bytes))

    def agent_action(self, tlvs: BufferLike) -> CallAnswer:
        """AGENT with any TLVs; they trigger, assert or unassert agents."""
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
        """AGENT_USE: count one use of an agent.

        The kernel writes how many uses there were before, in place of ``out_use_count``.
        """
        content = AGENT_USE_PARAMETERS.pack(agent, out_use_count)
        return self.fd.action(ClientAction.AGENT_USE, self.client_id, as_buffer(content))

    def update_cache(
        self, type: int, cache: BufferLike, *, version: int = 1, size: int | None = None
    ) -> CallAnswer:
        """UPDATE_CACHE of any type; ``cache`` is what ``necp_cache_buffer`` points to.

        ``size`` is the size that the structure claims, by default the size of ``cache``.
        """
        inner = as_buffer(cache)
        if size is None:
            size = inner.length if inner is not None else 0
        header = CACHE_BUFFER.pack(type, version, size, 0).rstrip(b"\0")
        pointer = UserPointer(CACHE_BUFFER_ADDR_OFFSET, inner)
        buffer = UserBuffer(content=header, length=CACHE_BUFFER_BYTES, pointers=(pointer,))
        return self.fd.action(ClientAction.UPDATE_CACHE, self.client_id, buffer)

    def update_ecn_cache(self, heuristics: int) -> CallAnswer:
        """UPDATE_CACHE with a ``necp_tcp_ecn_cache``.

        ``heuristics`` are flags of :class:`necp_replay.abi.tcp_cache.EcnHeuristics`.
        """
        return self.update_cache(CacheType.ECN, as_buffer(bytes((heuristics,))))

    def update_tfo_cache(
        self, cookie: bytes = b"", heuristics: int = 0, *, cookie_len: int | None = None
    ) -> CallAnswer:
        """UPDATE_CACHE with a ``necp_tcp_tfo_cache``.

        ``heuristics`` are flags of :class:`necp_replay.abi.tcp_cache.TfoHeuristics`.
        ``cookie_len`` is by default the cookie's own length.
        """
        length = len(cookie) if cookie_len is None else cookie_len
        return self.update_cache(
            CacheType.TFO, as_buffer(TFO_CACHE.pack(cookie, length, heuristics))
        )

    def inject_nexus_flow(
        self, agent: bytes = ZERO_UUID, **fields: Unpack[NexusFlowKeywords]
    ) -> CallAnswer:
        """Add a nexus flow of an agent to the client.

        No released source shows how the kernel adds one, so the trace does it by this input.
        """
        return self.fd.process.submit(
            notifications.InjectNexusFlow(self.client_id, agent, **fields)
        )

    def create_registration(self, flags: int = 0) -> ClientHandle:
        """Make a flow registration on the client; the handle's id is that of the registration.

        No released source shows how the kernel makes one by itself, so the trace does it by this
        input. ``flags`` are of :class:`necp_replay.abi.client.FlowFlag`. If it failed, the id is 16
        zero bytes.
        """
        answer = self.fd.process.submit(notifications.CreateRegistration(self.client_id, flags))
        made = ZERO_UUID
        if answer.errno == 0:
            made = as_flow_id(answer.uuids[0])
        return ClientHandle(self.fd, made, answer)

    def add_flow(
        self, flags: int = 0, agent: bytes = ZERO_UUID, *, address: str | None = None
    ) -> ClientHandle:
        """ADD_FLOW: make a flow registration; the handle's id is that of the registration.

        ``flags`` are of :class:`necp_replay.abi.client.FlowFlag`. An ``address`` is the remote one
        of the flow, if the flags say so. If the call failed, the id is 16 zero bytes.
        """
        request = ADD_FLOW_REQUEST.pack(agent, ZERO_UUID, flags, 0)
        if address is not None:
            request += sockaddr(address)
        answer = self.fd.action(ClientAction.ADD_FLOW, self.client_id, request)
        made = as_flow_id(answer.uuids[0]) if answer.errno == 0 else ZERO_UUID
        return ClientHandle(self.fd, made, answer)

    def request_nexus(self, statistics: BufferLike = None) -> CallAnswer:
        """REQUEST_NEXUS_INSTANCE, optionally with a request of statistics."""
        return self.fd.action(ClientAction.REQUEST_NEXUS_INSTANCE, self.client_id, statistics)

    def remove_flow(self, statistics: BufferLike = None) -> CallAnswer:
        """REMOVE_FLOW of a handle to a registration, optionally with a buffer of statistics."""
        return self.fd.action(ClientAction.REMOVE_FLOW, self.client_id, statistics)

    def assert_radio_manager(self, on: bool = True) -> CallAnswer:
        """``necp_client_assert_bb_radio_manager``, which only some releases have."""
        return self.fd.process.submit(notifications.AssertBbRadioManager(self.client_id, on))

    def copy_nexus_parameters(self) -> CallAnswer:
        """``necp_client_copy_parameters``: the client's parameters in the form a nexus gets."""
        return self.fd.process.submit(notifications.CopyNexusParameters(self.client_id))

    def act_for(self, pid: int) -> CallAnswer:
        """Make it a client that acts for another process, which that process can claim."""
        return self.fd.process.submit(notifications.SetDelegatedUpid(self.client_id, pid))

    def force_update(
        self, remove_agent: bytes = ZERO_UUID, generation: int | None = None
    ) -> CallAnswer:
        """An agent has the client evaluated again, and may remove itself from the result.

        ``generation`` is that of the agent, for releases that ask.
        """
        return self.fd.process.submit(
            notifications.ForceUpdateClient(self.client_id, remove_agent, generation)
        )
