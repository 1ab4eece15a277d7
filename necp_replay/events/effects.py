"""Effects: what an input made the kernel do besides answering, in order.

Fields declared with ``compare=False`` are filled in by our engine and not measured by conformance
vectors. Goldens and comparisons of engines include them; ``==`` does not.
"""

from __future__ import annotations

from dataclasses import field
from typing import Final

from necp_replay.dataclass import dataclass


@dataclass(slots=True)
class Wake:
    """The waiters of an fd are notified (``necp_fd_notify``)."""

    pid: int
    fd: int


@dataclass(slots=True)
class NexusParameters:
    """``struct necp_client_nexus_parameters``: what a nexus is told about a client.

    The fields from ``transport_protocol`` on are None where a trace does not show them, because
    its release does not have them. ``demux_patterns`` are the raw patterns, ``port_reservation`` is
    whether a port is reserved for the client.
    """

    pid: int
    epid: int
    euuid: bytes
    local_addr: bytes
    remote_addr: bytes
    ip_protocol: int
    traffic_class: int
    policy_id: int
    is_listener: int
    allow_qos_marking: int
    transport_protocol: int | None = None
    ethertype: int | None = None
    is_interpose: int | None = None
    is_custom_ether: int | None = None
    override_address_selection: int | None = None
    use_stable_address: int | None = None
    no_wake_from_sleep: int | None = None
    skip_policy_id: int | None = None
    is_demuxable_parent: int | None = None
    reuse_port: int | None = None
    parent_flow_uuid: bytes | None = None
    demux_pattern_count: int | None = None
    demux_patterns: bytes | None = None
    port_reservation: int | None = None


@dataclass(slots=True)
class ControlSocketMessage:
    """How an agent's control socket got a message: fields of its header, and its payload.

    ``agent_id`` is the id of the agent in the longer header of a session for several agents, and
    None in any other session.
    """

    id: int
    error: int
    flags: int
    payload: bytes
    agent_id: bytes | None = None


@dataclass(slots=True)
class KernelAgentMessage:
    """How a kernel agent got a message: the arguments of its handler besides type and client.

    ``necp_handle`` says whether it got a handle, ``agent_parameters`` the structure that it got.
    Both are None where the release passes none. ``group_members``, ``client_error`` and
    ``force_report`` are what a message about a group or an error carries, None in any other.
    """

    nexus_parameters: NexusParameters | None
    wants_results: int
    necp_handle: int | None = None
    agent_parameters: bytes | None = None
    group_members: bytes | None = None
    client_error: int | None = None
    force_report: int | None = None


@dataclass(slots=True)
class AgentMessage:
    """A message to a network agent.

    ``client_id`` is None unless the payload is 16 bytes long. ``errno`` is that of its delivery.
    ``delivery`` has what depends on the kind of agent, None if it was not recorded.
    """

    agent: bytes
    type: int
    client_id: bytes | None
    errno: int
    delivery: ControlSocketMessage | KernelAgentMessage | None = None


@dataclass(slots=True)
class SocketCallback:
    """A flow's callback into a socket's protocol control block.

    ``action`` is 1 (non-viable), 2 (viable) or 3 (initial). ``handle`` is the socket's name.
    ``invalid`` is False where the release does not pass it.
    """

    handle: str
    action: int
    interface_index: int
    viable: bool
    invalid: bool = False
    flow_flags: int = 0


@dataclass(slots=True)
class MultipathCallback:
    """A flow's callback into a multipath block. Its fields are those of `SocketCallback`."""

    handle: str
    action: int
    interface_index: int
    viable: bool
    invalid: bool = False
    flow_flags: int = 0


@dataclass(slots=True)
class TimerArmed:
    """A timer is armed: deadline and leeway in microseconds.

    ``timer`` is None for the update timer. Others are ``collect_stats`` and
    ``close_empty_arenas``, as in `TimerFire`.
    """

    deadline_us: int
    leeway_us: int
    was_pending: bool
    timer: str | None = None


@dataclass(slots=True)
class KernelEvent:
    """A kernel event posted with ``kev_post_msg``."""

    class_: int
    subclass: int
    code: int
    data: bytes


@dataclass(slots=True)
class NetworkPolicyEvent:
    """A kernel event of network policies: an interface was denied."""

    code: int
    data: bytes


@dataclass(slots=True)
class UuidPolicy:
    """An operation on the kernel's table of policies for executables."""

    operation: int
    flags: int
    uuid: bytes | None


@dataclass(slots=True)
class Log:
    """A line of the kernel's log: its level and the function that wrote it, not its text.

    A line has a syslog ``level``. If it goes through os_log, it has an ``os_log_type`` instead
    (``OS_LOG_TYPE_*``), and ``level`` is 0. ``error`` is the error number in the line, None if
    there is none.
    """

    level: int = 0
    function: str | None = None
    error: int | None = field(default=None, compare=False)
    os_log_type: int | None = None


@dataclass(slots=True)
class UserOverrun:
    """The kernel wrote user memory beyond the length that the call declared (in bytes)."""

    declared: int
    written_to: int
    function: str | None = field(default=None, compare=False)


@dataclass(slots=True)
class UserOverread:
    """The kernel read user memory beyond the length that the call declared (in bytes)."""

    declared: int
    read_to: int
    function: str | None = field(default=None, compare=False)


@dataclass(slots=True)
class MemoryCorruption:
    """Kernel memory was corrupted. ``what`` is overflow, underflow, double_free or bad_free."""

    what: str
    function: str | None = field(default=None, compare=False)
    extent_bytes: int | None = field(default=None, compare=False)


@dataclass(slots=True)
class KernelPointerLeak:
    """Kernel memory or a kernel pointer reached the process. Vectors do not record this."""

    function: str
    extent_bytes: int


@dataclass(slots=True)
class TypeConfusionMark:
    """The call took a policy session for a client fd, in ``function``, and overwrote nothing.

    What it answers is known then, and the system goes on. Conformance vectors hold nothing but the
    fact that there was a confusion, see :func:`~necp_replay.events.equality.as_measured`.
    """

    function: str


@dataclass(slots=True)
class FdUseCountLeak:
    """The call returned with the use count of the fd raised: a real ``close`` would never end."""


@dataclass(slots=True)
class SandboxDenial:
    """A sandbox, or another policy module, refused a process an operation.

    ``operation`` is that of sandbox profiles and of the log line that a system writes:
    ``necp-client-open``, where ``argument`` is the flags, or ``system-necp-client-action``, where
    it is the action.
    """

    pid: int
    operation: str
    argument: int


@dataclass(slots=True)
class Panic:
    """The kernel panicked, in ``function``."""

    function: str | None = field(default=None, compare=False)
    reason: str | None = field(default=None, compare=False)


Effect = (
    Wake
    | AgentMessage
    | SocketCallback
    | MultipathCallback
    | TimerArmed
    | KernelEvent
    | NetworkPolicyEvent
    | UuidPolicy
    | Log
    | UserOverrun
    | UserOverread
    | MemoryCorruption
    | KernelPointerLeak
    | TypeConfusionMark
    | FdUseCountLeak
    | SandboxDenial
    | Panic
)

EFFECT_NAMES: Final[dict[str, type]] = {
    "wake": Wake,
    "agent_message": AgentMessage,
    "socket_callback": SocketCallback,
    "multipath_callback": MultipathCallback,
    "timer_armed": TimerArmed,
    "kernel_event": KernelEvent,
    "network_policy_event": NetworkPolicyEvent,
    "uuid_policy": UuidPolicy,
    "log": Log,
    "user_overrun": UserOverrun,
    "user_overread": UserOverread,
    "memory_corruption": MemoryCorruption,
    "kernel_pointer_leak": KernelPointerLeak,
    "type_confusion": TypeConfusionMark,
    "fd_use_count_leak": FdUseCountLeak,
    "sandbox_denial": SandboxDenial,
    "panic": Panic,
}
"""Every effect by its name in traces, goldens and JSON lines."""

BEYOND_VECTORS: Final[tuple[type, ...]] = (KernelPointerLeak,)
"""Effects that vectors never record. Comparisons with vectors ignore them."""
