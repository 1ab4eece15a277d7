"""The route rules of all policies: rules by id and by content, and aggregates of several rules.

Idea. Policies with the same rule share it: instead of adding a rule, the kernel takes the newest
one that fits. It walks all rules to find it, which is quadratic work for policies that all have
different rules. Here rules are filed by content: actions, number of exceptions, set of exceptions,
and what later releases have beyond these: agents, a control unit and a type.

Kernel quirk: an existing rule fits a new one if the actions are the same, each of its exceptions is
among those of the new rule, and the last of them is found there at the position that equals the
number of its exceptions. So a rule also fits if the new one has further exceptions, and a rule
without exceptions fits all rules with its actions. No trace shows it.

A new rule is therefore looked up once for each beginning of its list of exceptions, at most ten
times. A rule that names an exception twice has fewer different ones than its number says. As long
as there is such a rule, each beginning is looked up with every subset of its exceptions, too.

Invariants. The newest rule that fits is found, as by the walk. A property test compares the two.

Cost: at most eleven look-ups for a new rule, or 1,024 as long as a rule names an exception twice.
Removing a rule takes as many steps as it has aggregates.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from necp_replay.abi.policy import MAX_ROUTE_RULE_ID, RouteRuleAction
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.policy.identifiers import next_identifier
from necp_replay.releases.profile import Profile

InterfaceAction = tuple[int, int]
_Beyond = tuple[bytes, bytes, int, int]
"""The agent of a rule, the agent that it needs, its control unit, and its effective type."""
_Content = tuple[_Beyond, tuple[int, ...], int, frozenset[InterfaceAction]]
"""What a rule has beyond actions, its actions, the number of its exceptions, and their set."""


class KernelRouteRule:
    """``struct necp_route_rule``. ``exceptions`` are pairs of interface index and action.

    ``agent`` is that of USE_NETAGENT and REMOVE_NETAGENT, and ``agent_id`` its id, 0 for none.
    ``needed_agent`` is one without which the rule does not count, with its id in the same way.
    ``control_unit`` is that of DIVERT_SOCKET. ``effective_type`` is the type that denials name in
    place of that of the interface, 0 for none.
    """

    __slots__ = (
        "agent",
        "agent_id",
        "cellular_action",
        "companion_action",
        "constrained_action",
        "control_unit",
        "default_action",
        "effective_type",
        "exceptions",
        "expensive_action",
        "id",
        "needed_agent",
        "needed_agent_id",
        "refcount",
        "vpn_action",
        "wifi_action",
        "wired_action",
    )

    def __init__(self) -> None:
        self.id = 0
        self.refcount = 1
        self.agent = ZERO_UUID
        self.agent_id = 0
        self.needed_agent = ZERO_UUID
        self.needed_agent_id = 0
        self.control_unit = 0
        self.effective_type = 0
        self.default_action: int = RouteRuleAction.ALLOW_INTERFACE
        self.cellular_action: int = RouteRuleAction.NONE
        self.wifi_action: int = RouteRuleAction.NONE
        self.wired_action: int = RouteRuleAction.NONE
        self.expensive_action: int = RouteRuleAction.NONE
        self.constrained_action: int = RouteRuleAction.NONE
        self.companion_action: int = RouteRuleAction.NONE
        self.vpn_action: int = RouteRuleAction.NONE
        self.exceptions: list[InterfaceAction] = []

    @property
    def actions(self) -> tuple[int, ...]:
        """The actions by default and for each kind of interfaces."""
        return (
            self.default_action,
            self.cellular_action,
            self.wifi_action,
            self.wired_action,
            self.expensive_action,
            self.constrained_action,
            self.companion_action,
            self.vpn_action,
        )


class RouteRules:
    """Rules by id and by content, and aggregates of several rules by id and by parts.

    Aggregates have ids from ``first_aggregate_id`` on, and rules those below it.
    """

    __slots__ = (
        "_added",
        "_aggregates",
        "_aggregates_with",
        "_by_content",
        "_diverting",
        "_last_aggregate_id",
        "_last_id",
        "_naming_agents",
        "_needing_agents",
        "_parts",
        "_profile",
        "_repeating",
        "_rules",
    )

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._rules: dict[int, KernelRouteRule] = {}
        self._by_content: dict[_Content, dict[KernelRouteRule, int]] = {}
        self._added = 0
        self._repeating = 0
        self._diverting = 0
        self._naming_agents = 0
        self._needing_agents = 0
        self._aggregates: dict[tuple[int, ...], int] = {}
        self._parts: dict[int, tuple[int, ...]] = {}
        self._aggregates_with: dict[int, set[tuple[int, ...]]] = {}
        self._last_id = 0
        self._last_aggregate_id = 0

    @property
    def divert(self) -> bool:
        """Whether any rule has a control unit to divert to."""
        return self._diverting > 0

    @property
    def name_agents(self) -> bool:
        """Whether any rule uses an agent or takes one away."""
        return self._naming_agents > 0

    @property
    def need_agents(self) -> bool:
        """Whether any rule counts only with an agent."""
        return self._needing_agents > 0

    def find(self, rule_id: int) -> KernelRouteRule | None:
        """The rule with this id (``necp_lookup_route_rule_locked``)."""
        return self._rules.get(rule_id)

    def parts_of(self, rule_id: int) -> tuple[int, ...]:
        """The ids of the rules that an id stands for: itself, or the parts of an aggregate.

        Empty for an unknown aggregate.

        Kernel quirk: where the first id of an aggregate is not above those of rules, it is taken
        for that of a rule, which does not exist. Measured in x4570_first_aggregate_route_rule.

        Source: necp_route_is_allowed, xnu-4570.51.1, xnu-4903.221.2.
        """
        if rule_id <= MAX_ROUTE_RULE_ID:
            return (rule_id,)
        return self._parts.get(rule_id, ())

    def insert(self, rule: KernelRouteRule) -> int:
        """The id for a rule: that of the newest rule that fits, or a new one.

        Kernel quirk: in xnu-7195.101.1 the comparison of agents is the wrong way round. A rule
        without an agent fits none, and one with an agent fits those without.

        Source: necp_create_route_rule, necp_lookup_route_rule_by_contents_locked, xnu-4570.51.1,
        xnu-7195.101.1.
        """
        existing = None
        if self._profile.equal_route_rules_are_one:
            existing = self._newest_that_fits(rule, _beyond(rule))
        elif rule.agent != ZERO_UUID:
            existing = self._newest_that_fits(rule, _NOTHING_BEYOND)
        if existing is not None:
            existing.refcount += 1
            return existing.id
        limit = self._profile.first_aggregate_route_rule_id
        self._last_id = next_identifier(self._last_id, first=1, limit=limit)
        rule.id = self._last_id
        replaced = self._rules.pop(rule.id, None)
        if replaced is not None:
            self._unfile(replaced)
        self._rules[rule.id] = rule
        self._file(rule)
        return rule.id

    def remove(self, rule_id: int) -> KernelRouteRule | None:
        """A policy no longer uses the rule. Without users, the rule and its aggregates go away.

        Returns the rule if it went away.

        Source: necp_remove_route_rule, necp_remove_aggregate_route_rule_for_id, xnu-4570.51.1.
        """
        rule = self._rules.get(rule_id)
        if rule is None:
            return None
        rule.refcount -= 1
        if rule.refcount != 0:
            return None
        del self._rules[rule_id]
        self._unfile(rule)
        for parts in self._aggregates_with.pop(rule_id, ()):
            self._remove_aggregate(parts, rule_id)
        return rule

    def aggregate(self, rule_ids: tuple[int, ...]) -> int:
        """The id of the aggregate of several rules in this order.

        Source: necp_create_aggregate_route_rule, xnu-4570.51.1.
        """
        aggregate_id = self._aggregates.get(rule_ids)
        if aggregate_id is None:
            first_id = self._profile.first_aggregate_route_rule_id
            aggregate_id = next_identifier(self._last_aggregate_id, first=first_id)
            self._last_aggregate_id = aggregate_id
            self._aggregates[rule_ids] = aggregate_id
            self._parts[aggregate_id] = rule_ids
            for rule_id in rule_ids:
                self._aggregates_with.setdefault(rule_id, set()).add(rule_ids)
        return aggregate_id

    def _remove_aggregate(self, parts: tuple[int, ...], removed_id: int) -> None:
        del self._parts[self._aggregates.pop(parts)]
        for rule_id in set(parts) - {removed_id}:
            self._aggregates_with[rule_id].discard(parts)

    def _newest_that_fits(self, rule: KernelRouteRule, beyond: _Beyond) -> KernelRouteRule | None:
        found: KernelRouteRule | None = None
        added = 0
        actions = rule.actions
        for count, exceptions in _beginnings(rule.exceptions, with_subsets=self._repeating > 0):
            filed = self._by_content.get((beyond, actions, count, exceptions))
            if filed:
                newest = next(reversed(filed))
                if filed[newest] > added:
                    found, added = newest, filed[newest]
        return found

    def _file(self, rule: KernelRouteRule) -> None:
        self._added += 1
        self._by_content.setdefault(_content_of(rule), {})[rule] = self._added
        self._repeating += _repeats(rule)
        self._diverting += rule.control_unit != 0
        self._naming_agents += rule.agent != ZERO_UUID
        self._needing_agents += rule.needed_agent != ZERO_UUID

    def _unfile(self, rule: KernelRouteRule) -> None:
        content = _content_of(rule)
        del self._by_content[content][rule]
        if not self._by_content[content]:
            del self._by_content[content]
        self._repeating -= _repeats(rule)
        self._diverting -= rule.control_unit != 0
        self._naming_agents -= rule.agent != ZERO_UUID
        self._needing_agents -= rule.needed_agent != ZERO_UUID


def _content_of(rule: KernelRouteRule) -> _Content:
    return _beyond(rule), rule.actions, len(rule.exceptions), frozenset(rule.exceptions)


def _beyond(rule: KernelRouteRule) -> _Beyond:
    return rule.agent, rule.needed_agent, rule.control_unit, rule.effective_type


_NOTHING_BEYOND: Final[_Beyond] = (ZERO_UUID, ZERO_UUID, 0, 0)


def _repeats(rule: KernelRouteRule) -> bool:
    return len(set(rule.exceptions)) < len(rule.exceptions)


def _beginnings(
    exceptions: list[InterfaceAction], *, with_subsets: bool
) -> Iterator[tuple[int, frozenset[InterfaceAction]]]:
    """Number and set of exceptions of each rule that fits a new rule with these exceptions."""
    yield 0, frozenset()
    seen: list[InterfaceAction] = []
    for count, exception in enumerate(exceptions, start=1):
        if exception in seen:
            continue
        if with_subsets:
            for size in range(len(seen) + 1):
                for subset in combinations(seen, size):
                    yield count, frozenset((*subset, exception))
        elif len(seen) == count - 1:
            yield count, frozenset((*seen, exception))
        seen.append(exception)
