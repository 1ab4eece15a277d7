"""Random values for the arguments of inputs: addresses, client parameters, nexus results."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import (
    DEMUX_PATTERN_BYTES,
    ClientParameter,
    ClientResult,
    LaterParameterFlag,
)
from necp_replay.abi.client_structs import APPLICATION_ID
from necp_replay.abi.tlv import pack_tlv
from necp_replay.generate.generator import Generator
from necp_replay.generate.modelled_kinds import CLIENT_PARAMETER_FLAGS, CLIENT_PARAMETERS
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.parameters import client_parameters

AGENTS: Final = tuple(bytes([0xA0 + i]) * 16 for i in range(6))
AGENT_NAMES: Final = ("wifi", "vpn", "proxy", "kernel", "deaf", "user")
"""The names of the agents' sessions; ``kernel`` has an event handler in the kernel, ``deaf`` is a
kernel agent without one."""
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
    "224.0.0.251:5353",
    "[ff02::fb]:5353",
)
LOCALS: Final = ("192.0.2.10", "198.51.100.5", "203.0.113.6", "2001:db8:4::10", "0.0.0.0:4000")
DOMAINS: Final = ("www.example.com", "example.org", "a.b.example.com.", "*.example.net", "")
URLS: Final = ("https://www.example.com/shop", "https://www.example.com/shop/cart", "")
INTERFACE_NAMES: Final = ("en0", "en5", "pdp_ip0", "utun0", "nosuch0")
WORDS: Final = (0, 1, 2, 3, 4, 7, 100, 200, 501, 0x7FFFFFFF, 0xFFFFFFFF)


def address(generator: Generator) -> bytes:
    """A socket address."""
    return sockaddr(generator.pick(REMOTES))


def word(generator: Generator) -> bytes:
    """Four bytes."""
    return generator.pick(WORDS).to_bytes(4, "little")


def parameters(generator: Generator) -> bytes:
    """The TLVs of a client's parameters: a remote address, a few others, sometimes garbage."""
    remote = generator.pick(REMOTES)
    content = client_parameters(
        remote=remote if not generator.chance(5) else None,
        local=generator.pick(LOCALS) if generator.chance(6) else None,
        remote_endpoint=remote if generator.chance(3) else None,
        ip_protocol=generator.pick((6, 6, 17, None)),
        flags=flag_word(generator) if generator.chance(2) else _tracker(generator),
    )
    for _ in range(generator.number(4)):
        content += one_parameter(generator)
    if generator.chance(12):
        content += bytes((generator.number(256), generator.number(64), 0, 0))
    return content[:1024]


def flag_word(generator: Generator) -> int:
    """One flag for a client's parameters."""
    return int(generator.steer("flags", (*CLIENT_PARAMETER_FLAGS, *LaterParameterFlag)))


def _tracker(generator: Generator) -> int:
    return int(LaterParameterFlag.KNOWN_TRACKER) if generator.chance(9) else 0


def one_parameter(generator: Generator) -> bytes:
    """A client parameter of any type, with a value of the kind that the type has."""
    kind = generator.steer("parameter", CLIENT_PARAMETERS)
    return pack_tlv(kind, _PARAMETER_VALUES.get(kind, word)(generator))


def _domain(generator: Generator) -> bytes:
    return generator.pick(DOMAINS).encode() + b"\0"


def _interface(generator: Generator) -> bytes:
    return generator.pick(INTERFACE_NAMES).encode() + b"\0"


def _interface_type(generator: Generator) -> bytes:
    return bytes((generator.number(7),))


def _agent(generator: Generator) -> bytes:
    return generator.pick(AGENTS)


def agent_kind(generator: Generator) -> bytes:
    """A domain and a type of agents, 32 bytes each; the type may be empty."""
    domain, kind = generator.pick(AGENT_KINDS)
    if generator.chance(4):
        kind = ""
    return domain.encode().ljust(32, b"\0") + kind.encode().ljust(32, b"\0")


def _program(generator: Generator) -> bytes:
    return bytes([0xE0 + generator.number(4)]) * 16


def _resolver_tag(generator: Generator) -> bytes:
    """A tag that no resolver made; it has the right length."""
    return bytes((generator.number(256),)) * 32


def _url(generator: Generator) -> bytes:
    return generator.pick(URLS).encode() + b"\0"


def _bundle(generator: Generator) -> bytes:
    return generator.pick((b"com.example.app\0", b"com.apple.configd\0"))


def _application_id(generator: Generator) -> bytes:
    return APPLICATION_ID.pack(generator.pick((501, 0)), _program(generator), generator.number(3))


def _upid(generator: Generator) -> bytes:
    return generator.pick((100, 200, 300, 4242)).to_bytes(8, "little")


def _demux_pattern(generator: Generator) -> bytes:
    pattern = bytes((generator.number(4), 0, 2, 0)) + b"\xff\xff".ljust(32, b"\0")
    return generator.pick((pattern.ljust(DEMUX_PATTERN_BYTES, b"\1"), pattern))


def _byte(generator: Generator) -> bytes:
    return bytes((generator.number(4),))


def _port(generator: Generator) -> bytes:
    return generator.pick((80, 443)).to_bytes(2, "big")


def _prefixed_address(generator: Generator) -> bytes:
    return b"\0" + address(generator)


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
    ClientParameter.PROHIBIT_AGENT_TYPE: agent_kind,
    ClientParameter.REQUIRE_IF_TYPE: _interface_type,
    ClientParameter.REQUIRE_AGENT: _agent,
    ClientParameter.REQUIRE_AGENT_TYPE: agent_kind,
    ClientParameter.PREFER_AGENT: _agent,
    ClientParameter.PREFER_AGENT_TYPE: agent_kind,
    ClientParameter.AVOID_AGENT: _agent,
    ClientParameter.AVOID_AGENT_TYPE: agent_kind,
    ClientParameter.LOCAL_ENDPOINT: address,
    ClientParameter.REMOTE_ENDPOINT: address,
    ClientParameter.PARENT_ID: _program,
    ClientParameter.RESOLVER_TAG: _resolver_tag,
    ClientParameter.SCHEME_PORT: _port,
    ClientParameter.URL: _url,
    ClientParameter.ATTRIBUTED_BUNDLE_IDENTIFIER: _bundle,
    ClientParameter.APPLICATION_ID: _application_id,
    ClientParameter.DELEGATED_UPID: _upid,
    ClientParameter.FLOW_DEMUX_PATTERN: _demux_pattern,
    ClientParameter.LOCAL_ADDRESS_PREFERENCE: _byte,
    ClientParameter.TRANSPORT_PROTOCOL: _byte,
}


def nexus_results(generator: Generator) -> bytes:
    """The TLVs that an agent assigns to a client: endpoints and fields of a nexus."""
    content = b""
    for _ in range(1 + generator.number(3)):
        kind = generator.steer("assigned", _ASSIGNED)
        value = address(generator) if kind >= ClientResult.LOCAL_ENDPOINT else word(generator) * 4
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
    ClientResult.INTERFACE_OPTION,
    ClientResult.TFO_FLAGS,
)
