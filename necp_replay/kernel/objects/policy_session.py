"""A policy session: an open file whose owner adds policies and applies them."""

from __future__ import annotations

from necp_replay.abi.policy import SessionPriority
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.objects.session_policy import SessionPolicy


class ServiceRegistration:
    """``struct necp_service_registration``."""

    __slots__ = ("service_id",)

    def __init__(self, service_id: int) -> None:
        self.service_id = service_id


class PolicySession:
    """``struct necp_session``.

    ``policies`` are in ascending order; among equal orders the newest is first. ``services`` has
    the newest first. ``proc_uuid`` and ``proc_pid`` are those of the last process that acted on the
    session before it was locked. ``last_policy_id`` counts where each session numbers its own.
    ``is_use_count_leaked`` says that a call left the use count of the fd raised.
    """

    __slots__ = (
        "control_unit",
        "dirty",
        "is_use_count_leaked",
        "last_policy_id",
        "policies",
        "proc_locked",
        "proc_pid",
        "proc_uuid",
        "services",
        "session_order",
        "session_priority",
    )

    def __init__(self, control_unit: int, session_order: int) -> None:
        self.control_unit = control_unit
        self.session_priority = int(SessionPriority.UNKNOWN)
        self.session_order = session_order
        self.proc_locked = False
        self.proc_uuid = ZERO_UUID
        self.proc_pid = 0
        self.dirty = False
        self.is_use_count_leaked = False
        self.last_policy_id = 0
        self.policies: list[SessionPolicy] = []
        self.services: list[ServiceRegistration] = []

    def set_dirty(self, *, dirty: bool) -> None:
        """Note whether there are changes that were not applied."""
        self.dirty = dirty
