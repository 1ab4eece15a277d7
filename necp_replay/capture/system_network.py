"""Reads the interfaces and routes of this system, on macOS and Linux, without privileges.

The routes of macOS come from sysctl. This was never run there; ``parse_route_dump`` is tested with
bytes that were made by hand after net/route.h.
"""

from __future__ import annotations

import ctypes
import ipaddress
import socket
import struct
from collections.abc import Iterator
from dataclasses import field
from typing import Final

from necp_replay.abi.address_text import ip_text
from necp_replay.abi.sockaddr import AF_INET, AF_INET6
from necp_replay.capture.system_release import IS_DARWIN
from necp_replay.dataclass import dataclass
from necp_replay.events.interfaces import InterfaceAddress
from necp_replay.events.routes import RouteAdd

_FAMILIES: Final = {int(socket.AF_INET): AF_INET, int(socket.AF_INET6): AF_INET6}
_LINUX_ROUTES: Final = "/proc/net/route"
_MOST_ROUTES: Final = 4096
_MOST_ADDRESSES: Final = 65536
_CTL_NET, _PF_ROUTE, _NET_RT_DUMP = 4, 17, 1
_MESSAGE: Final = struct.Struct("<HBBHxxiiiiii I")
"""``struct rt_msghdr`` up to rtm_inits: length, version, type, index, flags, addresses, others."""
_MESSAGE_BYTES: Final = 92
_RTF_UP, _RTF_GATEWAY, _RTF_IFSCOPE = 0x1, 0x2, 0x1000000
_RTA_DST, _RTA_GATEWAY, _RTA_NETMASK = 0x1, 0x2, 0x4


@dataclass(slots=True)
class SystemInterface:
    """An interface as a process sees it."""

    index: int
    name: str
    flags: int = 0
    addresses: tuple[InterfaceAddress, ...] = field(default=())


class _SocketAddress(ctypes.Structure):
    _fields_ = (("content", ctypes.c_ubyte * 28),)


class _IfAddrs(ctypes.Structure):
    """``struct ifaddrs``: the same fields on macOS and Linux."""


_IfAddrs._fields_ = (
    ("next", ctypes.POINTER(_IfAddrs)),
    ("name", ctypes.c_char_p),
    ("flags", ctypes.c_uint),
    ("address", ctypes.POINTER(_SocketAddress)),
    ("netmask", ctypes.POINTER(_SocketAddress)),
    ("destination", ctypes.c_void_p),
    ("data", ctypes.c_void_p),
)


def read_interfaces() -> tuple[tuple[SystemInterface, ...], str]:
    """The interfaces by index, and why there are none."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        getifaddrs, freeifaddrs = library.getifaddrs, library.freeifaddrs
        found = {name: SystemInterface(index, name) for index, name in socket.if_nameindex()}
    except (OSError, AttributeError) as error:
        return (), f"interfaces cannot be read: {error}"
    head = ctypes.POINTER(_IfAddrs)()
    if getifaddrs(ctypes.byref(head)) != 0:
        return (), "interfaces cannot be read: getifaddrs fails"
    try:
        entry, seen = head, 0
        while entry and seen < _MOST_ADDRESSES:
            seen += 1
            interface = found.get((entry.contents.name or b"").decode("utf-8", "replace"))
            if interface is not None:
                _add_entry(interface, entry.contents)
            entry = entry.contents.next
    finally:
        freeifaddrs(head)
    return tuple(sorted(found.values(), key=lambda each: each.index)), ""


def _add_entry(interface: SystemInterface, entry: _IfAddrs) -> None:
    interface.flags = entry.flags & 0xFFFF
    if not entry.address:
        return
    address = _address_in(bytes(entry.address.contents.content))
    if address is None:
        return
    mask = _address_in(bytes(entry.netmask.contents.content)) if entry.netmask else None
    prefix = None if mask is None else int(mask).bit_count()
    interface.addresses += (InterfaceAddress(str(address), prefix),)


def _address_in(content: bytes) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    family = content[1] if IS_DARWIN else struct.unpack_from("<H", content)[0]
    match _FAMILIES.get(family):
        case 2:
            return ipaddress.IPv4Address(content[4:8])
        case 30:
            return ipaddress.IPv6Address(content[8:24])
        case _:
            return None


def read_routes() -> tuple[tuple[RouteAdd, ...], str]:
    """The routes of the main table, and why there are none."""
    try:
        if IS_DARWIN:
            return tuple(parse_route_dump(_read_route_dump())), ""
        with open(_LINUX_ROUTES, encoding="ascii") as file:
            indices = {name: index for index, name in socket.if_nameindex()}
            return tuple(parse_linux_routes(file.read(), indices)), ""
    except (OSError, ValueError, AttributeError) as error:
        return (), f"routes cannot be read: {error}"


def parse_linux_routes(text: str, indices: dict[str, int]) -> Iterator[RouteAdd]:
    """The routes in the text of ``/proc/net/route``. Raises ValueError."""
    for number, line in enumerate(text.splitlines()[1 : _MOST_ROUTES + 1]):
        name, destination, gateway, flags, *_, mask = line.split()[:8]
        is_gateway = int(flags, 16) & _RTF_GATEWAY
        yield RouteAdd(
            f"route{number + 1}",
            _linux_address(destination),
            prefix=int(mask, 16).bit_count(),
            ifindex=indices.get(name, 0),
            gateway=_linux_address(gateway) if is_gateway else None,
        )


def _linux_address(text: str) -> str:
    return str(ipaddress.IPv4Address(int(text, 16).to_bytes(4, "little")))


def _read_route_dump() -> bytes:
    """The messages of sysctl(CTL_NET, PF_ROUTE, 0, 0, NET_RT_DUMP, 0). Raises OSError."""
    library = ctypes.CDLL(None, use_errno=True)
    names = (ctypes.c_int * 6)(_CTL_NET, _PF_ROUTE, 0, 0, _NET_RT_DUMP, 0)
    size = ctypes.c_size_t(0)
    if library.sysctl(names, 6, None, ctypes.byref(size), None, 0) != 0:
        raise OSError(ctypes.get_errno(), "sysctl fails")
    # There may be more of them in a moment.
    size.value += size.value // 4 + 4096
    buffer = ctypes.create_string_buffer(size.value)
    if library.sysctl(names, 6, buffer, ctypes.byref(size), None, 0) != 0:
        raise OSError(ctypes.get_errno(), "sysctl fails")
    return buffer.raw[: size.value]


def parse_route_dump(content: bytes) -> Iterator[RouteAdd]:
    """The routes that are up in the messages of a route dump of XNU."""
    place, number = 0, 0
    while place + _MESSAGE_BYTES <= len(content) and number < _MOST_ROUTES:
        length, _, _, index, flags, present, *_ = _MESSAGE.unpack_from(content, place)
        if length < _MESSAGE_BYTES or place + length > len(content):
            return
        addresses = _addresses_of(content[place + _MESSAGE_BYTES : place + length], present)
        destination = addresses.get(_RTA_DST, b"")
        route = _route_of(destination, addresses, flags, index)
        if route is not None and flags & _RTF_UP:
            number += 1
            route.id = f"route{number}"
            yield route
        place += length


def _addresses_of(content: bytes, present: int) -> dict[int, bytes]:
    """The socket addresses after a message, each padded to 4 bytes."""
    addresses = {}
    for bit in range(8):
        if not present & 1 << bit or not content:
            continue
        length = content[0]
        addresses[1 << bit] = content[:length]
        content = content[max(4, (length + 3) // 4 * 4) :]
    return addresses


def _route_of(
    destination: bytes, addresses: dict[int, bytes], flags: int, index: int
) -> RouteAdd | None:
    family = destination[1] if len(destination) > 1 else 0
    if family not in (AF_INET, AF_INET6):
        return None
    offset, size = (4, 4) if family == AF_INET else (8, 16)
    mask = addresses.get(_RTA_NETMASK)
    bits = size * 8 if mask is None else int.from_bytes(mask[offset : offset + size]).bit_count()
    gateway = addresses.get(_RTA_GATEWAY, b"")
    is_address = flags & _RTF_GATEWAY and len(gateway) > 1 and gateway[1] == family
    return RouteAdd(
        "",
        _text_of(destination[offset : offset + size], size),
        prefix=bits,
        ifindex=index,
        gateway=_text_of(gateway[offset : offset + size], size) if is_address else None,
        scoped=bool(flags & _RTF_IFSCOPE),
    )


def _text_of(raw: bytes, size: int) -> str:
    return ip_text(raw.ljust(size, b"\0"))
