"""The interface through which a client has its flows: directly, or in registrations."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from necp_replay.kernel.objects.client import Client, FlowHolder, UsableInterface
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.objects.socket import MultipathBlock
from necp_replay.kernel.results.defunct import DefunctNexus
from necp_replay.kernel.state import KernelState

CopiedFlows = Sequence[tuple[FlowHolder, list[Flow]]]
"""The flows that a copy shows, by holder."""


class FlowRules(ABC):
    """How clients have flows in a release.

    A *holder* has a list of flows: the client itself, or one of its registrations. An id that a
    process or an agent passes may be that of a client or, where there are any, of a registration.
    """

    copy_function: str
    """The function that logs a flow which cannot be copied."""
    id_bytes: int
    """The length of the TLV FLOW_ID of a flow that is copied, 0 without one."""

    @abstractmethod
    def new_client(self, generated_id: bytes, parameters: bytes, pid: int) -> Client:
        """A client with the id that the kernel makes of a generated one."""

    @abstractmethod
    def find_on_fd(self, necp_fd: NecpFd, client_id: bytes) -> Client | None:
        """The client of an fd that an id means (``necp_client_fd_find_client_and_lock``)."""

    @abstractmethod
    def find_anywhere(self, kernel: KernelState, client_id: bytes) -> Client | None:
        """The client of any fd that an id means (``necp_find_client_and_lock``)."""

    @abstractmethod
    def find_holder(self, client: Client, client_id: bytes) -> FlowHolder | None:
        """Which flows of a client an id means (``necp_client_find_flow``)."""

    @abstractmethod
    def holder_to_register(
        self, kernel: KernelState, pid: int, client_id: bytes
    ) -> FlowHolder | None:
        """Where a new flow goes; None if no client of process ``pid`` has the id. 0 is any."""

    @abstractmethod
    def holder_to_assign(
        self, kernel: KernelState, necp_fd: NecpFd, client: Client, client_id: bytes
    ) -> FlowHolder | None:
        """Where the flow is that a socket assigns its addresses to."""

    @abstractmethod
    def flows(self, client: Client) -> Iterable[Flow]:
        """All flows of a client, in the kernel's order."""

    @abstractmethod
    def unlink(self, kernel: KernelState, necp_fd: NecpFd, client: Client | None) -> None:
        """Hide the registrations of a client of an fd that is about to be removed; None for all."""

    @abstractmethod
    def free_flows(self, kernel: KernelState, client: Client, pid: int, *, abort: bool) -> None:
        """Free all flows. Agents of nexus flows are told for process ``pid``."""

    @abstractmethod
    def mark_invalid(self, client: Client) -> None:
        """Mark nexus and interface flows invalid, before the client's result is evaluated."""

    @abstractmethod
    def take_interfaces(
        self, kernel: KernelState, client: Client, interfaces: Sequence[UsableInterface]
    ) -> None:
        """The client may use these interfaces besides the one of its result."""

    @abstractmethod
    def update_flows(
        self,
        kernel: KernelState,
        process: Process,
        client: Client,
        defunct_list: list[DefunctNexus] | None,
    ) -> bool:
        """Evaluate every flow, and return whether one changed."""

    @abstractmethod
    def set_owner(self, kernel: KernelState, holder: FlowHolder, block: MultipathBlock) -> None:
        """Make a multipath block the owner of the interface flows, and call it back."""

    @abstractmethod
    def defunct_for_policy(self, client: Client, defunct_list: list[DefunctNexus]) -> None:
        """A policy drops the client: make defunct what has a nexus, and list the nexuses."""

    @abstractmethod
    def defunct_fd(
        self, kernel: KernelState, necp_fd: NecpFd, defunct_list: list[DefunctNexus]
    ) -> bool:
        """Make the clients of an fd defunct. Returns whether the fd is woken."""

    @abstractmethod
    def copied(self, kernel: KernelState, client: Client, client_id: bytes) -> CopiedFlows:
        """The flows that a copy for an id shows, by holder."""

    @abstractmethod
    def id_tlv(self, holder: FlowHolder) -> bytes:
        """The TLV FLOW_ID of a flow that is copied, empty where there is none."""

    @abstractmethod
    def more_flags(self, holder: FlowHolder, flow: Flow) -> int:
        """Flags of a flow that is copied, besides those of the flow's state."""
