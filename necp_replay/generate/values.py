"""Values that calls are made from: addresses, parameters, results, agents, buffers."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientParameter, ClientParameterFlag, ClientResult
from necp_replay.abi.tlv import pack_tlv
from necp_replay.generate.world import World
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.parameters import client_parameters

AGENTS: Final = tuple(bytes([0xA0 + i]) * 16 for i in range(6))
AGENT_NAMES: Final = ("wifi", "vpn", "proxy", "kernel", "deaf", "user")
"""Sessions of agents; the fourth and fifth are kernel agents, with and without a handler."""
AGENT_KINDS: Final = (
    ("WiFi", "Assist"),
    ("VPN", "Tunnel"),
    ("Proxy", "Web"),
    ("Kernel", "Nexus"),
    ("Kernel", "Deaf"),
    ("User", "Trigger"),
)
REMOTES: Final = (
    "203.0.113.9:443",
    "198.18.0.7:80",
    "192.0.2.10:443",
    "192.0.2.77:22",
    "127.0.0.1:8080",
    "10.1.2.3:53",
    "[2001:db8:99::1]:443",
    "[fe80::77%4]:5353",
    "[2001:db8:4::10]:0",
    "0.0.0.0",
)
LOCALS: Final = ("192.0.2.10", "198.51.100.5", "203.0.113.6", "2001:db8:4::10", "0.0.0.0:4000")
DOMAINS: Final = ("www.example.com", "example.org", "a.b.example.com.", "*.example.net", "")
INTERFACE_NAMES: Final = ("en0", "en5", "pdp_ip0", "utun0", "nosuch0")
WORDS: Final = (0, 1, 2, 3, 4, 7, 100, 200, 501, 0x7FFFFFFF, 0xFFFFFFFF)


def address(world: World) -> bytes:
    """A socket address."""
    return sockaddr(world.pick(REMOTES))


def word(world: World) -> bytes:
    """Four bytes."""
    return world.pick(WORDS).to_bytes(4, "little")


def parameters(world: World) -> bytes:
    """What a client asks for: where to, and some wishes; now and then nonsense."""
    remote = world.pick(REMOTES)
    content = client_parameters(
        remote=remote if not world.chance(5) else None,
        local=world.pick(LOCALS) if world.chance(6) else None,
        remote_endpoint=remote if world.chance(3) else None,
        ip_protocol=world.pick((6, 6, 17, None)),
        flags=flag_word(world) if world.chance(2) else 0,
    )
    for _ in range(world.number(4)):
        content += one_parameter(world)
    if world.chance(12):
        content += bytes((world.number(256), world.number(64), 0, 0))
    return content[:1024]


def flag_word(world: World) -> int:
    """Flags of a client's parameters."""
    return int(world.steer("flags", tuple(ClientParameterFlag)))


def one_parameter(world: World) -> bytes:
    """A parameter of any type with a value that suits it."""
    kind = world.steer("parameter", tuple(ClientParameter))
    return pack_tlv(kind, _PARAMETER_VALUES.get(kind, word)(world))


def _domain(world: World) -> bytes:
    return world.pick(DOMAINS).encode() + b"\0"


def _interface(world: World) -> bytes:
    return world.pick(INTERFACE_NAMES).encode() + b"\0"


def _interface_type(world: World) -> bytes:
    return bytes((world.number(7),))


def _agent(world: World) -> bytes:
    return world.pick(AGENTS)


def _agent_kind(world: World) -> bytes:
    domain, kind = world.pick(AGENT_KINDS)
    if world.chance(4):
        kind = ""
    return domain.encode().ljust(32, b"\0") + kind.encode().ljust(32, b"\0")


def _program(world: World) -> bytes:
    return bytes([0xE0 + world.number(4)]) * 16


def _prefixed_address(world: World) -> bytes:
    return b"\0" + address(world)


_PARAMETER_VALUES: Final = {
    ClientParameter.APPLICATION: _program,
    ClientParameter.REAL_APPLICATION: _program,
    ClientParameter.DOMAIN: _domain,
    ClientParameter.ACCOUNT: _domain,
    ClientParameter.BOUND_INTERFACE: _interface,
    ClientParameter.LOCAL_ADDRESS: _prefixed_address,
    ClientParameter.REMOTE_ADDRESS: _prefixed_address,
    ClientParameter.PROHIBIT_INTERFACE: _interface,
    ClientParameter.PROHIBIT_IF_TYPE: _interface_type,
    ClientParameter.PROHIBIT_AGENT: _agent,
    ClientParameter.PROHIBIT_AGENT_TYPE: _agent_kind,
    ClientParameter.REQUIRE_IF_TYPE: _interface_type,
    ClientParameter.REQUIRE_AGENT: _agent,
    ClientParameter.REQUIRE_AGENT_TYPE: _agent_kind,
    ClientParameter.PREFER_AGENT: _agent,
    ClientParameter.PREFER_AGENT_TYPE: _agent_kind,
    ClientParameter.LOCAL_ENDPOINT: address,
    ClientParameter.REMOTE_ENDPOINT: address,
}


def nexus_results(world: World) -> bytes:
    """What an agent assigns to a client: endpoints, a nexus, an endpoint that was discovered."""
    content = b""
    for _ in range(1 + world.number(3)):
        kind = world.steer("assigned", _ASSIGNED)
        value = address(world) if kind >= ClientResult.LOCAL_ENDPOINT else word(world) * 4
        content += pack_tlv(kind, value)
    return content


_ASSIGNED: Final = (
    ClientResult.NEXUS_INSTANCE,
    ClientResult.NEXUS_PORT,
    ClientResult.NEXUS_KEY,
    ClientResult.NEXUS_PORT_FLOW_INDEX,
    ClientResult.LOCAL_ENDPOINT,
    ClientResult.REMOTE_ENDPOINT,
    ClientResult.DISCOVERED_ENDPOINT,
    ClientResult.MULTIPATH_INTERFACE,
    ClientResult.TFO_FLAGS,
)
