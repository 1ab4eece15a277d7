"""An index of policies by one of their conditions, which finds those that may match.

Idea. Walking hundreds of policies spends most time on policies about other applications, domains
and networks. Each policy is filed under one condition without which it cannot match: the first in
:data:`_FILED_BY` that it has, the most selective first. An evaluation makes the keys that its own
application, domain, address and so on could be filed under, and looks up those.

Invariants. A look-up leaves out only policies that do not match, because the condition that they
are filed under is not met. Policies that cannot be filed are candidates of every evaluation: those
with negative conditions only, with no condition, or with a custom entitlement. The last are kept
because asking them changes their state. Candidates are in evaluation order.

Why outcomes are those of the plain walk (``match.py``): what a policy that does not match does in
the walk is to end a skip that was up to an order before it. The next candidate ends that skip too,
since it has the same order or a greater one.

Cost. Building takes one pass over the policies, after policies were applied. A look-up takes one
dictionary access for each key: six, one for each label of the domain, and one for each number of
whole bytes that subnets of the address's family have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from necp_replay.abi.policy import KernelCondition as Condition
from necp_replay.abi.sockaddr import AF_INET, AF_INET6
from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.objects.socket_info import SocketInfo


class PolicyCandidates:
    """The index of ``policies``, which are in evaluation order and do not change."""

    __slots__ = ("_always", "_always_positions", "_filed", "_prefix_bytes", "policies")

    def __init__(self, policies: Sequence[KernelSocketPolicy]) -> None:
        self.policies = policies
        self._always: list[KernelSocketPolicy] = []
        self._always_positions: list[int] = []
        self._filed: dict[tuple[int, object], list[int]] = {}
        self._prefix_bytes: dict[bytes, list[int]] = {}
        for position, policy in enumerate(policies):
            key = _filing_key(policy)
            if key is None:
                self._always.append(policy)
                self._always_positions.append(position)
            else:
                self._filed.setdefault(key, []).append(position)
                if key[0] == _REMOTE_PREFIX:
                    self._note_prefix(policy.cond_remote_start, _whole_bytes(policy))

    def for_info(self, info: SocketInfo) -> Sequence[KernelSocketPolicy]:
        """Every policy that may match ``info``, in evaluation order."""
        filed = self._filed
        if not filed:
            return self.policies
        positions: list[int] = []
        for key in self._keys_of(info):
            found = filed.get(key)
            if found is not None:
                positions += found
        if not positions:
            return self._always
        positions += self._always_positions
        positions.sort()
        policies = self.policies
        return [policies[position] for position in positions]

    def _keys_of(self, info: SocketInfo) -> list[tuple[int, object]]:
        """Every key under which a policy may be filed that matches ``info``."""
        keys: list[tuple[int, object]] = [
            (_APP_ID, info.application_id),
            (_ACCOUNT_ID, info.account_id),
            (_PID, info.pid),
            (_UID, info.uid),
            (_BOUND_INTERFACE, info.bound_interface_index),
            (_PROTOCOL, info.protocol),
        ]
        domain = info.domain
        if domain is not None:
            domain = domain.lower()
            keys.append((_DOMAIN, domain))
            dot = domain.find(b".")
            while dot >= 0:
                keys.append((_DOMAIN, domain[dot + 1 :]))
                dot = domain.find(b".", dot + 1)
        address = info.remote_addr
        for whole_bytes in self._prefix_bytes.get(address[:2], ()):
            keys.append((_REMOTE_PREFIX, _prefix_key(address, whole_bytes)))
        return keys

    def _note_prefix(self, address: bytes, whole_bytes: int) -> None:
        lengths = self._prefix_bytes.setdefault(address[:2], [])
        if whole_bytes not in lengths:
            lengths.append(whole_bytes)


def _filing_key(policy: KernelSocketPolicy) -> tuple[int, object] | None:
    """The key that a policy is filed under: a condition and its value. None if it is not filed.

    A policy with a custom entitlement is not filed. The first process that is compared with it
    decides for all later ones, so it must be compared whenever the kernel compares it.
    """
    mask = policy.condition_mask & ~policy.condition_negated_mask
    if policy.condition_mask & _CUSTOM_ENTITLEMENT:
        return None
    for bit, value_of in _FILED_BY:
        if mask & bit:
            value = value_of(policy)
            if value is not None:
                return bit, value
    return None


def _domain_key(policy: KernelSocketPolicy) -> bytes | None:
    return None if policy.cond_domain is None else policy.cond_domain.lower()


def _bound_interface_key(policy: KernelSocketPolicy) -> int | None:
    if policy.condition_mask & _ALL_INTERFACES:
        return None
    interface = policy.cond_bound_interface
    return 0 if interface is None else interface.index


def _remote_prefix_key(policy: KernelSocketPolicy) -> bytes | None:
    """The whole bytes of a subnet. None for a range, for other families and for less than a byte.

    The other bits, the port and the scope are left to the condition itself.
    """
    mask = policy.condition_mask
    address = policy.cond_remote_start
    if not mask & _REMOTE_START or mask & _REMOTE_END or address[1] not in _ADDRESS_BYTES:
        return None
    whole_bytes = _whole_bytes(policy)
    return _prefix_key(address, whole_bytes) if whole_bytes else None


def _whole_bytes(policy: KernelSocketPolicy) -> int:
    _, width = _ADDRESS_BYTES[policy.cond_remote_start[1]]
    return min(policy.cond_remote_prefix // 8, width)


def _prefix_key(address: bytes, whole_bytes: int) -> bytes:
    start, _ = _ADDRESS_BYTES[address[1]]
    return address[:2] + address[start : start + whole_bytes]


_ADDRESS_BYTES: Final = {AF_INET: (4, 4), AF_INET6: (8, 16)}
"""Where the address is in a socket address of each family, and how many bytes it has."""

_ALL_INTERFACES: Final = int(Condition.ALL_INTERFACES)
_BOUND_INTERFACE: Final = int(Condition.BOUND_INTERFACE)
_PROTOCOL: Final = int(Condition.PROTOCOL)
_APP_ID: Final = int(Condition.APP_ID)
_ACCOUNT_ID: Final = int(Condition.ACCOUNT_ID)
_PID: Final = int(Condition.PID)
_UID: Final = int(Condition.UID)
_DOMAIN: Final = int(Condition.DOMAIN)
_REMOTE_START: Final = int(Condition.REMOTE_START)
_REMOTE_END: Final = int(Condition.REMOTE_END)
_REMOTE_PREFIX: Final = int(Condition.REMOTE_PREFIX)
_CUSTOM_ENTITLEMENT: Final = int(Condition.CUSTOM_ENTITLEMENT)

_FILED_BY: Final[tuple[tuple[int, Callable[[KernelSocketPolicy], object]], ...]] = (
    (_APP_ID, lambda policy: policy.cond_app_id),
    (_DOMAIN, _domain_key),
    (_REMOTE_PREFIX, _remote_prefix_key),
    (_ACCOUNT_ID, lambda policy: policy.cond_account_id),
    (_PID, lambda policy: policy.cond_pid),
    (_UID, lambda policy: policy.cond_uid),
    (_BOUND_INTERFACE, _bound_interface_key),
    (_PROTOCOL, lambda policy: policy.cond_protocol),
)
"""Conditions that policies are filed by, the most selective first."""
