"""Inputs from the rest of the kernel: functions of the client subsystem that it calls."""

from __future__ import annotations

from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.dataclass import dataclass


@dataclass(slots=True)
class InjectNexusFlow:
    """Add a nexus flow at the head of a client's list.

    It replaces the code that does this in the kernel, which was not published with these releases.
    Addresses are cut or filled with zeros to 28 bytes.
    """

    client_id: bytes
    agent: bytes = ZERO_UUID
    interface_index: int = 0
    requested: bool = True
    assigned: bool = False
    viable: bool = False
    check_tcp_heuristics: bool = False
    local: bytes = b""
    remote: bytes = b""
    results: bytes | None = None


@dataclass(slots=True)
class CreateRegistration:
    """Make a flow registration on a client, with these flags. The id may be a registration's.

    It replaces the code that does this in the kernel, which was not published with the releases
    that have flow registrations and no ADD_FLOW.
    """

    client_id: bytes
    flags: int = 0


@dataclass(slots=True)
class AssertBbRadioManager:
    """``necp_client_assert_bb_radio_manager``; with ``on`` False the assertion is taken back."""

    client_id: bytes
    on: bool = True


@dataclass(slots=True)
class FdDefunct:
    """The process becomes defunct, and the kernel visits this fd of it."""

    pid: int
    fd: int


@dataclass(slots=True)
class FdBackground:
    """``necp_set_client_as_background`` for this fd."""

    pid: int
    fd: int
    background: bool = True


@dataclass(slots=True)
class FdMemstatus:
    """``necp_fd_memstatus`` for this fd, in releases that have it."""

    pid: int
    fd: int
    status: int = 0


@dataclass(slots=True)
class ForceUpdateClient:
    """``necp_force_update_client``; ``generation`` is that of the agent, where releases ask."""

    client_id: bytes
    remove_agent: bytes = ZERO_UUID
    generation: int | None = None


@dataclass(slots=True)
class AssignClientResult:
    """``necp_assign_client_result``."""

    agent: bytes
    client_id: bytes
    results: bytes = b""


@dataclass(slots=True)
class ProtoctlEvent:
    """``necp_update_flow_protoctl_event``."""

    agent: bytes
    client_id: bytes
    code: int = 0
    val: int = 0
    seq: int = 0


@dataclass(slots=True)
class CopyNexusParameters:
    """``necp_client_copy_parameters``: ask for what a nexus is told about a client."""

    client_id: bytes


@dataclass(slots=True)
class CreateNexusAssignMessage:
    """``necp_create_nexus_assign_message``. Endpoints are cut or filled with zeros to 28 bytes.

    ``ether`` is a local address of Ethernet and ``flow_stats`` an address of statistics, in
    releases that have these arguments.
    """

    nexus_instance: bytes
    port: int = 0
    key: bytes | None = None
    key_length: int | None = None
    flow_adv_index: int = 0xFFFFFFFF
    local: bytes | None = None
    remote: bytes | None = None
    ether: bytes | None = None
    flow_stats: int | None = None


@dataclass(slots=True)
class ReapCaches:
    """``necp_client_reap_caches``, in releases that have it."""

    purge: int = 0


@dataclass(slots=True)
class SysctlSet:
    """Write a sysctl. The prefix ``net.necp.`` of its name may be left out."""

    name: str
    value: int = 0


@dataclass(slots=True)
class ResolverKey:
    """Say which 32-byte key the kernel signs resolver answers with, from now on.

    A kernel takes it from its random generator at boot. A trace without this record does not know
    the key: tags are not determined then.
    """

    key: bytes


@dataclass(slots=True)
class ApplicationIdKey:
    """Say which 32-byte key the kernel signs the ids of clients' applications with, from now on.

    A kernel takes it from its random generator at boot.
    """

    key: bytes


@dataclass(slots=True)
class RandomBytes:
    """Say what the kernel's random generator gives from now on, wherever no id is asked for.

    Each read of it begins with the first byte again.
    """

    content: bytes


@dataclass(slots=True)
class SetDelegatedUpid:
    """Make a client one that acts for the process with this pid, by its unique pid.

    It replaces the code that does this in the kernel where that was not published.
    """

    client_id: bytes
    pid: int


@dataclass(slots=True)
class TakeSnapshot:
    """Take a snapshot of the subsystem's state. ``full`` adds policies and agents."""

    full: bool = False


@dataclass(slots=True)
class RequestInProcessFlowDivert:
    """``necp_client_request_in_process_flow_divert``, which flow divert calls for a process."""

    pid: int
