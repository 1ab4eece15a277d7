"""Policies in plain terms, and the outcome that they have, without kernel objects."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from necp_replay.abi.policy import PolicyResult as R

COLLECTED = (R.SOCKET_FILTER, R.USE_NETAGENT)
TRIGGERS = (R.TRIGGER, R.TRIGGER_IF_NEEDED, R.TRIGGER_SCOPED, R.NO_TRIGGER_SCOPED)
DEFAULT_PRIORITY = 4
KNOWN_PRIORITIES = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Request:
    """Who evaluates, and for which traffic."""

    pid: int
    uid: int
    application: bytes
    domain: str | None
    account: str | None
    traffic_class: int
    protocol: int
    remote: str
    is_bound: bool


@dataclass(frozen=True)
class PlainCondition:
    """A condition: its kind and its value."""

    kind: str
    value: object
    negative: bool = False

    def holds(self, request: Request) -> bool:
        """Whether it holds, or fails if it is negative."""
        return self._is_true(request) is not self.negative

    def _is_true(self, request: Request) -> bool:
        value = self.value
        if self.kind == "domain":
            labels = [] if request.domain is None else request.domain.lower().split(".")
            wanted = str(value).lower().split(".")
            return labels[-len(wanted) :] == wanted
        if self.kind == "remote_address":
            return ipaddress.ip_address(request.remote) in ipaddress.ip_network(str(value))
        if self.kind == "traffic_class":
            assert isinstance(value, tuple)
            return request.traffic_class in range(value[0], value[1] + 1)
        if self.kind == "all_interfaces":
            return True
        asked: object = getattr(request, self.kind)
        return bool(asked == value)


@dataclass(frozen=True)
class PlainPolicy:
    """A policy. ``parameter`` is an order, a control unit, the index of an interface or a uuid."""

    order: int
    conditions: tuple[PlainCondition, ...]
    result: R
    parameter: int | bytes = 0

    def matches(self, request: Request) -> bool:
        """Whether every condition holds; without ALL_INTERFACES traffic must not be bound."""
        is_for_all = any(condition.kind == "all_interfaces" for condition in self.conditions)
        if request.is_bound and not is_for_all:
            return False
        return all(condition.holds(request) for condition in self.conditions)


@dataclass(frozen=True)
class PlainSession:
    """A session: its priority, its number among all sessions, and its policies as added."""

    priority: int
    control_unit: int
    policies: tuple[PlainPolicy, ...]

    @property
    def order(self) -> int:
        """A thousand orders for each priority; unknown priorities count as the default one."""
        known = self.priority if self.priority in KNOWN_PRIORITIES else DEFAULT_PRIORITY
        return (known - 1) * 1000 + self.control_unit

    def in_order(self) -> list[PlainPolicy]:
        """By order, the oldest first among equals where all are applied at once.

        The session has the newest first, and the kernel's list turns that around again.
        """
        return sorted(self.policies, key=lambda policy: policy.order)


@dataclass
class Expected:
    """The outcome of all policies."""

    result: int = 0
    parameter: int = 0
    filter_control_unit: int = 0
    service: tuple[int, bytes] | None = None
    netagents: tuple[bytes, ...] = ()


def expect(sessions: Sequence[PlainSession], drop_all_level: int, request: Request) -> Expected:
    """The outcome by the rules. Each policy is decided on its own, in order."""
    expected = Expected()
    for session in sorted(sessions, key=lambda session: session.order):
        if drop_all_level and session.order > (drop_all_level - 1) * 1000:
            break
        reached: list[PlainPolicy] = []
        for policy in session.in_order():
            skipped = any(_skips(earlier, policy) for earlier in reached)
            if skipped or not policy.matches(request):
                continue
            reached.append(policy)
            if policy.result == R.SOCKET_FILTER:
                assert isinstance(policy.parameter, int)
                expected.filter_control_unit = expected.filter_control_unit or policy.parameter
            elif policy.result in TRIGGERS:
                assert isinstance(policy.parameter, bytes)
                expected.service = expected.service or (policy.result, policy.parameter)
            elif policy.result == R.USE_NETAGENT:
                assert isinstance(policy.parameter, bytes)
                expected.netagents = (*expected.netagents, policy.parameter)[:8]
            elif policy.result != R.SKIP:
                assert isinstance(policy.parameter, int)
                expected.result, expected.parameter = policy.result, policy.parameter
                return expected
    if drop_all_level:
        expected.result = R.DROP
    return expected


def _skips(earlier: PlainPolicy, policy: PlainPolicy) -> bool:
    if earlier.result != R.SKIP:
        return False
    assert isinstance(earlier.parameter, int)
    return earlier.parameter == 0 or policy.order < earlier.parameter
