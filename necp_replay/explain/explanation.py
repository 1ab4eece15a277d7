"""An explanation as data: a class for each of its parts.

The fields are the keys of ``explain --format json``. Texts are safe to print: control characters
in names that come from a trace are escaped.
"""

from __future__ import annotations

import enum

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.node import Node


class PolicyVerdict(enum.Enum):
    """The verdict of the search on one policy."""

    DECIDES = "matches, decides"
    COLLECTED = "matches, collected"
    NO_EFFECT = "matches, no effect"
    SKIPS = "matches, skips"
    FAILED = "does not match"
    SKIPPED = "skipped"
    DROP_ALL = "beyond drop-all"
    NOT_REACHED = "not reached"
    UNNECESSARY = "unnecessary"


class ResultChange(enum.Enum):
    """What an evaluation did to a client's result."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ConditionCheck:
    """One condition of a policy: what it asks for, and the value it was compared with."""

    name: str
    asked: str
    actual: str
    is_negated: bool
    is_met: bool


@dataclass(frozen=True, slots=True)
class PolicyCheck:
    """One policy, and why it has its verdict (``because``).

    ``id`` is the kernel policy's id, ``session_policy_id`` that of the session's policy it was made
    from, and ``owner`` the process that opened the session. ``conditions`` ends with the condition
    that failed, if one did.
    """

    id: int
    session_policy_id: int
    session_order: int
    order: int
    owner: str
    result: str
    verdict: PolicyVerdict
    because: str
    conditions: tuple[ConditionCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class Asker:
    """The identity that policies were matched for, and the parameters that named another one."""

    process: str
    pid: int
    uid: int
    application: str
    real_application: str
    delegations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyExplanation:
    """The search through the policies, and its result before route rules were applied."""

    outcome: str
    because: str
    policies: tuple[PolicyCheck, ...]
    filter_control_unit: int
    service: str | None
    agents: tuple[str, ...]
    route_rules: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RouteShown:
    """A route of the routing table; ``flags`` are ``RTF_*`` without the prefix."""

    id: str
    destination: str
    interface: str
    gateway: str | None
    is_scoped: bool
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RouteLookup:
    """One look-up in the routing table; ``found`` is None if there was no route.

    ``is_for_flag`` is True if only a flag of the result depends on the look-up.
    """

    purpose: str
    is_for_flag: bool
    destination: str
    scope: str
    found: RouteShown | None


@dataclass(frozen=True, slots=True)
class RouteRuleCheck:
    """One route rule, applied to the interface of the route."""

    id: int
    action: str
    because: str
    is_allowed: bool


@dataclass(frozen=True, slots=True)
class RouteExplanation:
    """Where the traffic is routed.

    ``scope`` is the interface that the route was looked up on. ``routed_interface`` is None if the
    traffic is not routed. ``local_address`` says whether the local address belongs to that
    interface; it is None if there is no local address. ``prohibited`` is the property of the
    route's interface for which it is not used.
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
    prohibited: str | None


@dataclass(frozen=True, slots=True)
class FlagCheck:
    """A flag of a result, and why it is set or not."""

    name: str
    is_set: bool
    because: str


@dataclass(frozen=True, slots=True)
class MatchCheck:
    """One evaluation of parameters against policies and routes.

    If drop-all ended it before the parameters were read, there is only ``policies``. Loopback
    traffic that passes without a look at policies has no ``route``.
    """

    asker: Asker | None
    policies: PolicyExplanation
    route: RouteExplanation | None
    flags: tuple[FlagCheck, ...]


@dataclass(frozen=True, slots=True)
class InterfaceCheck:
    """One interface compared with the parameters.

    ``is_considered`` is False if the kernel did not look at it: an interface without an order,
    when those are excluded or an ordered interface meets the parameters. ``parameter`` is the first
    that rejects it, or None; ``asked`` is what the parameter asks for, ``actual`` what the
    interface has. ``preferences_met`` counts preferred agents and agent types.
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
    """Which interface the parameters ask for; ``chosen`` is None if no particular one.

    ``is_met`` is False if no interface meets the parameters, which ends the evaluation.
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
    """A flow of the client, evaluated after the client; ``is_removed`` if that ended the flow."""

    kind: str
    interface: str
    local: str
    remote: str
    is_viable: bool
    is_removed: bool
    because: str


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """A record that changed what evaluations look at: a network change, policies, an agent."""

    record: int
    title: str


@dataclass(frozen=True, slots=True)
class ChangesShown:
    """What changed after an evaluation of a client, up to its next one or the explained record.

    ``since`` is the record of that evaluation. ``changes`` are the latest of the records that
    changed something, in order; ``earlier`` counts those before them that are not shown.
    """

    since: int
    changes: tuple[ChangedRecord, ...]
    earlier: int


@dataclass(frozen=True, slots=True)
class ClientExplanation:
    """Why a client's result is what it is.

    ``client`` is its stable name. ``outcome`` is the result in a few words. ``holds`` are sentences
    about the port that is reserved for it, and about the flow of its parent that it shares or may
    not share. ``refused`` has the reasons why the kernel refused its resolver tag; if there are
    any, the parameters were not evaluated, and ``interfaces`` is None. ``match`` is None then, and
    if no interface meets the parameters. ``disagreements`` lists where the stored result differs
    from what is explained here; there are none unless the explanation is wrong.
    """

    client: str
    process: str
    outcome: str
    change: ResultChange
    parameters: tuple[Node, ...]
    holds: tuple[str, ...]
    refused: tuple[str, ...]
    interfaces: InterfaceExplanation | None
    match: MatchCheck | None
    adjustment: str | None
    flags: tuple[FlagCheck, ...]
    agents: tuple[AgentCheck, ...]
    flows: tuple[FlowCheck, ...]
    result: tuple[Node, ...]
    disagreements: tuple[str, ...]
    changed_before: ChangesShown | None = None
    """What changed since its evaluation before this one, None if this is its first."""
    changed_after: ChangesShown | None = None
    """What has changed since, if a later record is explained by this evaluation."""


@dataclass(frozen=True, slots=True)
class CallExplanation:
    """Why ``necp_match_policy`` returned its result."""

    process: str
    outcome: str
    parameters: tuple[Node, ...]
    match: MatchCheck
    result: tuple[Node, ...]
    """The fields of what was written that are not zero."""
    disagreements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckShown:
    """A check of an action or input.

    ``passed`` is None if it was not reached, or if it is not known whether it was.
    """

    text: str
    passed: bool | None


@dataclass(frozen=True, slots=True)
class FailureValue:
    """A value that the failing check looked at."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class FailureExplanation:
    """Which check of an action or input failed.

    ``checks`` are all checks in the order in which the kernel makes them. ``function`` is the
    upstream function, None for a change around the subsystem. ``values`` are those that the failing
    check looked at, or the arguments; none where it looks at nothing. ``release`` is what
    its fact says of the release, where it has one.
    """

    errno: str
    name: str
    function: str | None
    checks: tuple[CheckShown, ...]
    values: tuple[FailureValue, ...]
    release: str | None


@dataclass(frozen=True, slots=True)
class PossibleCheck:
    """A check that can have failed: its place among those of an action or input.

    ``release`` is what its fact says of the release, where it has one.
    """

    name: str
    number: int
    function: str | None
    text: str
    release: str | None


@dataclass(frozen=True, slots=True)
class PossibleFailure:
    """The checks that can have given a recorded errno, if the engine cannot tell which one did.

    ``why`` is the reason why it cannot.
    """

    errno: str
    why: str
    checks: tuple[PossibleCheck, ...]


@dataclass(frozen=True, slots=True)
class RecordExplanation:
    """The evaluations that a record made, or the last one of the client that it is about.

    A record that failed has a ``failure``, and no evaluation before its own. One whose outcome is
    not determined has a ``possible`` failure, if the trace recorded an errno.

    ``evaluated_at`` is the record that made them: ``record`` itself, or one before it. ``note`` is
    a warning, if there is reason for one. ``unchanged`` counts the clients that were evaluated with
    the same result as before; they are not in ``clients``.
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
    failure: FailureExplanation | None = None
    possible: PossibleFailure | None = None
