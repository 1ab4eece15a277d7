"""Builds policies: functions for conditions, results and route rules, named as in the kernel.

A policy is made of what these functions return, and is added to a session::

    session = system.add_policy_session(vpnd, priority=SessionPriority.HIGH)
    session.add_policy(order=10, conditions=[domain("corp.example")], result=ip_tunnel("utun0"))
    session.add_policy(order=20, conditions=[~uid(501)], result=drop())
    session.apply_all()

The kernel accepts all that these functions can make, if the release knows it. To test what it
refuses, write the TLVs by
hand and pass them to ``session.session.action``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from necp_replay.abi.policy import (
    CONDITION_AGENT_TYPE,
    CONDITION_INTERFACE_FLAGS,
    CONDITION_SDK_VERSION,
    DOMAIN_SET_ID,
    POLICY_ORDER,
    RESULT_SERVICE,
    TC_RANGE,
    PolicyCondition,
    PolicyConditionFlag,
    PolicyResult,
    PolicyTlv,
    RouteRuleAction,
    RouteRuleFlag,
)
from necp_replay.abi.tlv import pack_tlv
from necp_replay.dataclass import dataclass
from necp_replay.scenario.addresses import address_range, subnet


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition (``NECP_POLICY_CONDITION_*``) with its value; ``~condition`` negates it."""

    type: PolicyCondition
    value: bytes = b""
    negative: bool = False
    exact: bool = False

    def __invert__(self) -> Condition:
        """Return the condition that holds if and only if this one does not."""
        return replace(self, negative=not self.negative)

    def pack(self) -> bytes:
        """The condition as a TLV of a policy."""
        flags = int(PolicyConditionFlag.NEGATIVE) if self.negative else 0
        if self.exact:
            flags |= PolicyConditionFlag.EXACT
        return pack_tlv(PolicyTlv.POLICY_CONDITION, bytes((self.type, flags)) + self.value)


@dataclass(frozen=True, slots=True)
class RouteRule:
    """A route rule (``NECP_ROUTE_RULE_*``) for an interface, or for kinds of interfaces.

    ``value`` is what the action needs, such as an agent. ``kinds`` are flags of
    :class:`~necp_replay.abi.policy.RouteRuleFlag`. Without interface and kinds, the rule is for all
    interfaces that no other rule is for.
    """

    action: RouteRuleAction
    interface: str | None = None
    kinds: int = 0
    value: bytes = b""

    def pack(self) -> bytes:
        """The rule as a TLV of a policy."""
        name = self.value + (b"" if self.interface is None else _c_string(self.interface))
        return pack_tlv(PolicyTlv.ROUTE_RULE, bytes((self.action, self.kinds)) + name)


@dataclass(frozen=True, slots=True)
class Result:
    """A policy result (``NECP_POLICY_RESULT_*``) with its parameter.

    ``route_rules`` are the rules of ROUTE_RULES; other results have none.
    """

    type: PolicyResult
    parameter: bytes = b""
    route_rules: tuple[RouteRule, ...] = ()

    def pack(self) -> bytes:
        """The result and its route rules as TLVs of a policy."""
        result = pack_tlv(PolicyTlv.POLICY_RESULT, bytes((self.type,)) + self.parameter)
        return result + b"".join(rule.pack() for rule in self.route_rules)


def policy(*, order: int, result: Result, conditions: Sequence[Condition] = ()) -> bytes:
    """The TLVs of a policy, for POLICY_ADD; without conditions it has the default one."""
    chosen = conditions or (default(),)
    tlvs = [pack_tlv(PolicyTlv.POLICY_ORDER, POLICY_ORDER.pack(order))]
    tlvs += [condition.pack() for condition in chosen]
    return b"".join(tlvs) + result.pack()


def default() -> Condition:
    """DEFAULT: always holds; must be a policy's only condition."""
    return Condition(PolicyCondition.DEFAULT)


class Executable(Protocol):
    """What has an executable: the handle of a process."""

    @property
    def exec_uuid(self) -> bytes:
        """The uuid of the executable, 16 bytes."""
        ...

    @property
    def pid(self) -> int:
        """The pid of the process."""
        ...


def application(process: Executable | bytes) -> Condition:
    """APPLICATION: the effective executable, by a process that runs it or by its uuid.

    ``application(mail)``, where ``mail`` is what ``system.add_process`` returned.
    """
    return Condition(PolicyCondition.APPLICATION, _uuid_of(process))


def real_application(process: Executable | bytes) -> Condition:
    """REAL_APPLICATION: the running executable, by a process that runs it or by its uuid.

    The kernel refuses it in a policy without an APPLICATION condition.
    """
    return Condition(PolicyCondition.REAL_APPLICATION, _uuid_of(process))


def _uuid_of(process: Executable | bytes) -> bytes:
    return process if isinstance(process, bytes) else process.exec_uuid


def domain(name: str, *, exact: bool = False) -> Condition:
    """DOMAIN: the domain and its subdomains. Leading and trailing dots and stars are ignored.

    ``exact``: without its subdomains, from xnu-8792 on.
    """
    return Condition(PolicyCondition.DOMAIN, name.encode(), exact=exact)


def domain_filter(set_id: int) -> Condition:
    """DOMAIN_FILTER: a domain of the filter or trie that a session added under this id."""
    return Condition(PolicyCondition.DOMAIN_FILTER, DOMAIN_SET_ID.pack(set_id))


def url(content: str) -> Condition:
    """URL: the URL named in the client's parameters, or one that begins so up to xnu-10063."""
    return Condition(PolicyCondition.URL, content.encode())


def account(name: str) -> Condition:
    """ACCOUNT: the account named in the client's parameters."""
    return Condition(PolicyCondition.ACCOUNT, name.encode())


def entitlement(name: str | None = None) -> Condition:
    """ENTITLEMENT: a named entitlement, or the privilege PRIV_NET_PRIVILEGED_NECP_MATCH.

    The kernel refuses it in a policy without a REAL_APPLICATION condition.
    """
    return Condition(PolicyCondition.ENTITLEMENT, b"" if name is None else _c_string(name))


def pid(process: Executable | int) -> Condition:
    """PID: the effective process, by its handle or its number."""
    number = process if isinstance(process, int) else process.pid
    return Condition(PolicyCondition.PID, number.to_bytes(4, "little", signed=True))


def uid(number: int) -> Condition:
    """UID: the id of the effective user."""
    return Condition(PolicyCondition.UID, number.to_bytes(4, "little"))


def all_interfaces() -> Condition:
    """ALL_INTERFACES: bound traffic as well as unbound.

    A policy without it and without BOUND_INTERFACE is for unbound traffic only.
    """
    return Condition(PolicyCondition.ALL_INTERFACES)


def bound_interface(name: str) -> Condition:
    """BOUND_INTERFACE: traffic bound to this interface."""
    return Condition(PolicyCondition.BOUND_INTERFACE, _c_string(name))


def bound_interface_flags(flags: int = 0, eflags: int = 0, xflags: int = 0) -> Condition:
    """BOUND_INTERFACE_FLAGS: traffic bound to an interface with one of the flags of each kind."""
    words = CONDITION_INTERFACE_FLAGS.pack(flags, eflags, xflags)
    return Condition(PolicyCondition.BOUND_INTERFACE_FLAGS, words)


def traffic_class(first: int, last: int | None = None) -> Condition:
    """TRAFFIC_CLASS: one class, or the range from ``first`` to ``last``, both included."""
    end = first if last is None else last
    return Condition(PolicyCondition.TRAFFIC_CLASS, TC_RANGE.pack(first, end))


def ip_protocol(number: int) -> Condition:
    """IP_PROTOCOL: 6 is TCP, 17 is UDP."""
    return Condition(PolicyCondition.IP_PROTOCOL, number.to_bytes(2, "little"))


def local_address(network: str) -> Condition:
    """LOCAL_ADDR: an address, or a network such as ``192.0.2.0/24``. Raises ScenarioError."""
    return Condition(PolicyCondition.LOCAL_ADDR, subnet(network))


def remote_address(network: str) -> Condition:
    """REMOTE_ADDR: an address, or a network such as ``192.0.2.0/24``. Raises ScenarioError."""
    return Condition(PolicyCondition.REMOTE_ADDR, subnet(network))


def local_range(first: str, last: str) -> Condition:
    """LOCAL_ADDR_RANGE, both ends included; ports are optional. Raises ScenarioError."""
    return Condition(PolicyCondition.LOCAL_ADDR_RANGE, address_range(first, last))


def remote_range(first: str, last: str) -> Condition:
    """REMOTE_ADDR_RANGE, both ends included; ports are optional. Raises ScenarioError."""
    return Condition(PolicyCondition.REMOTE_ADDR_RANGE, address_range(first, last))


def agent_type(domain: str, type_: str) -> Condition:
    """AGENT_TYPE: the parameters require agents of this domain and type; empty matches any."""
    value = CONDITION_AGENT_TYPE.pack(domain.encode(), type_.encode())
    return Condition(PolicyCondition.AGENT_TYPE, value)


def has_client() -> Condition:
    """HAS_CLIENT: a client asks, rather than ``necp_match_policy``."""
    return Condition(PolicyCondition.HAS_CLIENT)


def local_networks(flags: int | None = None) -> Condition:
    """LOCAL_NETWORKS: the remote address is on a network of the system."""
    value = b"" if flags is None else bytes((flags,))
    return Condition(PolicyCondition.LOCAL_NETWORKS, value)


def platform_binary() -> Condition:
    """PLATFORM_BINARY: the process is a platform binary."""
    return Condition(PolicyCondition.PLATFORM_BINARY)


def sdk_version(platform: int = 0, *, min_version: int = 0, version: int = 0) -> Condition:
    """SDK_VERSION: the process is of this platform, and of these versions or later; 0 is any."""
    value = CONDITION_SDK_VERSION.pack(platform, min_version, version)
    return Condition(PolicyCondition.SDK_VERSION, value)


def signing_identifier(name: str) -> Condition:
    """SIGNING_IDENTIFIER: the process is signed with it. Needs :func:`application`."""
    return Condition(PolicyCondition.SIGNING_IDENTIFIER, _c_string(name))


def packet_filter_tags(tags: int = 1) -> Condition:
    """PACKET_FILTER_TAGS: the packet has one of these tags, which no client has."""
    return Condition(PolicyCondition.PACKET_FILTER_TAGS, tags.to_bytes(2, "little"))


def loopback() -> Condition:
    """FLOW_IS_LOOPBACK: loopback traffic, which policies see if ``pass_loopback`` is above 1."""
    return Condition(PolicyCondition.FLOW_IS_LOOPBACK)


def delegate_is_platform_binary() -> Condition:
    """DELEGATE_IS_PLATFORM_BINARY: a process that acts for another one is a platform binary."""
    return Condition(PolicyCondition.DELEGATE_IS_PLATFORM_BINARY)


def client_flags(flags: int | None = None) -> Condition:
    """CLIENT_FLAGS: the parameters have all these flags; without flags, FALLBACK_TRAFFIC."""
    return Condition(PolicyCondition.CLIENT_FLAGS, b"" if flags is None else _word(flags))


def flow_ip_protocol(number: int) -> Condition:
    """FLOW_IP_PROTOCOL: like IP_PROTOCOL, for sockets only."""
    return Condition(PolicyCondition.FLOW_IP_PROTOCOL, number.to_bytes(2, "little"))


def flow_local_address(network: str) -> Condition:
    """FLOW_LOCAL_ADDR: like LOCAL_ADDR, for sockets only. Raises ScenarioError."""
    return Condition(PolicyCondition.FLOW_LOCAL_ADDR, subnet(network))


def flow_remote_address(network: str) -> Condition:
    """FLOW_REMOTE_ADDR: like REMOTE_ADDR, for sockets only. Raises ScenarioError."""
    return Condition(PolicyCondition.FLOW_REMOTE_ADDR, subnet(network))


def flow_local_range(first: str, last: str) -> Condition:
    """FLOW_LOCAL_ADDR_RANGE: like LOCAL_ADDR_RANGE, for sockets only. Raises ScenarioError."""
    return Condition(PolicyCondition.FLOW_LOCAL_ADDR_RANGE, address_range(first, last))


def flow_remote_range(first: str, last: str) -> Condition:
    """FLOW_REMOTE_ADDR_RANGE: like REMOTE_ADDR_RANGE, for sockets only. Raises ScenarioError."""
    return Condition(PolicyCondition.FLOW_REMOTE_ADDR_RANGE, address_range(first, last))


def no_local_address() -> Condition:
    """FLOW_LOCAL_ADDR_EMPTY: there is no local address, or the unspecified one."""
    return Condition(PolicyCondition.FLOW_LOCAL_ADDR_EMPTY)


def no_remote_address() -> Condition:
    """FLOW_REMOTE_ADDR_EMPTY: there is no remote address, or the unspecified one."""
    return Condition(PolicyCondition.FLOW_REMOTE_ADDR_EMPTY)


def pass_through() -> Result:
    """PASS: let the traffic pass unchanged. Ends the search."""
    return Result(PolicyResult.PASS)


def skip(to_order: int = 0) -> Result:
    """SKIP: skip the session's policies before order ``to_order``; 0 skips all that follow."""
    return Result(PolicyResult.SKIP, _word(to_order))


def drop(flags: int | None = None) -> Result:
    """DROP: drop the traffic. Ends the search.

    ``flags`` are those of :class:`~necp_replay.abi.policy.DropFlag`, which xnu-7195 has.
    """
    return Result(PolicyResult.DROP, b"" if flags is None else _word(flags))


def socket_divert(control_unit: int) -> Result:
    """SOCKET_DIVERT: divert to the flow-divert provider with this control unit. Ends the search."""
    return Result(PolicyResult.SOCKET_DIVERT, _word(control_unit))


def scheme_port(port: int) -> Condition:
    """SCHEME_PORT: the port of the scheme, or the port of the remote address."""
    return Condition(PolicyCondition.SCHEME_PORT, port.to_bytes(2, "big"))


def system_signed_result() -> Condition:
    """SYSTEM_SIGNED_RESULT: the parameters have a resolver tag."""
    return Condition(PolicyCondition.SYSTEM_SIGNED_RESULT)


def real_uid(number: int) -> Condition:
    """REAL_UID: the user of the process that asks, whatever user the parameters name."""
    return Condition(PolicyCondition.REAL_UID, _word(number))


def socket_filter(control_unit: int) -> Result:
    """SOCKET_FILTER: filter with the content filter of this control unit. The search goes on."""
    return Result(PolicyResult.SOCKET_FILTER, _word(control_unit))


def ip_tunnel(interface: str, *, secondary: PolicyResult = PolicyResult.NONE) -> Result:
    """IP_TUNNEL through an interface. Ends the search.

    ``secondary`` is the result for packets that leave the tunnel.
    """
    return Result(PolicyResult.IP_TUNNEL, _word(secondary) + _c_string(interface))


def trigger(service: bytes, service_data: int = 0) -> Result:
    """TRIGGER a service. The search goes on, as it does with the next three results."""
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
    """SOCKET_SCOPED: bind the traffic to an interface. Ends the search."""
    return Result(PolicyResult.SOCKET_SCOPED, _c_string(interface))


def route_rules(*rules: RouteRule) -> Result:
    """ROUTE_RULES: allow, deny or mark traffic by its interface. The search goes on."""
    return Result(PolicyResult.ROUTE_RULES, route_rules=rules)


def use_netagent(agent: bytes) -> Result:
    """USE_NETAGENT: add an agent to the client's result. The search goes on."""
    return Result(PolicyResult.USE_NETAGENT, agent)


def netagent_scoped(agent: bytes) -> Result:
    """NETAGENT_SCOPED: add an agent and require it. The search goes on."""
    return Result(PolicyResult.NETAGENT_SCOPED, agent)


def remove_netagent(agent: bytes) -> Result:
    """REMOVE_NETAGENT: take an agent out of the client's result. The search goes on."""
    return Result(PolicyResult.REMOVE_NETAGENT, agent)


def scoped_direct() -> Result:
    """SCOPED_DIRECT: bind the traffic to the first physical interface. Ends the search."""
    return Result(PolicyResult.SCOPED_DIRECT)


def allow_unentitled() -> Result:
    """ALLOW_UNENTITLED: do not drop processes without a network privilege. The search goes on."""
    return Result(PolicyResult.ALLOW_UNENTITLED)


def deny(interface: str | None = None, *, kinds: int = 0) -> RouteRule:
    """A route rule that denies an interface, kinds of interfaces, or all others."""
    return RouteRule(RouteRuleAction.DENY_INTERFACE, interface, kinds)


def allow(interface: str | None = None, *, kinds: int = 0) -> RouteRule:
    """A route rule that allows an interface, kinds of interfaces, or all others."""
    return RouteRule(RouteRuleAction.ALLOW_INTERFACE, interface, kinds)


def mark_qos(interface: str | None = None, *, kinds: int = 0) -> RouteRule:
    """A route rule that allows quality-of-service marking on an interface or kinds of them."""
    return RouteRule(RouteRuleAction.QOS_MARKING, interface, kinds)


def deny_as(functional_type: int, interface: str | None = None, *, kinds: int = 0) -> RouteRule:
    """A route rule that denies interfaces, and names a type of interfaces as the reason."""
    return RouteRule(
        RouteRuleAction.DENY_INTERFACE_WITH_TYPE, interface, kinds, _word(functional_type)
    )


def deny_bad_link(interface: str | None = None, *, kinds: int = 0) -> RouteRule:
    """A route rule that denies kinds of interfaces while their link is bad.

    For an interface by name, the kernel denies it always.
    """
    return RouteRule(RouteRuleAction.DENY_LQM_ABORT, interface, kinds)


def use_agent(agent: bytes, interface: str | None = None, *, kinds: int = 0) -> RouteRule:
    """USE_NETAGENT: add an agent to results over these interfaces."""
    return RouteRule(RouteRuleAction.USE_NETAGENT, interface, kinds, agent)


def remove_agent(agent: bytes, interface: str | None = None, *, kinds: int = 0) -> RouteRule:
    """REMOVE_NETAGENT: take an agent out of results over these interfaces."""
    return RouteRule(RouteRuleAction.REMOVE_NETAGENT, interface, kinds, agent)


def divert(control_unit: int, interface: str | None = None, *, kinds: int = 0) -> RouteRule:
    """DIVERT_SOCKET: divert traffic over these interfaces, if policies decide nothing."""
    return RouteRule(RouteRuleAction.DIVERT_SOCKET, interface, kinds, _word(control_unit))


def needing_agent(rule: RouteRule, agent: bytes) -> RouteRule:
    """The rule, for all interfaces, but only where policies name an agent."""
    return replace(rule, kinds=int(RouteRuleFlag.NETAGENT), value=rule.value + agent)


def _service(type_: PolicyResult, service: bytes, service_data: int) -> Result:
    return Result(type_, RESULT_SERVICE.pack(service, service_data))


def _c_string(text: str) -> bytes:
    return text.encode() + b"\0"


def _word(number: int) -> bytes:
    return number.to_bytes(4, "little")
