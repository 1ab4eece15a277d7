"""All kernel policies of one layer in evaluation order, found by id."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from typing import Generic, TypeVar

from necp_replay.kernel.objects.kernel_policy import KernelIpOutputPolicy, KernelSocketPolicy

Policy = TypeVar("Policy", KernelSocketPolicy, KernelIpOutputPolicy)


class KernelPolicyList(Generic[Policy]):
    """Policies sorted by ``order_of``; among equal ones, the newest is first.

    Removing is lazy: a policy that was removed stays in the array until the list is read. So
    removing all policies costs one pass over the array instead of one for each of them.
    """

    __slots__ = ("_by_id", "_order_of", "_policies", "_removed")

    def __init__(self, order_of: Callable[[Policy], tuple[int, ...]]) -> None:
        self._order_of: Callable[[Policy], tuple[int, ...]] = order_of
        self._policies: list[Policy] = []
        self._removed: set[Policy] = set()
        self._by_id: dict[int, list[Policy]] = {}

    def order_by(self, order_of: Callable[[Policy], tuple[int, ...]]) -> None:
        """Say what orders the policies, of a list that was restored."""
        self._order_of = order_of

    def in_order(self) -> list[Policy]:
        """The policies in evaluation order. The list is shared: callers only read it."""
        if self._removed:
            self._policies = [policy for policy in self._policies if policy not in self._removed]
            self._removed.clear()
        return self._policies

    def insert(self, policy: Policy) -> None:
        """Put a policy in its place, before those of the same order."""
        place = bisect_left(self._policies, self._order_of(policy), key=self._order_of)
        self._policies.insert(place, policy)
        self._by_id.setdefault(policy.id, []).append(policy)

    def remove(self, policy_id: int) -> None:
        """Remove the first policy with this id, if there is one.

        Ids are used again once their range is used up, so two policies can have the same one.
        """
        found = self._by_id.get(policy_id)
        if found is None:
            return
        policy = min(reversed(found), key=self._order_of)
        self._removed.add(policy)
        found.remove(policy)
        if not found:
            del self._by_id[policy_id]
