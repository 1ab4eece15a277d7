"""Policies for scenarios: conditions, results and route rules by the names the kernel gives them.

A policy is put together from functions of this module and added to a session::

    session = system.add_policy_session(vpnd, priority=SessionPriority.HIGH)
    session.add_policy(order=10, conditions=[domain("corp.example")], result=ip_tunnel("utun0"))
    session.add_policy(order=20, conditions=[~uid(501)], result=drop())
    session.apply_all()

What the functions make is what the kernel accepts. For what it refuses, make the TLVs by hand and
pass them to ``session.session.action``.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from necp_replay.abi.policy import (
    CONDITION_ADDR,
    CONDITION_ADDR_RANGE,
    POLICY_ORDER,
    RESULT_SERVICE,
    TC_RANGE,
    PolicyCondition,
    PolicyConditionFlag,
    PolicyResult,
    PolicyTlv,
    RouteRuleAction,
)
from necp_replay.abi.tlv import pack_tlv
from necp_replay.errors import ScenarioError
from necp_replay.scenario.addresses import sockaddr


@dataclass(frozen=True, slots=True)
class Condition:
    """``NECP_POLICY_CONDITION_*`` with its value; ``~condition`` is the negative one."""

    type: PolicyCondition
    value: bytes = b""
    negative: bool = False

    def __invert__(self) -> Condition:
        """Return the condition that holds where this one does not."""
        return Condition(self.type, self.value, not self.negative)

    def pack(self) -> bytes:
        """The condition as a TLV of a policy."""
        flags = int(PolicyConditionFlag.NEGATIVE) if self.negative else 0
        return pack_tlv(PolicyTlv.POLICY_CONDITION, bytes((self.type, flags)) + self.value)


@dataclass(frozen=True, slots=True)
class RouteRule:
    """``NECP_ROUTE_RULE_*``: about an interface, about kinds of them, or without both the default.

    ``kinds`` are :class:`~necp_replay.abi.policy.RouteRuleFlag`.
    """

    action: RouteRuleAction
    interface: str | None = None
    kinds: int = 0

    def pack(self) -> bytes:
        """The rule as a TLV of a policy."""
        name = b"" if self.interface is None else _c_string(self.interface)
        return pack_tlv(PolicyTlv.ROUTE_RULE, bytes((self.action, self.kinds)) + name)


@dataclass(frozen=True, slots=True)
class Result:
    """``NECP_POLICY_RESULT_*`` with its parameter, and the rules that ROUTE_RULES has besides."""

    type: PolicyResult
    parameter: bytes = b""
    route_rules: tuple[RouteRule, ...] = ()

    def pack(self) -> bytes:
        """The result, and its rules, as TLVs of a policy."""
        result = pack_tlv(PolicyTlv.POLICY_RESULT, bytes((self.type,)) + self.parameter)
        return result + b"".join(rule.pack() for rule in self.route_rules)


def policy(*, order: int, result: Result, conditions: Sequence[Condition] = ()) -> bytes:
    """The TLVs of a policy, as POLICY_ADD takes them."""
    chosen = conditions or (default(),)
    tlvs = [pack_tlv(PolicyTlv.POLICY_ORDER, POLICY_ORDER.pack(order))]
    tlvs += [condition.pack() for condition in chosen]
    return b"".join(tlvs) + result.pack()


def default() -> Condition:
    """DEFAULT: always holds; stands alone in a policy."""
    return Condition(PolicyCondition.DEFAULT)


def application(uuid: bytes) -> Condition:
    """APPLICATION: the effective executable's uuid."""
    return Condition(PolicyCondition.APPLICATION, uuid)


def real_application(uuid: bytes) -> Condition:
    """REAL_APPLICATION: the executable that runs; needs an APPLICATION condition with it."""
    return Condition(PolicyCondition.REAL_APPLICATION, uuid)


def domain(name: str) -> Condition:
    """DOMAIN: the name itself and all that ends in it after a dot; dots and stars are trimmed."""
    return Condition(PolicyCondition.DOMAIN, name.encode())


def account(name: str) -> Condition:
    """ACCOUNT: the account that the parameters name."""
    return Condition(PolicyCondition.ACCOUNT, name.encode())


def entitlement(name: str | None = None) -> Condition:
    """ENTITLEMENT: a custom one by name, or without it the privilege to be matched.

    Needs a REAL_APPLICATION condition with it.
    """
    return Condition(PolicyCondition.ENTITLEMENT, b"" if name is None else _c_string(name))


def pid(number: int) -> Condition:
    """PID: the effective process."""
    return Condition(PolicyCondition.PID, number.to_bytes(4, "little", signed=True))


def uid(number: int) -> Condition:
    """UID: the effective user."""
    return Condition(PolicyCondition.UID, number.to_bytes(4, "little"))


def all_interfaces() -> Condition:
    """ALL_INTERFACES: holds for traffic that is bound to an interface, too."""
    return Condition(PolicyCondition.ALL_INTERFACES)


def bound_interface(name: str) -> Condition:
    """BOUND_INTERFACE: traffic that is bound to this interface."""
    return Condition(PolicyCondition.BOUND_INTERFACE, _c_string(name))


def traffic_class(first: int, last: int | None = None) -> Condition:
    """TRAFFIC_CLASS: one class, or all from the first to the last."""
    end = first if last is None else last
    return Condition(PolicyCondition.TRAFFIC_CLASS, TC_RANGE.pack(first, end))


def ip_protocol(number: int) -> Condition:
    """IP_PROTOCOL: 6 is TCP, 17 is UDP."""
    return Condition(PolicyCondition.IP_PROTOCOL, number.to_bytes(2, "little"))


def local_address(network: str) -> Condition:
    """LOCAL_ADDR: an address, or a network such as ``192.0.2.0/24``. Raises ScenarioError."""
    return Condition(PolicyCondition.LOCAL_ADDR, _subnet(network))


def remote_address(network: str) -> Condition:
    """REMOTE_ADDR: an address, or a network such as ``192.0.2.0/24``. Raises ScenarioError."""
    return Condition(PolicyCondition.REMOTE_ADDR, _subnet(network))


def local_range(first: str, last: str) -> Condition:
    """LOCAL_ADDR_RANGE: both ends included, with ports where given. Raises ScenarioError."""
    return Condition(PolicyCondition.LOCAL_ADDR_RANGE, _range(first, last))


def remote_range(first: str, last: str) -> Condition:
    """REMOTE_ADDR_RANGE: both ends included, with ports where given. Raises ScenarioError."""
    return Condition(PolicyCondition.REMOTE_ADDR_RANGE, _range(first, last))


def pass_through() -> Result:
    """PASS: ends the search, and leaves the traffic alone."""
    return Result(PolicyResult.PASS)


def skip(to_order: int = 0) -> Result:
    """SKIP: passes over the session's policies before an order; 0 over all the rest."""
    return Result(PolicyResult.SKIP, _word(to_order))


def drop() -> Result:
    """DROP."""
    return Result(PolicyResult.DROP)


def socket_divert(control_unit: int) -> Result:
    """SOCKET_DIVERT to the flow-divert provider of this unit."""
    return Result(PolicyResult.SOCKET_DIVERT, _word(control_unit))


def socket_filter(control_unit: int) -> Result:
    """SOCKET_FILTER by the content filter of this unit; the search goes on."""
    return Result(PolicyResult.SOCKET_FILTER, _word(control_unit))


def ip_tunnel(interface: str, *, secondary: PolicyResult = PolicyResult.NONE) -> Result:
    """IP_TUNNEL through an interface; ``secondary`` is what packets out of it meet."""
    return Result(PolicyResult.IP_TUNNEL, _word(secondary) + _c_string(interface))


def trigger(service: bytes, service_data: int = 0) -> Result:
    """TRIGGER a service; the search goes on, as with the three below."""
    return _service(PolicyResult.TRIGGER, service, service_data)


def trigger_if_needed(service: bytes, service_data: int = 0) -> Result:
    """TRIGGER_IF_NEEDED."""
    return _service(PolicyResult.TRIGGER_IF_NEEDED, service, service_data)


def trigger_scoped(service: bytes, service_data: int = 0) -> Result:
    """TRIGGER_SCOPED."""
    return _service(PolicyResult.TRIGGER_SCOPED, service, service_data)


def no_trigger_scoped(service: bytes, service_data: int = 0) -> Result:
    """NO_TRIGGER_SCOPED."""
    return _service(PolicyResult.NO_TRIGGER_SCOPED, service, service_data)


def socket_scoped(interface: str) -> Result:
    """SOCKET_SCOPED to an interface."""
    return Result(PolicyResult.SOCKET_SCOPED, _c_string(interface))


def route_rules(*rules: RouteRule) -> Result:
    """ROUTE_RULES that allow, deny or mark interfaces; the search goes on."""
    return Result(PolicyResult.ROUTE_RULES, route_rules=rules)


def use_netagent(agent: bytes) -> Result:
    """USE_NETAGENT; the search goes on."""
    return Result(PolicyResult.USE_NETAGENT, agent)


def deny(interface: str | None = None, *, kinds: int = 0) -> RouteRule:
    """Return a rule that denies an interface, kinds of them, or what no other rule names."""
    return RouteRule(RouteRuleAction.DENY_INTERFACE, interface, kinds)


def allow(interface: str | None = None, *, kinds: int = 0) -> RouteRule:
    """Return a rule that allows an interface, kinds of them, or what no other rule names."""
    return RouteRule(RouteRuleAction.ALLOW_INTERFACE, interface, kinds)


def mark_qos(interface: str | None = None, *, kinds: int = 0) -> RouteRule:
    """Return a rule that lets traffic on interfaces be marked for quality of service."""
    return RouteRule(RouteRuleAction.QOS_MARKING, interface, kinds)


def _service(type_: PolicyResult, service: bytes, service_data: int) -> Result:
    return Result(type_, RESULT_SERVICE.pack(service, service_data))


def _c_string(text: str) -> bytes:
    return text.encode() + b"\0"


def _word(number: int) -> bytes:
    return number.to_bytes(4, "little")


def _subnet(network: str) -> bytes:
    try:
        parsed = ipaddress.ip_network(network, strict=False)
    except ValueError as error:
        raise ScenarioError(str(error), hint="Write 192.0.2.1 or 2001:db8::/32.") from None
    return CONDITION_ADDR.pack(parsed.prefixlen, sockaddr(str(parsed.network_address)))


def _range(first: str, last: str) -> bytes:
    return CONDITION_ADDR_RANGE.pack(sockaddr(first), sockaddr(last))
