"""Caches of answers that outlive an evaluation: of policies, and of route rules. XNU has none.

Idea. When an interface or a route changes, every client is evaluated again. The policies usually
decide the same as before, because most conditions are about who asks and for what. So what they
decide is kept under the question, in a cache of its own. The cache of evaluations
(``evaluation_cache.py``) also says where the traffic goes, and is emptied at such a change. And
clients with different parameters often have the same route rules, so what these say of an interface
is kept until the network changes, and so are whether they mark its traffic, and what its default
routes say.

Invariants. A question has everything on which the answer depends, except policies, processes,
agents and sysctls; inputs that may change one of these empty the cache (``machine.py``). Nothing is
kept while a policy has a condition about the network, or one whose first comparison decides (a
custom entitlement). Answers with effects are not kept. Callers must not change what is kept.

Cost: one dictionary access. A full cache is emptied as a whole, as that of evaluations is, and for
the same reason.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, Generic, NamedTuple, TypeVar

from necp_replay.abi.policy import KernelCondition
from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.matched_policies import RuleIds
from necp_replay.kernel.objects.parameter_evaluation import Gateways

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")

AnswerKey = tuple[object, ...]
"""Pid of the process; pid of the caller, 0 where it does not count; parameters; whether the traffic
is loopback traffic; index of the bound interface; local and remote address; ports; whether a client
asks; whether endpoints of the parameters count."""


class PolicyAnswer(NamedTuple):
    """What policies decide: a result without a route, and what later steps need.

    ``rule_ids`` are the route rules to apply, None for traffic that passes.
    """

    result: AggregateResult
    override_euuid: bytes | None
    agent_ids: tuple[int, ...]
    rule_ids: RuleIds | None


RuleKey = tuple[int, int | None, tuple[int, ...]]
"""Id of the rule or aggregate; index of the interface, None without a route; agents of policies."""
MarkingKey = tuple[RuleIds, int, tuple[int, ...]]
"""Ids of rules; index of the interface; agents of policies."""
FamilyAnswer = tuple[int, bytes, Gateways]
"""What the default routes of an interface say: flags of a result, NAT64 prefixes, and gateways."""
RuleAnswer = tuple[bool, int]
"""Whether the rule allows the interface, and the type that it named."""


class AnswerTable(Generic[Key, Answer]):
    """Answers by key, at most ``limit`` of them; a limit of 0 turns the cache off."""

    __slots__ = ("_limit", "entries")

    def __init__(self, limit: int) -> None:
        self.entries: dict[Key, Answer] = {}
        self._limit = limit

    def store(self, key: Key, answer: Answer) -> None:
        """Keep an answer."""
        if self._limit == 0:
            return
        if len(self.entries) >= self._limit:
            self.entries.clear()
        self.entries[key] = answer


CONDITIONS_NOT_KEPT: Final = int(
    KernelCondition.LOCAL_NETWORKS
    | KernelCondition.BOUND_INTERFACE_FLAGS
    | KernelCondition.CUSTOM_ENTITLEMENT
)
"""While a policy has one of these, no answer of policies is kept."""
