"""A small system for tests of policies, and the bytes of policies."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from necp_replay.abi.policy import (
    PolicyCondition,
    PolicyConditionFlag,
    PolicyResult,
    PolicyTlv,
    RouteRuleAction,
    SessionAction,
)
from necp_replay.abi.tlv import pack_tlv
from necp_replay.engines.recorder import Recorder
from necp_replay.events.outcome import MatchResult
from necp_replay.kernel.machine import Machine
from necp_replay.releases.profile import Profile
from necp_replay.releases.xnu_4570 import XNU_4570_51_1
from necp_replay.scenario.answers import MatchAnswer
from necp_replay.scenario.buffers import BufferLike, room
from necp_replay.scenario.policy_session import SessionHandle
from necp_replay.scenario.process import ProcessHandle
from necp_replay.scenario.system import System

EN0, EN5, PDP_IP0, UTUN0 = 4, 5, 6, 8


@dataclass(frozen=True, slots=True)
class World:
    """Wi-Fi en0 is primary, wired en5 second, pdp_ip0 is cellular, utun0 a tunnel."""

    system: System
    app: ProcessHandle
    daemon: ProcessHandle


def make_world(profile: Profile = XNU_4570_51_1.profile) -> World:
    """``app`` (100) may nothing, ``daemon`` (300) everything; both are uid 501."""
    system = System(Recorder(Machine(profile), lambda step, outcome: None), "policy tests")
    app = system.add_process(100, "app")
    daemon = system.add_process(300, "daemon", privileged=True, entitlements=["com.example.ent"])
    lo0 = system.add_interface("lo0", 1, addrs=["127.0.0.1/8", "::1/128"])
    en0 = system.add_interface(
        "en0", EN0, addrs=["192.0.2.10/24", "2001:db8:4::10/64", "fe80::4/64"]
    )
    en5 = system.add_interface("en5", EN5, functional_type=2, addrs=["198.51.100.5/24"])
    cellular = system.add_interface(
        "pdp_ip0", PDP_IP0, functional_type=5, flags=0x8051, addrs=["203.0.113.6/32"]
    )
    tunnel = system.add_interface(
        "utun0", UTUN0, functional_type=0, flags=0x8051, addrs=["10.9.0.1/32"]
    )
    system.order_interfaces(en0, en5, cellular)
    system.add_route("default", en0, gateway="192.0.2.1")
    system.add_route("default6", en0, gateway="2001:db8:4::1")
    system.add_route("192.0.2.0/24", en0)
    system.add_route("fe80::/64", en0, scoped=True)
    system.add_route("default", en5, gateway="198.51.100.1", scoped=True)
    system.add_route("default", cellular, gateway="203.0.113.1", scoped=True)
    system.add_route("127.0.0.1/32", lo0)
    system.add_route("10.0.0.0/8", tunnel)
    return World(system, app, daemon)


def condition(type_: PolicyCondition, value: bytes = b"", *, negative: bool = False) -> bytes:
    """A condition of a policy."""
    flags = int(PolicyConditionFlag.NEGATIVE) if negative else 0
    return pack_tlv(PolicyTlv.POLICY_CONDITION, bytes((type_, flags)) + value)


def route_rule(action: RouteRuleAction, interface: str = "", *, flags: int = 0) -> bytes:
    """A route rule of a policy; without an interface it is about kinds of them."""
    name = interface.encode() + b"\0" if interface else b""
    return pack_tlv(PolicyTlv.ROUTE_RULE, bytes((action, flags)) + name)


def policy(order: int, result: PolicyResult, parameter: bytes = b"", *parts: bytes) -> bytes:
    """A policy; without ``parts`` its condition is the default one."""
    tlvs = parts or (condition(PolicyCondition.DEFAULT),)
    return b"".join(
        (
            pack_tlv(PolicyTlv.POLICY_ORDER, struct.pack("<I", order)),
            *tlvs,
            pack_tlv(PolicyTlv.POLICY_RESULT, bytes((result,)) + parameter),
        )
    )


def word(number: int) -> bytes:
    """A parameter of four bytes."""
    return struct.pack("<I", number)


def apply_policies(world: World, *policies: bytes) -> SessionHandle:
    """Open a session, add policies to it and apply them."""
    session = world.daemon.necp_session_open()
    for content in policies:
        answer = session.action(SessionAction.POLICY_ADD, content, room(4))
        assert answer.errno == 0
    assert session.action(SessionAction.POLICY_APPLY_ALL).errno == 0
    return session


class Matched:
    """What ``necp_match_policy`` wrote."""

    def __init__(self, answer: MatchAnswer, content: bytes) -> None:
        layout = answer.layout
        self.effects = answer.effects
        fields = layout.unpack(content)
        self.routing_result = fields.routing_result
        self.routing_result_parameter = fields.routing_result_parameter
        self.filter_control_unit = fields.filter_control_unit
        self.flow_divert_aggregate_unit = fields.flow_divert_aggregate_unit
        self.service_action = fields.service_action
        self.service_uuid = fields.service_uuid
        self.service_flags = fields.service_flags
        self.service_data = fields.service_data
        self.routed_interface_index = fields.routed_interface_index
        self.policy_id = fields.policy_id
        agents = fields.netagents
        self.netagents = [agents[start : start + 16] for start in range(0, len(agents), 16)]
        self.netagent_flags = list(fields.netagent_flags)
        self.mss_recommended = fields.mss_recommended


def match_policy(process: ProcessHandle, parameters: BufferLike) -> Matched:
    """Call ``necp_match_policy``, which succeeds, and decode its result."""
    answer = process.match_policy(parameters)
    assert answer.errno == 0
    assert isinstance(answer.answer, MatchResult)
    assert isinstance(answer.answer.result, bytes)
    return Matched(answer, answer.answer.result)
