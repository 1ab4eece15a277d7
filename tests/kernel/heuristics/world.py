"""A client with a route that reports about its network and copies what a flow should use."""

from __future__ import annotations

from dataclasses import dataclass

from necp_replay.abi.client import (
    ClientAction,
    ClientParameterFlag,
    ClientResult,
    ClientResultFlag,
)
from necp_replay.abi.tcp_cache import CacheType, EcnHeuristics
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.engines.recorder import Recorder
from necp_replay.events import interfaces, notifications
from necp_replay.events.user_buffer import UserBuffer, UserPointer
from necp_replay.kernel.machine import Machine
from necp_replay.releases.profile import Profile
from necp_replay.releases.xnu_4570 import XNU_4570_51_1
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.process import ClientHandle
from necp_replay.scenario.system import System

LOCAL = "192.0.2.10:1000"
REMOTE = "198.51.100.1:443"
MINUTE_NS = 60 * 1_000_000_000
ECN_AND_TFO = int(ClientParameterFlag.ECN_ENABLE | ClientParameterFlag.TFO_ENABLE)


@dataclass(frozen=True, slots=True)
class FlowHeuristics:
    """The part of a copied flow that is about ECN and Fast Open."""

    ecn: bool
    tfo: bool
    cookie: bytes


@dataclass(frozen=True, slots=True)
class HeuristicsSystem:
    """A system with Wi-Fi en0, and a client on it that wants ECN and Fast Open."""

    system: System
    client: ClientHandle

    def add_flow(self, local: str = LOCAL, remote: str = REMOTE) -> None:
        """Add a nexus flow with an assignment, whose heuristics are checked when it is copied."""
        self.system.submit(
            notifications.InjectNexusFlow(
                self.client.client_id,
                check_tcp_heuristics=True,
                assigned=True,
                local=sockaddr(local),
                remote=sockaddr(remote),
            )
        )

    def tell_ecn(self, bits: EcnHeuristics) -> CallAnswer:
        """UPDATE_CACHE about ECN, for the newest flow."""
        return self._update_cache(CacheType.ECN, bytes([bits]))

    def tell_tfo(self, bits: int = 0, cookie: bytes = b"", length: int | None = None) -> CallAnswer:
        """UPDATE_CACHE about Fast Open, for the newest flow."""
        cookie_len = len(cookie) if length is None else length
        return self._update_cache(
            CacheType.TFO, cookie.ljust(16, b"\0") + bytes([cookie_len, bits])
        )

    def verdict(self, local: str = LOCAL, remote: str = REMOTE) -> FlowHeuristics:
        """Add a flow, copy the result, and return what it says about the flow."""
        self.add_flow(local, remote)
        flow = self.client.copy_result().flows[0]
        tlvs = {type_: value for _, type_, value in iterate_tlvs(flow)}
        flags = int.from_bytes(tlvs[ClientResult.FLAGS], "little")
        return FlowHeuristics(
            ecn=bool(flags & ClientResultFlag.ECN_ENABLED),
            tfo=not flags & ClientResultFlag.FAST_OPEN_BLOCKED,
            cookie=tlvs.get(ClientResult.TFO_COOKIE, b""),
        )

    def _update_cache(self, cache_type: CacheType, payload: bytes) -> CallAnswer:
        pointed = UserBuffer(payload.rstrip(b"\0"), len(payload))
        buffer = UserBuffer(
            bytes([cache_type, 1, 0, 0, len(payload)]), 16, pointers=(UserPointer(8, pointed),)
        )
        return self.client.fd.action(ClientAction.UPDATE_CACHE, self.client.client_id, buffer)


def make_world(
    profile: Profile = XNU_4570_51_1.profile,
    *,
    flags: int = ECN_AND_TFO,
    platform_binary: bool = True,
    signature: bytes = b"\xaa" * 20,
    eflags: int = 0,
) -> HeuristicsSystem:
    """A world whose client has one flow."""
    system = System(Recorder(Machine(profile), lambda step, outcome: None), "heuristics tests")
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24", "2001:db8:4::10/64"])
    en0.update(interfaces.IfaceUpdate(4, eflags=eflags or None, ipv4_signature=signature))
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    process = system.add_process(7, platform_binary=platform_binary)
    client = process.necp_open().add(remote=REMOTE, flags=flags)
    world = HeuristicsSystem(system, client)
    world.add_flow()
    return world
