"""The kernel's state: one object that holds the tables of every part, and the running input."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from necp_replay.abi.log import LOG_NOTICE
from necp_replay.events.effects import Effect, Log
from necp_replay.kernel.agents.registry import AgentRegistry
from necp_replay.kernel.clients.registry import ClientRegistry
from necp_replay.kernel.evaluations import EVALUATIONS_KEPT, EvaluationMemory
from necp_replay.kernel.heuristics.tcp_cache import TcpCache
from necp_replay.kernel.interfaces.table import InterfaceTable
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.objects.socket import MultipathBlock, SocketBlock
from necp_replay.kernel.policy.database import PolicyDatabase
from necp_replay.kernel.refusal import NotModelled
from necp_replay.kernel.routing.table import RouteTable
from necp_replay.kernel.update_timer import UpdateTimer
from necp_replay.releases.profile import Profile

if TYPE_CHECKING:
    from necp_replay.kernel.evaluations import ClientQuestion, FlowQuestion
    from necp_replay.kernel.policy.evaluate import PolicyMatch
    from necp_replay.kernel.results.evaluate import SharedResult

START_NS = 1_000_000_000
"""The clock at the beginning of a trace."""


class Kernel:
    """Everything the subsystem remembers, and what the input being handled did so far.

    ``client_evaluations`` and ``flow_evaluations`` are nothing the kernel has: what they spare it
    from doing again would come to the same.

    ``effects`` collects the effects of the running input in order; ``uuids`` holds the ids that the
    random generator is going to return during it.
    """

    __slots__ = (
        "agents",
        "client_evaluations",
        "clients",
        "effects",
        "flow_evaluations",
        "heuristics",
        "interfaces",
        "multipath_blocks",
        "now_ns",
        "policies",
        "processes",
        "profile",
        "routes",
        "sockets",
        "timer",
        "uuids",
    )

    def __init__(self, profile: Profile, evaluations_kept: int = EVALUATIONS_KEPT) -> None:
        self.profile = profile
        self.now_ns = START_NS
        self.effects: list[Effect] = []
        self.uuids: deque[bytes] = deque()
        self.processes: dict[int, Process] = {}
        self.sockets: dict[str, SocketBlock] = {}
        self.multipath_blocks: dict[str, MultipathBlock] = {}
        self.timer = UpdateTimer()
        self.interfaces = InterfaceTable()
        self.routes = RouteTable(self.interfaces)
        self.agents = AgentRegistry()
        self.clients = ClientRegistry()
        self.policies = PolicyDatabase()
        self.heuristics = TcpCache()
        self.client_evaluations: EvaluationMemory[ClientQuestion, SharedResult]
        self.client_evaluations = EvaluationMemory(evaluations_kept)
        self.flow_evaluations: EvaluationMemory[FlowQuestion, PolicyMatch]
        self.flow_evaluations = EvaluationMemory(evaluations_kept)

    def forget_evaluations(self) -> None:
        """What evaluations read may change, or may have changed."""
        self.client_evaluations.forget()
        self.flow_evaluations.forget()

    def emit(self, effect: Effect) -> None:
        """Append an effect of the running input."""
        self.effects.append(effect)

    def log(self, level: int, function: str | None, error: int | None = None) -> None:
        """A NECP log record; levels above notice are raised to notice (``NECPLOG``)."""
        reported = None if error is None else int(error)
        self.effects.append(Log(min(level, LOG_NOTICE), function, reported))

    def new_uuid(self) -> bytes:
        """The next id from the random generator, which the running input's record names."""
        if not self.uuids:
            raise NotModelled("the record names fewer generated ids than the kernel needs")
        return self.uuids.popleft()

    def find_process(self, pid: int) -> Process | None:
        """``proc_find``: a live process by pid; one that is exiting is not found."""
        process = self.processes.get(pid)
        if process is None or process.exiting:
            return None
        return process
