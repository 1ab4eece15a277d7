"""A NECP file descriptor: the clients of a process, or a push observer's queue."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from necp_replay.abi.client import OpenFlag
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.snapshot import UpdateSnapshot
from necp_replay.kernel.objects.arena import StatsArena
from necp_replay.kernel.objects.client import FlowRegistration
from necp_replay.kernel.objects.client_tree import ClientTree
from necp_replay.kernel.objects.deferred_tree import DeferredTree


@dataclass(slots=True)
class ObserverUpdate:
    """``struct necp_client_update``: ``tlv`` is what follows the 4-byte update type.

    ``shown`` is how snapshots show it, None until one does. An update does not change, and stays in
    the queue for many snapshots.
    """

    client_id: bytes
    update_type: int
    tlv: bytes
    shown: UpdateSnapshot | None = None


class NecpFd:
    """``struct necp_fd_data`` of a client fd. ``fd`` and ``proc_pid`` are those of the opener.

    ``registrations`` are the flow registrations of its clients by id. ``is_use_count_leaked`` says
    that a call left the use count of the fd raised. ``background`` says that its process is in the
    background, in releases where fds keep that.

    ``active_arena`` is the arena that statistics of new flows are in, None until there are some.
    ``arenas`` are all of its arenas for statistics, the newest first, and ``sysctl_address`` is
    where its arena for sysctls is mapped, None without one.

    ``reported_agents`` are the last agents to which errors were reported, and zeros for none.
    """

    __slots__ = (
        "_clients",
        "_update_list",
        "active_arena",
        "arenas",
        "background",
        "fd",
        "flags",
        "is_use_count_leaked",
        "proc_pid",
        "registrations",
        "reported_agents",
        "request_in_process_flow_divert",
        "sysctl_address",
    )

    def __init__(self, fd: int, proc_pid: int, flags: int) -> None:
        self.fd = fd
        self.proc_pid = proc_pid
        self.flags = flags
        self.is_use_count_leaked = False
        self.background = False
        self.request_in_process_flow_divert = False
        self.active_arena: StatsArena | None = None
        self.arenas: list[StatsArena] = []
        self.sysctl_address: int | None = None
        self.reported_agents: tuple[bytes, ...] = (ZERO_UUID,) * _REPORTED_AGENTS
        self.registrations: DeferredTree[FlowRegistration] = DeferredTree()
        self._clients = ClientTree()
        self._update_list: deque[ObserverUpdate] = deque()

    @property
    def clients(self) -> ClientTree:
        """The clients of this fd, which the kernel guards with the fd's lock."""
        return self._clients

    @property
    def update_list(self) -> deque[ObserverUpdate]:
        """The updates of a push observer, the oldest first; guarded by the fd's lock too."""
        return self._update_list

    @property
    def flag_values(self) -> dict[str, str]:
        """The flags that it was opened with, for a check that looks at them."""
        names = "|".join(str(flag.name) for flag in OpenFlag if self.flags & flag)
        return {"flags of the fd": f"{self.flags:#x}{f' ({names})' if names else ''}"}

    @property
    def is_push_observer(self) -> bool:
        """Whether updates are pushed to this fd (``NECP_OPEN_FLAG_PUSH_OBSERVER``)."""
        return bool(self.flags & _PUSH_OBSERVER)

    @property
    def is_observer(self) -> bool:
        """Whether this fd may look up other fds' clients (``NECP_OPEN_FLAG_OBSERVER``)."""
        return bool(self.flags & _OBSERVER)

    @property
    def is_background(self) -> bool:
        """Whether results on this fd carry a background traffic class."""
        return bool(self.flags & _BACKGROUND)

    def remember_report(self, agent_uuid: bytes) -> bool:
        """Note an agent that an error is reported to. Returns whether it was not noted before.

        An id of zeros is never the first while a place is empty, because empty places are zeros.

        Source: necp_client_agent_action, xnu-10002.1.13.
        """
        agents = self.reported_agents
        if agent_uuid in agents:
            return False
        if ZERO_UUID in agents:
            free = agents.index(ZERO_UUID)
            self.reported_agents = (*agents[:free], agent_uuid, *agents[free + 1 :])
        else:
            self.reported_agents = (*agents[1:], agent_uuid)
        return True


_REPORTED_AGENTS: Final = 2
"""``NECP_FD_REPORTED_AGENT_COUNT``."""

# Plain numbers: operations on enumeration members cost several times as much.
_OBSERVER: Final = int(OpenFlag.OBSERVER)
_PUSH_OBSERVER: Final = int(OpenFlag.PUSH_OBSERVER)
_BACKGROUND: Final = int(OpenFlag.BACKGROUND)
