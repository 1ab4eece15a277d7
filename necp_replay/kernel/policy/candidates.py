"""The policies that can match at all, found by what they ask for instead of one after the other.

A walk over hundreds of policies spends its time on those about other applications, domains and
networks. Every policy is filed here under one condition that it cannot match without. A look-up
leaves out nothing but policies that do not match; what it gives stands in evaluation order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from necp_replay.abi.policy import KernelCondition as Condition
from necp_replay.abi.sockaddr import AF_INET, AF_INET6
from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.objects.socket_info import SocketInfo


class PolicyCandidates:
    """An index of policies that stand in evaluation order and do not change.

    ``policies`` is the array that was indexed.
    """

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
    """The first condition, and its value, without which the policy cannot match; None without one.

    A policy with a custom entitlement is never filed: asking it changes what it answers next.
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
    """The whole bytes of a subnet, where the condition is looked at and the subnet is an address's.

    The bits beyond them, the port and the scope are left to the condition itself.
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
"""Where the address stands in a socket address of a family, and how long it is."""

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
"""What policies are filed by, what tells most first."""
