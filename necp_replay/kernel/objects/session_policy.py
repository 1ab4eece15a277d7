"""A policy as its session keeps it: its bytes, and what was made when it was applied."""

from __future__ import annotations


class SessionPolicy:
    """``struct necp_session_policy``.

    ``result``, ``conditions`` and ``route_rules`` are the bytes that the process passed: the value
    of the result, and arrays of whole TLVs. The ``applied_*`` fields and the kernel policy ids say
    what must be released when the policy is applied again or deleted. An id of 0 means none. The
    ids of IP output policies are indexed by suborder.
    """

    __slots__ = (
        "applied",
        "applied_account",
        "applied_app_uuid",
        "applied_real_app_uuid",
        "applied_result_uuid",
        "applied_route_rules_id",
        "conditions",
        "id",
        "kernel_ip_output_policies",
        "kernel_socket_policy",
        "order",
        "pending_deletion",
        "pending_update",
        "result",
        "route_rules",
    )

    def __init__(self, order: int, result: bytes, conditions: bytes, route_rules: bytes) -> None:
        self.id = 0
        self.order = order
        self.result = result
        self.conditions = conditions
        self.route_rules = route_rules
        self.applied = False
        self.pending_deletion = False
        self.pending_update = False
        self.applied_app_uuid: bytes | None = None
        self.applied_real_app_uuid: bytes | None = None
        self.applied_account: bytes | None = None
        self.applied_result_uuid: bytes | None = None
        self.applied_route_rules_id = 0
        self.kernel_socket_policy = 0
        self.kernel_ip_output_policies = [0] * MAX_KERNEL_IP_OUTPUT_POLICIES


MAX_KERNEL_IP_OUTPUT_POLICIES = 4
"""How many IP output policies one session policy can become."""
