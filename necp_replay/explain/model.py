"""What an explanation consists of: one class per question that somebody may ask of a result.

Texts are safe to print: whatever a process or a trace may have put into a name is escaped.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from necp_replay.outcomes.node import Node


class Verdict(enum.Enum):
    """What became of a policy."""

    DECIDES = "matches, decides"
    COLLECTED = "matches, collected"
    IN_VAIN = "matches in vain"
    SKIPS = "matches, skips"
    FAILED = "does not match"
    SKIPPED = "skipped"
    DROP_ALL = "beyond drop-all"
    NOT_REACHED = "not reached"
    UNNECESSARY = "unnecessary"


class Change(enum.Enum):
    """What an evaluation did to a client's result."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ConditionCheck:
    """One condition of a policy: what the policy asks for, and what it was held against."""

    name: str
    asked: str
    actual: str
    is_negated: bool
    is_met: bool


@dataclass(frozen=True, slots=True)
class PolicyCheck:
    """One policy. ``conditions`` are those that were looked at: all, or up to the one that failed.

    ``id`` is the kernel policy's, ``session_policy_id`` that of the session's policy it was made
    of; ``owner`` is the process whose session it is. ``because`` says what the verdict hangs on.
    """

    id: int
    session_policy_id: int
    session_order: int
    order: int
    owner: str
    result: str
    verdict: Verdict
    because: str
    conditions: tuple[ConditionCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class Asker:
    """On whose behalf policies were matched, and what parameters tried to change about that."""

    process: str
    pid: int
    uid: int
    application: str
    real_application: str
    delegations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyExplanation:
    """The walk over the policies, and what it added up to before route rules were asked."""

    outcome: str
    because: str
    policies: tuple[PolicyCheck, ...]
    filter_control_unit: int
    service: str | None
    agents: tuple[str, ...]
    route_rules: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RouteShown:
    """A route as the routing table has it; ``flags`` are ``RTF_*`` without their prefix."""

    id: str
    destination: str
    interface: str
    gateway: str | None
    is_scoped: bool
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RouteLookup:
    """One look-up in the routing table: what for, through which interface, and what was there.

    ``is_for_flag`` is whether only a flag of the result depends on it.
    """

    purpose: str
    is_for_flag: bool
    destination: str
    scope: str
    found: RouteShown | None


@dataclass(frozen=True, slots=True)
class RouteRuleCheck:
    """What one route rule says of the interface of the route."""

    id: int
    action: str
    because: str
    is_allowed: bool


@dataclass(frozen=True, slots=True)
class RouteExplanation:
    """Where the traffic goes.

    ``scope`` is the interface that the route was looked up on. ``routed_interface`` is None where
    nothing is routed. ``local_address`` says how validating it went, None where there was nothing
    to validate.
    """

    scope: str
    scope_because: str
    lookups: tuple[RouteLookup, ...]
    decided: RouteShown | None
    routed_interface: str | None
    because: str
    local_address: str | None
    rules: tuple[RouteRuleCheck, ...]
    is_denied: bool


@dataclass(frozen=True, slots=True)
class FlagCheck:
    """A flag of a result, and why it is set or not."""

    name: str
    is_set: bool
    because: str


@dataclass(frozen=True, slots=True)
class MatchCheck:
    """One evaluation of parameters against policies and routes.

    Everything but ``policies`` is None where drop-all ended it before the parameters were read.
    """

    asker: Asker | None
    policies: PolicyExplanation
    route: RouteExplanation | None
    flags: tuple[FlagCheck, ...]


@dataclass(frozen=True, slots=True)
class InterfaceCheck:
    """One interface held against the parameters.

    ``is_considered`` is False where its kind was out of the question, or one in order will do.
    ``parameter`` is the first that rejected it, None where none did; ``asked`` and ``actual`` are
    what it asks for and what the interface has. ``preferences_met`` counts preferred agents and
    agent types.
    """

    interface: str
    is_ordered: bool
    is_considered: bool
    is_chosen: bool
    parameter: str | None
    asked: str
    actual: str
    preferences_met: int


@dataclass(frozen=True, slots=True)
class InterfaceExplanation:
    """Which interface the parameters ask for: ``chosen`` is None for no particular one.

    ``is_met`` is False where no interface will do, which ends the evaluation there.
    """

    chosen: str | None
    is_met: bool
    because: str
    checks: tuple[InterfaceCheck, ...]


@dataclass(frozen=True, slots=True)
class AgentCheck:
    """An agent that a policy or an interface names, and whether the result lists it."""

    agent: str
    named_by: str
    applies: bool
    because: str


@dataclass(frozen=True, slots=True)
class FlowCheck:
    """A flow of the client, looked at again after its result; ``is_removed`` says it ended."""

    kind: str
    interface: str
    local: str
    remote: str
    is_viable: bool
    is_removed: bool
    because: str


@dataclass(frozen=True, slots=True)
class ClientExplanation:
    """Why a client's result is what it is.

    ``client`` is its stable name. ``outcome`` is the result in a few words. ``match`` is None where
    no interface will do. ``disagreements`` are places where the stored result is not what is
    explained here; an evaluation just made has none.
    """

    client: str
    process: str
    outcome: str
    change: Change
    parameters: tuple[Node, ...]
    interfaces: InterfaceExplanation
    match: MatchCheck | None
    adjustment: str | None
    flags: tuple[FlagCheck, ...]
    agents: tuple[AgentCheck, ...]
    flows: tuple[FlowCheck, ...]
    result: tuple[Node, ...]
    disagreements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallExplanation:
    """Why ``necp_match_policy`` answered what it did."""

    process: str
    outcome: str
    parameters: tuple[Node, ...]
    match: MatchCheck
    disagreements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordExplanation:
    """The evaluations that a record made, or the last one of the client that it is about.

    ``evaluated_at`` is the record that made them: ``record`` itself, or one before it. ``note``
    says what a reader must know besides. ``unchanged`` counts clients that were evaluated with the
    same result as before and are not among ``clients``.
    """

    trace: str
    release: str
    record: int
    title: str
    evaluated_at: int
    evaluated_by: str
    note: str | None
    clients: tuple[ClientExplanation, ...] = ()
    unchanged: int = 0
    call: CallExplanation | None = None
