"""Socket addresses as text, like ``192.0.2.1:443``."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from necp_replay.abi.sockaddr import AF_INET, AF_INET6, SOCKADDR_IN6_BYTES, SOCKADDR_IN_BYTES

_TEXT: Final = re.compile(r"(?:\[([0-9a-f:.]+)(?:%([1-9][0-9]{0,9}))?\]|([0-9.]+)):([0-9]{1,5})")


def address_text(sockaddr: bytes) -> str:
    """A 28-byte socket address union as ``192.0.2.1:443`` or ``[fe80::1%4]:443``.

    All zeros are ``none``. An address is shown in hex if the text would not hold all of it: one
    with an unusual length or family, flow info, or padding that is not zero.
    """
    if not any(sockaddr):
        return "none"
    if len(sockaddr) >= 2:
        length, family = sockaddr[0], sockaddr[1]
        if family == AF_INET and length == SOCKADDR_IN_BYTES and len(sockaddr) >= length:
            if not any(sockaddr[8:]):
                port = int.from_bytes(sockaddr[2:4], "big")
                return f"{ipaddress.IPv4Address(sockaddr[4:8])}:{port}"
        elif (
            family == AF_INET6
            and length == SOCKADDR_IN6_BYTES
            and len(sockaddr) == length
            and not any(sockaddr[4:8])
        ):
            port = int.from_bytes(sockaddr[2:4], "big")
            scope = int.from_bytes(sockaddr[24:28], "little")
            scope_text = f"%{scope}" if scope else ""
            return f"[{ip_text(sockaddr[8:24])}{scope_text}]:{port}"
    return f"0x{sockaddr.hex()}"


def sockaddr_of_text(text: str) -> bytes | None:
    """The 28-byte union with this :func:`address_text`; None if no address has it."""
    found = _TEXT.fullmatch(text)
    if found is None or int(found[4]) > 0xFFFF or int(found[2] or 0) > 0xFFFFFFFF:
        return None
    port = int(found[4]).to_bytes(2, "big")
    try:
        if found[3] is not None:
            packed = ipaddress.IPv4Address(found[3]).packed
            head = bytes((SOCKADDR_IN_BYTES, AF_INET))
            content = (head + port + packed).ljust(SOCKADDR_IN6_BYTES, b"\0")
        else:
            packed = ipaddress.IPv6Address(found[1]).packed
            head = bytes((SOCKADDR_IN6_BYTES, AF_INET6))
            scope = int(found[2] or 0).to_bytes(4, "little")
            content = head + port + bytes(4) + packed + scope
    except ValueError:
        return None
    return content if address_text(content) == text else None


def ip_text(packed: bytes) -> str:
    """An address of 4 or 16 bytes as text, which is the same on every Python.

    Python 3.13 writes an address of IPv4 in IPv6 as ``::ffff:127.0.0.1``, and earlier ones as
    ``::ffff:7f00:1``. Goldens have the latter. Raises ValueError for another number of bytes.
    """
    if len(packed) == 4:
        return str(ipaddress.IPv4Address(packed))
    address = ipaddress.IPv6Address(packed)
    if address.ipv4_mapped is None:
        return str(address)
    high, low = (int.from_bytes(packed[at : at + 2], "big") for at in (12, 14))
    return f"::ffff:{high:x}:{low:x}"
