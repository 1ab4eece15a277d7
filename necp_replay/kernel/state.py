"""The kernel's state: one object that holds the tables of every part, and the running input.

It imports tables and records, none of which imports it. Handlers import the state.
"""

from __future__ import annotations

import hashlib
from collections import deque
from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_NOTICE, os_log_type
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events.clock import CLOCK_START_NS
from necp_replay.events.effects import Effect, Log
from necp_replay.kernel.agents.registry import AgentRegistry
from necp_replay.kernel.clients.registry import ClientRegistry
from necp_replay.kernel.description import Check
from necp_replay.kernel.evaluation_cache import (
    CACHE_ENTRIES,
    ClientKey,
    EvaluationCache,
    FlowKey,
)
from necp_replay.kernel.exceptions import (
    MAX_EFFECTS,
    NotModelled,
    TooManyEffects,
    UnknownInput,
)
from necp_replay.kernel.failed_check import FailedCheck, Value, failed_check
from necp_replay.kernel.heuristics.tcp_cache import TcpCache
from necp_replay.kernel.interfaces.table import InterfaceTable
from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.objects.shared_result import SharedResult
from necp_replay.kernel.objects.signer import Signer
from necp_replay.kernel.objects.socket import MultipathBlock, SocketBlock
from necp_replay.kernel.policy.database import PolicyDatabase
from necp_replay.kernel.policy.policy_answers import (
    AnswerKey,
    AnswerTable,
    FamilyAnswer,
    MarkingKey,
    PolicyAnswer,
    RuleAnswer,
    RuleKey,
)
from necp_replay.kernel.ports.namespaces import PortNamespaces
from necp_replay.kernel.routing.table import RouteTable
from necp_replay.releases.profile import Profile

_NS_PER_S: Final = 1_000_000_000


class KernelState:
    """Everything that the subsystem remembers, and the input that is being handled.

    ``effects`` are the effects of this input so far, in order. ``uuids`` are the ids that the
    random generator will return during it; without ``knows_uuids`` the record may lack some of
    them. If ``makes_missing_ids``, ids that the record does not name are made; ``made_ids`` counts
    them. ``caller`` is the process that makes a system call, None where the kernel runs for none.
    ``update_timer_armed`` is whether the thread call of ``necp_update_all_clients`` is pending, and
    ``update_timer_latest_ns`` the latest time at which it fires, which releases compare that do not
    always arm a pending timer again. ``timers_armed`` are the other timers that are pending.
    ``flow_divert_pids`` are the processes that are asked to divert their flows when it fires.
    ``failed`` is the check that failed last; explanations read it, and nothing else does.

    ``resolver_signer`` and ``application_signer`` have the keys for signatures, and
    ``random_bytes`` is the other bytes that the trace says the random generator returns, None if it
    says nothing.

    ``client_evaluations``, ``flow_evaluations``, ``policy_answers``, ``rule_answers``,
    ``marking_answers`` and ``family_answers`` are caches that XNU does not have, and so is
    ``parsed_parameters``: parameters that were parsed already. Results are identical without them.
    """

    __slots__ = (
        "agents",
        "application_signer",
        "caller",
        "client_evaluations",
        "clients",
        "effects",
        "failed",
        "family_answers",
        "flow_divert_pids",
        "flow_evaluations",
        "heuristics",
        "interfaces",
        "knows_uuids",
        "made_ids",
        "makes_missing_ids",
        "marking_answers",
        "multipath_blocks",
        "now_ns",
        "parsed_parameters",
        "policies",
        "policy_answers",
        "ports",
        "processes",
        "profile",
        "random_bytes",
        "resolver_signer",
        "routes",
        "rule_answers",
        "sockets",
        "timers_armed",
        "update_timer_armed",
        "update_timer_latest_ns",
        "uuids",
    )

    def __init__(self, profile: Profile, cache_entries: int = CACHE_ENTRIES) -> None:
        self.profile = profile
        self.now_ns = CLOCK_START_NS
        self.effects: list[Effect] = []
        self.failed: FailedCheck | None = None
        self.uuids: deque[bytes] = deque()
        self.knows_uuids = True
        self.makes_missing_ids = False
        self.made_ids = 0
        self.processes: dict[int, Process] = {}
        self.caller: Process | None = None
        self.sockets: dict[str, SocketBlock] = {}
        self.multipath_blocks: dict[str, MultipathBlock] = {}
        self.update_timer_armed = False
        self.update_timer_latest_ns = 0
        self.timers_armed: set[str] = set()
        self.flow_divert_pids: list[int] = []
        self.interfaces = InterfaceTable()
        self.routes = RouteTable(self.interfaces, profile)
        self.agents = AgentRegistry()
        self.clients = ClientRegistry(nexus_flows_have_counter=profile.skywalk_is_published)
        self.policies = PolicyDatabase(profile)
        self.heuristics = TcpCache()
        self.ports = PortNamespaces()
        self.resolver_signer = Signer()
        self.application_signer = Signer()
        self.random_bytes: bytes | None = None
        self.client_evaluations: EvaluationCache[ClientKey, SharedResult]
        self.client_evaluations = EvaluationCache(cache_entries)
        self.flow_evaluations: EvaluationCache[FlowKey, ParameterEvaluation]
        self.flow_evaluations = EvaluationCache(cache_entries)
        self.policy_answers: AnswerTable[AnswerKey, PolicyAnswer] = AnswerTable(cache_entries)
        self.rule_answers: AnswerTable[RuleKey, RuleAnswer] = AnswerTable(cache_entries)
        self.marking_answers: AnswerTable[MarkingKey, bool] = AnswerTable(cache_entries)
        self.family_answers: AnswerTable[int, FamilyAnswer] = AnswerTable(cache_entries)
        self.parsed_parameters: AnswerTable[bytes, ParsedParameters] = AnswerTable(cache_entries)

    def use_caches_of(self, other: KernelState) -> None:
        """Take over the caches of another state, which are empty, with their limits."""
        self.client_evaluations = other.client_evaluations
        self.flow_evaluations = other.flow_evaluations
        self.policy_answers = other.policy_answers
        self.rule_answers = other.rule_answers
        self.parsed_parameters = other.parsed_parameters

    def forget_evaluations(self) -> None:
        """Empty all caches: something that evaluations read changes or has changed."""
        self.forget_routed()
        if self.policy_answers.entries:
            self.policy_answers.entries.clear()

    def forget_routed(self) -> None:
        """Empty the caches of evaluations: the network changes or has changed, and nothing else."""
        if self.client_evaluations.entries:
            self.client_evaluations.clear()
        if self.flow_evaluations.entries:
            self.flow_evaluations.clear()
        if self.rule_answers.entries:
            self.rule_answers.entries.clear()
        if self.marking_answers.entries:
            self.marking_answers.entries.clear()
        if self.family_answers.entries:
            self.family_answers.entries.clear()

    def fails(self, failed: Errno | Check, **values: Value) -> Errno:
        """Note which check failed and with which values, and return its errno.

        An errno stands for the only check of the handler that has it.
        """
        self.failed = failed_check(failed, values)
        return failed.errno if isinstance(failed, Check) else failed

    def note(self, failed: FailedCheck) -> int:
        """Note the check of a SyscallError, and return its errno."""
        self.failed = failed
        return failed.errno

    @property
    def asked_caller(self) -> int:
        """The pid of the caller if evaluations ask it, 0 for the kernel and if they do not."""
        if self.caller is None or not self.profile.entitlement_asks_caller:
            return 0
        return self.caller.pid

    @property
    def uptime_s(self) -> int:
        """``net_uptime``: whole seconds of the clock."""
        return self.now_ns // _NS_PER_S

    def emit(self, effect: Effect, times: int = 1) -> None:
        """Append an effect of the input that is being handled, once or several times.

        Raises TooManyEffects where that makes them more than an outcome holds.
        """
        effects = self.effects
        if len(effects) + times > MAX_EFFECTS:
            raise TooManyEffects
        if times == 1:
            effects.append(effect)
        else:
            effects.extend([effect] * times)

    def log(
        self, level: int, function: str | None, error: int | None = None, *, times: int = 1
    ) -> None:
        """Write log records (``NECPLOG``).

        Levels less urgent than notice are logged as notice, or as the default type of os_log.
        """
        reported = None if error is None else int(error)
        if self.profile.logs_go_to_os_log:
            self.emit(Log(0, function, reported, os_log_type(level)), times)
        else:
            self.emit(Log(min(level, LOG_NOTICE), function, reported), times)

    def new_uuid(self) -> bytes:
        """The next id from the random generator, as the record names it.

        If the record names no further id, raises UnknownInput if it may lack some, else
        NotModelled, unless ``makes_missing_ids``.
        """
        if self.uuids:
            return self.uuids.popleft()
        if not self.knows_uuids:
            raise UnknownInput("the generated ids are not known")
        if not self.makes_missing_ids:
            raise NotModelled("the record names fewer generated ids than the kernel needs")
        self.made_ids += 1
        return hashlib.sha256(f"missing id {self.made_ids}".encode()).digest()[:UUID_BYTES]

    def find_process(self, pid: int) -> Process | None:
        """A process by pid, None if it is exiting (``proc_find``)."""
        process = self.processes.get(pid)
        if process is None or process.exiting:
            return None
        return process
