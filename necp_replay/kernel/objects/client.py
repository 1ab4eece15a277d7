"""A client of a NECP fd: its parameters, its result, its flows and their registrations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from necp_replay.abi.client import CLIENT_RESULT_ROOM_BYTES
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.objects.arena import StatsArena
from necp_replay.kernel.objects.assertions import Assertions
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.objects.port_reservation import PortReservation
from necp_replay.kernel.objects.red_black_tree import RedBlackTree
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.objects.socket import MultipathBlock

UNKNOWN_INTERFACE_DETAILS = 1 << 32
"""``last_interface_details`` of no interface: index 0, and flags for an unknown type."""

RESULT_OVERFLOWED = -1
"""``result_length`` of a result that outgrew its buffer. The kernel's length wraps around."""


@dataclass(slots=True)
class FailedTrigger:
    """The agent whose trigger failed for a client, and its generation then; zeros for none."""

    generation: int
    agent: bytes


class InterfaceOption(NamedTuple):
    """``struct necp_client_interface_option``: an interface that a client may use as well."""

    interface: int
    generation: int
    agent: bytes


class UsableInterface(NamedTuple):
    """An interface on which a client may have flows, and the agent for it, zeros for none."""

    interface: Interface
    agent: bytes


class Client:
    """``struct necp_client``.

    ``result`` is the whole 512-byte buffer, of which the first ``result_length`` bytes are valid.
    The bytes after them are kept, since the kernel compares new TLVs with what was there before.
    ``flow_list`` and ``assertion_list`` have the newest first. The latter is None until the first
    assertion, and ``parsed_parameters`` until the first evaluation.

    In releases with flow registrations, flows are in ``registrations``, None without one, and
    ``flow_list``, ``defunct``, ``interface_handle`` and ``interface_has_cb`` are not used.
    ``interface_options`` and ``failed_trigger`` are of these releases. ``delegated_upid`` is the
    unique pid of the process that the client acts for, 0 for none. ``legacy_client_is_flow``
    says that it asked for a nexus itself.

    ``has_agent_handle`` says that kernel agents are given a handle to the fd of the client.
    ``port_reservation`` is the port that is reserved for the client, None without one.
    ``latest_registration_id`` is that of the registration that was made last, ``parent_client_id``
    the client whose flow it asks to share; ``validated_parent`` says whether it may. Zeros stand
    for none. ``skip_policy_id`` is the policy that decided that others are skipped.
    """

    __slots__ = (
        "allow_multiple_flows",
        "assertion_list",
        "assigned_group_members",
        "background",
        "background_update",
        "client_id",
        "current_route",
        "defunct",
        "delegated_upid",
        "failed_trigger",
        "flow_list",
        "flow_result_read",
        "group_members_read",
        "has_agent_handle",
        "interface_handle",
        "interface_has_cb",
        "interface_options",
        "ip_protocol",
        "latest_registration_id",
        "legacy_client_is_flow",
        "override_euuid",
        "parameters",
        "parent_client_id",
        "parsed_parameters",
        "platform_binary",
        "policy_id",
        "port_reservation",
        "proc_pid",
        "registrations",
        "result",
        "result_length",
        "result_read",
        "skip_policy_id",
        "validated_parent",
    )

    def __init__(self, client_id: bytes, parameters: bytes, proc_pid: int) -> None:
        self.client_id = client_id
        self.parameters = bytearray(parameters)
        self.parsed_parameters: ParsedParameters | None = None
        self.proc_pid = proc_pid
        self.result = bytearray(CLIENT_RESULT_ROOM_BYTES)
        self.result_length = 0
        self.result_read = False
        self.flow_result_read = False
        self.allow_multiple_flows = False
        self.defunct = False
        self.background = False
        self.background_update = False
        self.platform_binary = False
        self.policy_id = 0
        self.override_euuid = ZERO_UUID
        self.ip_protocol = 0
        self.flow_list: list[Flow] = []
        self.assertion_list: Assertions | None = None
        self.current_route: Route | None = None
        self.interface_handle: MultipathBlock | None = None
        self.interface_has_cb = False
        self.registrations: RedBlackTree[FlowRegistration] | None = None
        self.interface_options: tuple[InterfaceOption, ...] = ()
        self.failed_trigger: FailedTrigger | None = None
        self.delegated_upid = 0
        self.legacy_client_is_flow = False
        self.has_agent_handle = True
        self.port_reservation: PortReservation | None = None
        self.latest_registration_id = ZERO_UUID
        self.validated_parent = False
        self.parent_client_id = ZERO_UUID
        self.skip_policy_id = 0
        self.group_members_read = True
        self.assigned_group_members: bytes | None = None

    def add_assertion(self, agent: bytes) -> None:
        """Assert an agent."""
        if self.assertion_list is None:
            self.assertion_list = Assertions()
        self.assertion_list.add(agent)

    def remove_assertion(self, agent: bytes) -> bool:
        """Take back the newest assertion of an agent. False, and no change, without one."""
        asserted = self.assertion_list
        if asserted is None or agent not in asserted:
            return False
        asserted.remove(agent)
        return True


class FlowRegistration:
    """``struct necp_client_flow_registration``. ``flow_list`` has the newest flow first.

    ``stats_address`` is where its statistics of ``stats_type`` are in the memory of the process,
    None without any. ``stats_arena`` is the arena that they are or were in.
    ``last_interface_details`` is the interface of its nexus flow in the lower half, and the flags
    of its kind in the upper half.
    """

    __slots__ = (
        "client",
        "defunct",
        "flags",
        "flow_list",
        "flow_result_read",
        "interface_handle",
        "interface_has_cb",
        "last_interface_details",
        "registration_id",
        "stats_address",
        "stats_arena",
        "stats_type",
    )

    def __init__(self, registration_id: bytes, client: Client, flags: int = 0) -> None:
        self.registration_id = registration_id
        self.client = client
        self.flags = flags
        # There is nothing to read yet.
        self.flow_result_read = True
        self.defunct = False
        self.flow_list: list[Flow] = []
        self.interface_handle: MultipathBlock | None = None
        self.interface_has_cb = False
        self.stats_address: int | None = None
        self.stats_type = 0
        self.stats_arena: StatsArena | None = None
        self.last_interface_details = UNKNOWN_INTERFACE_DETAILS


FlowHolder = Client | FlowRegistration
"""What has flows, by the release: a client itself, or each of its registrations."""
