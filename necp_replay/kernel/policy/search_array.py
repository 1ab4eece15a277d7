"""An array of kernel policies for searches, while it is filled in evaluation order."""

from __future__ import annotations

from typing import Generic, TypeVar

from necp_replay.abi.policy import PolicyResult
from necp_replay.kernel.objects.kernel_policy import KernelIpOutputPolicy, KernelSocketPolicy

Policy = TypeVar("Policy", KernelSocketPolicy, KernelIpOutputPolicy)


class SearchArray(Generic[Policy]):
    """The policies that are not unnecessary.

    ``outside_skips`` is a bitmap of those that no skip before them in their session can pass over,
    by their positions in the list of all policies. Only these can make a later policy unnecessary.
    A skip to order 0 passes over the rest of its session. A skip inside another one raises the
    order to its own, if that is greater.

    Kernel quirk: if the outer skip passes over the rest of the session (order 0), a skip inside it
    shortens it to its own order. Measured in policy/seed003034.

    Source: necp_kernel_socket_policy_is_unnecessary, xnu-4570.51.1.
    """

    __slots__ = ("_skip_order", "_skip_session_order", "outside_skips", "policies")

    def __init__(self) -> None:
        self.policies: list[Policy] = []
        self.outside_skips = 0
        self._skip_session_order: int | None = None
        self._skip_order = 0

    def append(self, policy: Policy, position: int) -> None:
        """Append the policy at ``position`` in the list of all policies."""
        self.policies.append(policy)
        is_skip = policy.result == PolicyResult.SKIP
        if self._skip_session_order is not None:
            if policy.session_order == self._skip_session_order and not (
                0 < self._skip_order <= policy.order
            ):
                if is_skip:
                    self._skip_order = max(self._skip_order, policy.result_parameter)
                return
            self._skip_session_order = None
        if is_skip:
            self._skip_session_order = policy.session_order
            self._skip_order = policy.result_parameter
        self.outside_skips |= 1 << position
