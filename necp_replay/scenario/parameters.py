"""Client parameters as TLVs, built from keyword arguments named as the kernel names them."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from necp_replay.abi.client import ClientParameter, ClientParameterFlag
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario.addresses import sockaddr

AgentType = tuple[str, str]
"""Domain and type of a network agent."""


def client_parameters(
    *,
    remote: str | None = None,
    local: str | None = None,
    remote_endpoint: str | None = None,
    local_endpoint: str | None = None,
    ip_protocol: int | None = 6,
    application: bytes | None = None,
    real_application: bytes | None = None,
    domain: str | bytes | None = None,
    account: str | bytes | None = None,
    pid: int | None = None,
    uid: int | None = None,
    bound_interface: str | None = None,
    traffic_class: int | None = None,
    prohibit_interface: Sequence[str] = (),
    prohibit_if_type: Sequence[int] = (),
    prohibit_agent: Sequence[bytes] = (),
    prohibit_agent_type: Sequence[AgentType] = (),
    require_if_type: Sequence[int] = (),
    require_agent: Sequence[bytes] = (),
    require_agent_type: Sequence[AgentType] = (),
    prefer_agent: Sequence[bytes] = (),
    prefer_agent_type: Sequence[AgentType] = (),
    flags: int = 0,
    multipath: bool = False,
    listener: bool = False,
    extra: bytes = b"",
) -> bytes:
    """The TLVs of a client; None leaves a parameter out, ``extra`` bytes follow as they are."""
    p = ClientParameter
    tlvs = [
        (p.IP_PROTOCOL, None if ip_protocol is None else struct.pack("<H", ip_protocol)),
        (p.LOCAL_ADDRESS, None if local is None else b"\0" + sockaddr(local)),
        (p.REMOTE_ADDRESS, None if remote is None else b"\0" + sockaddr(remote)),
        (p.LOCAL_ENDPOINT, None if local_endpoint is None else sockaddr(local_endpoint)),
        (p.REMOTE_ENDPOINT, None if remote_endpoint is None else sockaddr(remote_endpoint)),
        (p.APPLICATION, application),
        (p.REAL_APPLICATION, real_application),
        (p.DOMAIN, _string(domain)),
        (p.ACCOUNT, _string(account)),
        (p.PID, None if pid is None else struct.pack("<i", pid)),
        (p.UID, None if uid is None else struct.pack("<I", uid)),
        (p.BOUND_INTERFACE, _string(bound_interface)),
        (p.TRAFFIC_CLASS, None if traffic_class is None else struct.pack("<I", traffic_class)),
        *((p.PROHIBIT_INTERFACE, _string(name)) for name in prohibit_interface),
        *((p.PROHIBIT_IF_TYPE, bytes([kind])) for kind in prohibit_if_type),
        *((p.PROHIBIT_AGENT, uuid) for uuid in prohibit_agent),
        *((p.PROHIBIT_AGENT_TYPE, _agent_type(kind)) for kind in prohibit_agent_type),
        *((p.REQUIRE_IF_TYPE, bytes([kind])) for kind in require_if_type),
        *((p.REQUIRE_AGENT, uuid) for uuid in require_agent),
        *((p.REQUIRE_AGENT_TYPE, _agent_type(kind)) for kind in require_agent_type),
        *((p.PREFER_AGENT, uuid) for uuid in prefer_agent),
        *((p.PREFER_AGENT_TYPE, _agent_type(kind)) for kind in prefer_agent_type),
    ]
    word = flags
    word |= ClientParameterFlag.MULTIPATH if multipath else 0
    word |= ClientParameterFlag.LISTENER if listener else 0
    if word:
        tlvs.append((p.FLAGS, struct.pack("<I", word)))
    return b"".join(pack_tlv(type_, value) for type_, value in tlvs if value is not None) + extra


def _string(text: str | bytes | None) -> bytes | None:
    """A C string with its NUL; bytes are taken as they are."""
    if text is None or isinstance(text, bytes):
        return text
    return text.encode() + b"\0"


def _agent_type(kind: AgentType) -> bytes:
    domain, type_ = kind
    return domain.encode().ljust(32, b"\0") + type_.encode().ljust(32, b"\0")
