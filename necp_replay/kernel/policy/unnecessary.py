"""Which kernel policies can never decide anything, because one before them always does.

A policy is unnecessary when a policy before it covers its conditions (it matches whenever the later
one would) and its result leaves nothing to the later one. The kernel finds out by comparing a new
policy with every policy that is already in an array. That is a walk over all pairs: the work for a
session that applies 2,000 policies grew with the square of their number.

Idea. All policies of a list are the rows of a table with one column for each condition. A
:mod:`bit-sliced index <necp_replay.kernel.policy.bit_slices>` gives, for one column and one policy,
a bitmap of all rows that cover the policy in this condition. The bitmaps of all conditions are
combined with ``&``; what is left are the rows that block the policy.

Invariants. The bitmap is about the whole list. Which of its rows stand before the policy in an
array, and outside of skips, is kept by the array (:mod:`~necp_replay.kernel.policy.search_array`).
A row is in the bitmap exactly if comparing it with the policy says that it blocks, so the arrays
are those of the walk over all pairs. ``tests/kernel/policy/plain_unnecessary.py`` is that walk, and
a property test compares the two.

Cost. For n policies: at most some 30 columns with log2(n) bitmaps of n bits; for each policy a few
operations on each bitmap. For 2,000 policies a bitmap has 250 bytes. A column is made when a policy
is first compared in it, so a short list, in which results already tell that nothing is blocked,
takes three bitmaps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Final

from necp_replay.abi.policy import KernelCondition, PolicyResult
from necp_replay.abi.sockaddr import AF_INET6
from necp_replay.kernel.objects.kernel_policy import KernelIpOutputPolicy, KernelSocketPolicy
from necp_replay.kernel.policy.addresses import order_parts, subnet_key
from necp_replay.kernel.policy.bit_slices import EqualColumn, OrderedColumn, bitmap_of

KernelPolicy = KernelSocketPolicy | KernelIpOutputPolicy


class BlockingSocketPolicies:
    """For each socket policy of a list, the policies of the list that block it, as a bitmap.

    Source: necp_kernel_socket_policy_is_unnecessary, necp_kernel_socket_policy_results_overlap,
    xnu-4570.51.1.
    """

    __slots__ = ("_covering", "_others", "_skips", "_triggers")

    def __init__(self, policies: Sequence[KernelSocketPolicy]) -> None:
        self._covering = _CoveringPolicies(policies, _SOCKET_COMPARISONS)
        self._skips = _BlockingSkips(policies)
        self._triggers = bitmap_of(is_trigger_service_result(p.result) for p in policies)
        self._others = bitmap_of(_always_blocks(p.result) for p in policies)

    def blockers_of(self, policy: KernelSocketPolicy, among: int) -> int:
        """Those of the policies ``among`` that cover this one and leave nothing to its result."""
        blocking = self._others | self._skips.blockers_of(policy)
        if self._triggers and is_trigger_service_result(policy.result):
            blocking |= self._triggers
        return self._covering.covering(policy, among & blocking)


class BlockingIpOutputPolicies:
    """For each IP output policy of a list, the policies of the list that block it, as a bitmap.

    Source: necp_kernel_ip_output_policy_is_unnecessary,
    necp_kernel_ip_output_policy_results_overlap, xnu-4570.51.1.
    """

    __slots__ = ("_covering", "_others", "_skips")

    def __init__(self, policies: Sequence[KernelIpOutputPolicy]) -> None:
        self._covering = _CoveringPolicies(policies, _IP_OUTPUT_COMPARISONS)
        self._skips = _BlockingSkips(policies)
        self._others = bitmap_of(policy.result != PolicyResult.SKIP for policy in policies)

    def blockers_of(self, policy: KernelIpOutputPolicy, among: int) -> int:
        """Those of the policies ``among`` that cover this one and leave nothing to its result."""
        blocking = self._others | self._skips.blockers_of(policy)
        return self._covering.covering(policy, among & blocking)


def is_trigger_service_result(result: int) -> bool:
    """Whether a result is about a service.

    Source: necp_kernel_socket_result_is_trigger_service_type, xnu-4570.51.1.
    """
    return PolicyResult.TRIGGER <= result <= PolicyResult.NO_TRIGGER_SCOPED


def _always_blocks(result: int) -> bool:
    """Whether nothing is left to a policy after this result, whatever that policy's result is."""
    return (
        result not in _NEVER_BLOCKING_RESULTS
        and result != PolicyResult.SKIP
        and not is_trigger_service_result(result)
    )


_NEVER_BLOCKING_RESULTS: Final = frozenset(
    {
        PolicyResult.SOCKET_FILTER,
        PolicyResult.ROUTE_RULES,
        PolicyResult.USE_NETAGENT,
        PolicyResult.NETAGENT_SCOPED,
        PolicyResult.ALLOW_UNENTITLED,
        PolicyResult.REMOVE_NETAGENT,
    }
)


class _BlockingSkips:
    """The skips of a list: each blocks the policies of its session up to the order it names."""

    __slots__ = ("_orders", "_sessions", "_skips")

    def __init__(self, policies: Sequence[KernelPolicy]) -> None:
        self._skips = bitmap_of(policy.result == PolicyResult.SKIP for policy in policies)
        if self._skips:
            self._sessions = EqualColumn([policy.session_order for policy in policies])
            self._orders = OrderedColumn([policy.result_parameter for policy in policies])

    def blockers_of(self, policy: KernelPolicy) -> int:
        if not self._skips:
            return 0
        in_session = self._skips & self._sessions.equal_to(policy.session_order)
        return in_session & self._orders.at_least(policy.order + 1)


class _CoveringPolicies:
    """For each policy of a list, the policies of the list that match whenever it does.

    A policy covers another one when the other has all of its conditions, negated alike, and each is
    met whenever the other's is. ALL_INTERFACES and LOCAL_NETWORKS are different: only a policy that
    has them covers one that has them.
    """

    __slots__ = (
        "_all_interfaces",
        "_comparisons",
        "_conditions",
        "_covers",
        "_having",
        "_policies",
    )

    def __init__(
        self, policies: Sequence[KernelPolicy], comparisons: tuple[_Comparison, ...]
    ) -> None:
        self._policies = policies
        self._comparisons = comparisons
        self._covers: dict[Callable[[Sequence[KernelPolicy]], _Covers], _Covers] = {}
        self._having: dict[int, int] = {}
        self._conditions: list[tuple[int, int, int]] = []
        self._all_interfaces = 0

    def covering(self, policy: KernelPolicy, among: int) -> int:
        """Those of the policies ``among`` that match whenever this one does."""
        if not among:
            return 0
        if not self._having:
            self._index_masks()
        found = among
        mask, negated_mask = policy.condition_mask, policy.condition_negated_mask
        if mask & _ALL_INTERFACES:
            found &= self._all_interfaces
        if mask & _LOCAL_NETWORKS:
            found &= self._having[_LOCAL_NETWORKS]
        for bit, having, negated in self._conditions:
            if not mask & bit:
                found &= ~having
            elif negated_mask & bit:
                found &= ~having | negated
            else:
                found &= ~negated
        for bit, make in self._comparisons:
            if mask & bit and (having := found & self._having[bit]):
                covers = self._covers.get(make)
                if covers is None:
                    covers = self._covers[make] = make(self._policies)
                found &= ~having | covers(policy)
        return found

    def _index_masks(self) -> None:
        """Make the bitmaps of the policies that have each condition, and have it negated."""
        mask = 0
        for policy in self._policies:
            mask |= policy.condition_mask
        for bit in _CONDITION_BITS:
            having = negated = 0
            if mask & bit:
                having = bitmap_of(policy.condition_mask & bit for policy in self._policies)
                negated = having & bitmap_of(p.condition_negated_mask & bit for p in self._policies)
                self._conditions.append((bit, having, negated))
            self._having[bit] = having
        self._all_interfaces = self._having[_ALL_INTERFACES]


_Covers = Callable[[KernelPolicy], int]
"""A bitmap of the policies of a list that meet one condition whenever the policy given does."""

_Comparison = tuple[int, Callable[[Sequence[KernelPolicy]], _Covers]]
"""A condition's mask bit, and what makes the comparison for a list of policies."""


def _same(field: str) -> Callable[[Sequence[KernelPolicy]], _Covers]:
    value_of = attrgetter(field)

    def make(policies: Sequence[KernelPolicy]) -> _Covers:
        column = EqualColumn([value_of(policy) for policy in policies])
        return lambda policy: column.equal_to(value_of(policy))

    return make


def _other(field: str) -> Callable[[Sequence[KernelPolicy]], _Covers]:
    """Values that differ.

    Kernel quirk: the comparison is the wrong way round. A policy for one type of agents makes a
    later one for another type unnecessary, and not one for the same type. No vector shows it.
    """
    value_of = attrgetter(field)

    def make(policies: Sequence[KernelPolicy]) -> _Covers:
        column = EqualColumn([value_of(policy) for policy in policies])
        return lambda policy: ~column.equal_to(value_of(policy))

    return make


def _wider_traffic_class(policies: Sequence[KernelPolicy]) -> _Covers:
    starts = OrderedColumn([_traffic_classes(policy)[0] for policy in policies])
    ends = OrderedColumn([_traffic_classes(policy)[1] for policy in policies])

    def covers(policy: KernelPolicy) -> int:
        start, end = _traffic_classes(policy)
        return starts.at_most(start) & ends.at_least(end)

    return covers


def _traffic_classes(policy: KernelPolicy) -> tuple[int, int]:
    assert isinstance(policy, KernelSocketPolicy), "only socket policies have traffic classes"
    return policy.cond_start_tc, policy.cond_end_tc


def _wider_addresses(side: str, end_bit: int) -> Callable[[Sequence[KernelPolicy]], _Covers]:
    """Addresses are ranges where the policy has an end, and subnets otherwise."""
    start_of = attrgetter(f"cond_{side}_start")
    end_of = attrgetter(f"cond_{side}_end")
    prefix_of = attrgetter(f"cond_{side}_prefix")

    def make(policies: Sequence[KernelPolicy]) -> _Covers:
        starts = [start_of(policy) for policy in policies]
        with_end = bitmap_of(policy.condition_mask & end_bit for policy in policies)
        ranges = _Ranges(starts, [end_of(policy) for policy in policies])
        subnets = _Subnets(starts, [prefix_of(policy) for policy in policies])

        def covers(policy: KernelPolicy) -> int:
            start = start_of(policy)
            found = ~with_end & subnets.around(start, prefix_of(policy))
            if with_end:
                found |= with_end & ranges.around(start, end_of(policy))
            return found

        return covers

    return make


class _Ranges:
    """Address ranges, asked for those around another range (``necp_is_range_in_range``)."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, starts: Sequence[bytes], ends: Sequence[bytes]) -> None:
        self._starts = _OrderedAddresses(starts)
        self._ends = _OrderedAddresses(ends)

    def around(self, start: bytes, end: bytes) -> int:
        return self._starts.at_most(start) & self._ends.at_least(end)


class _OrderedAddresses:
    """A column of addresses in the order of :func:`~.addresses.compare_addresses`."""

    __slots__ = ("_addresses", "_kinds", "_ports")

    def __init__(self, sockaddrs: Sequence[bytes]) -> None:
        parts = [order_parts(sockaddr) or _WITHOUT_ORDER for sockaddr in sockaddrs]
        self._kinds = EqualColumn([kind for kind, _, _ in parts])
        self._addresses = OrderedColumn([address for _, address, _ in parts])
        self._ports = OrderedColumn([port for _, _, port in parts])

    def at_most(self, sockaddr: bytes) -> int:
        parts = order_parts(sockaddr)
        if parts is None:
            return 0
        kind, address, port = parts
        found = self._kinds.equal_to(kind)
        return found and found & self._addresses.at_most(address) & self._ports.at_most(port)

    def at_least(self, sockaddr: bytes) -> int:
        parts = order_parts(sockaddr)
        if parts is None:
            return 0
        kind, address, port = parts
        found = self._kinds.equal_to(kind)
        return found and found & self._addresses.at_least(address) & self._ports.at_least(port)


class _Subnets:
    """Subnets, asked for those around another one (``necp_is_addr_in_subnet``)."""

    __slots__ = ("_networks", "_ports", "_prefixes", "_scopes")

    def __init__(self, sockaddrs: Sequence[bytes], prefixes: Sequence[int]) -> None:
        self._prefixes = sorted(set(prefixes))
        self._networks = EqualColumn(list(map(subnet_key, sockaddrs, prefixes)))
        self._ports = EqualColumn([sockaddr[2:4] for sockaddr in sockaddrs])
        self._scopes = EqualColumn([sockaddr[24:28] for sockaddr in sockaddrs])

    def around(self, sockaddr: bytes, prefix: int) -> int:
        found = 0
        for shorter in self._prefixes:
            if shorter > prefix:
                break
            key = subnet_key(sockaddr, shorter)
            if key is not None:
                found |= self._networks.equal_to(key)
        if not found:
            return 0
        port, scope = sockaddr[2:4], sockaddr[24:28]
        found &= self._ports.equal_to(_NO_PORT) | self._ports.equal_to(port)
        if sockaddr[1] == AF_INET6 and scope != _NO_SCOPE:
            found &= self._scopes.equal_to(_NO_SCOPE) | self._scopes.equal_to(scope)
        return found


_WITHOUT_ORDER: Final = (None, b"", b"")
_NO_PORT: Final = bytes(2)
_NO_SCOPE: Final = bytes(4)
_ALL_INTERFACES: Final = int(KernelCondition.ALL_INTERFACES)
_LOCAL_NETWORKS: Final = int(KernelCondition.LOCAL_NETWORKS)
_CONDITION_BITS: Final = tuple(int(condition) for condition in KernelCondition)

_IP_COMPARISONS: Final[tuple[_Comparison, ...]] = (
    (int(KernelCondition.BOUND_INTERFACE), _same("cond_bound_interface")),
    (int(KernelCondition.BOUND_INTERFACE_FLAGS), _same("cond_bound_interface_flags")),
    (int(KernelCondition.PROTOCOL), _same("cond_protocol")),
    (
        int(KernelCondition.LOCAL_START),
        _wider_addresses("local", int(KernelCondition.LOCAL_END)),
    ),
    (
        int(KernelCondition.REMOTE_START),
        _wider_addresses("remote", int(KernelCondition.REMOTE_END)),
    ),
)

_SOCKET_COMPARISONS: Final[tuple[_Comparison, ...]] = (
    (int(KernelCondition.DOMAIN), _same("cond_domain")),
    (int(KernelCondition.EXACT_DOMAIN), _same("cond_domain")),
    (int(KernelCondition.DOMAIN_FILTER), _same("cond_domain_filter")),
    (int(KernelCondition.URL), _same("cond_url")),
    (int(KernelCondition.CUSTOM_ENTITLEMENT), _same("cond_custom_entitlement")),
    (int(KernelCondition.ACCOUNT_ID), _same("cond_account_id")),
    (int(KernelCondition.APP_ID), _same("cond_app_id")),
    (int(KernelCondition.REAL_APP_ID), _same("cond_real_app_id")),
    (int(KernelCondition.PID), _same("cond_pid")),
    (int(KernelCondition.PID), _same("cond_pid_version")),
    (int(KernelCondition.UID), _same("cond_uid")),
    (int(KernelCondition.REAL_UID), _same("cond_real_uid")),
    (int(KernelCondition.CLIENT_FLAGS), _same("cond_client_flags")),
    (int(KernelCondition.TRAFFIC_CLASS), _wider_traffic_class),
    (int(KernelCondition.AGENT_TYPE), _other("cond_agent_type")),
    (int(KernelCondition.SDK_VERSION), _other("cond_sdk_version")),
    (int(KernelCondition.PACKET_FILTER_TAGS), _other("cond_packet_filter_tags")),
    (int(KernelCondition.SCHEME_PORT), _other("cond_scheme_port")),
    (int(KernelCondition.LOCAL_NETWORKS), _same("cond_local_networks_flags")),
    *_IP_COMPARISONS,
)

_IP_OUTPUT_COMPARISONS: Final[tuple[_Comparison, ...]] = (
    (int(KernelCondition.POLICY_ID), _same("cond_policy_id")),
    (int(KernelCondition.SCHEME_PORT), _same("cond_scheme_port")),
    *_IP_COMPARISONS,
)
"""LAST_INTERFACE is not compared: kernel policies that tunnels make have the same mask bit, and
the kernel looks at no more than that."""
