"""Socket addresses of scenarios: ``192.0.2.1:443``, ``[fe80::1%4]:443``, with or without port."""

from __future__ import annotations

import ipaddress
import struct

from necp_replay.errors import ScenarioError

AF_INET = 2
AF_INET6 = 30
SOCKADDR_BYTES = 28


def sockaddr(text: str) -> bytes:
    """The 28-byte socket address union of an address in text form. Raises ScenarioError."""
    host, port = _split(text)
    address, _, scope = host.partition("%")
    try:
        packed = ipaddress.ip_address(address).packed
        number = 0 if port is None else int(port)
        scope_id = int(scope or 0)
        if not 0 <= number <= 0xFFFF or not 0 <= scope_id <= 0xFFFFFFFF:
            raise ValueError(text)
    except ValueError:
        raise ScenarioError(
            f"{text!r} is not an address",
            hint="Write 192.0.2.1, 192.0.2.1:443, 2001:db8::1 or [fe80::1%4]:443.",
        ) from None
    if len(packed) == 4:
        content = struct.pack(">BBH4s", 16, AF_INET, number, packed)
    else:
        content = struct.pack(">BBHI16s", 28, AF_INET6, number, 0, packed)
        content += struct.pack("<I", scope_id)
    return content.ljust(SOCKADDR_BYTES, b"\0")


def split_port(text: str) -> tuple[str, int | None]:
    """An address in text form without its port, and the port. Raises ScenarioError."""
    host, port = _split(text)
    try:
        return host, None if port is None else int(port)
    except ValueError:
        raise ScenarioError(f"{port!r} is not a port", hint="Write 192.0.2.1:443.") from None


def _split(text: str) -> tuple[str, str | None]:
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, rest.removeprefix(":") or None
    if text.count(":") == 1:
        host, _, port = text.partition(":")
        return host, port
    return text, None
