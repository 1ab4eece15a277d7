"""Short texts for kernel objects in explanations; names from traces are escaped for printing."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from necp_replay.abi.address_text import address_text, ip_text
from necp_replay.abi.client import ClientResultFlag
from necp_replay.abi.interface import (
    IFRTYPE_FUNCTIONAL_CELLULAR,
    IFRTYPE_FUNCTIONAL_COMPANIONLINK,
    IFRTYPE_FUNCTIONAL_INTCOPROC,
    IFRTYPE_FUNCTIONAL_LOOPBACK,
    IFRTYPE_FUNCTIONAL_MANAGEMENT,
    IFRTYPE_FUNCTIONAL_UNKNOWN,
    IFRTYPE_FUNCTIONAL_WIFI_AWDL,
    IFRTYPE_FUNCTIONAL_WIFI_INFRA,
    IFRTYPE_FUNCTIONAL_WIRED,
)
from necp_replay.abi.policy import DropFlag, PolicyResult
from necp_replay.abi.route import RouteFlag
from necp_replay.explain.explanation import RouteShown
from necp_replay.kernel.sockaddr import address_of
from necp_replay.outcomes.decode_tlv import POLICY_RESULT_NAMES
from necp_replay.outcomes.safe_text import escape

if TYPE_CHECKING:
    from necp_replay.kernel.objects.interface import Interface
    from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
    from necp_replay.kernel.objects.process import Process
    from necp_replay.kernel.objects.route import Route
    from necp_replay.kernel.state import KernelState

NOTHING: Final = "none"
ANY_INTERFACE: Final = "any interface"


def process_text(process: Process) -> str:
    """A process as ``app (100)``."""
    return f"{escape(process.name)} ({process.pid})"


def pid_text(kernel: KernelState, pid: int) -> str:
    """The process with a pid; ``pid 100`` if it no longer exists."""
    process = kernel.processes.get(pid)
    return f"pid {pid}" if process is None else process_text(process)


def interface_text(interface: Interface) -> str:
    """An interface's name."""
    return escape(interface.name)


def index_text(kernel: KernelState, index: int) -> str:
    """The interface with an index; the index may be 0 for any, or of an unknown interface."""
    if index == 0:
        return ANY_INTERFACE
    interface = kernel.interfaces.by_index.get(index)
    if interface is None and index == kernel.interfaces.loopback.index:
        interface = kernel.interfaces.loopback
    return f"interface {index}, which is not there" if interface is None else escape(interface.name)


def uuid_text(uuid: bytes) -> str:
    """A uuid as 32 hexadecimal digits."""
    return uuid.hex() if any(uuid) else NOTHING


def executable_text(kernel: KernelState, uuid: bytes) -> str:
    """The uuid of an executable, with the first process that runs it: ``mail (100), 8666...``."""
    for process in kernel.processes.values():
        if process.exec_uuid == uuid:
            return f"{process_text(process)}, {uuid_text(uuid)}"
    return uuid_text(uuid)


def agent_text(kernel: KernelState, uuid: bytes) -> str:
    """An agent's domain, type and uuid; only the uuid if no such agent is registered."""
    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        return uuid_text(uuid)
    return f"{bytes_text(agent.domain)}:{bytes_text(agent.type)} {uuid.hex()}"


def agent_type_text(domain: bytes, type_: bytes) -> str:
    """A domain and type of agents; an empty string means any, shown as ``*``."""
    return f"{bytes_text(domain) or '*'}:{bytes_text(type_) or '*'}"


def bytes_text(content: bytes) -> str:
    """The content of a C string."""
    return escape(content.partition(b"\0")[0].decode("utf-8", "backslashreplace"))


def type_text(functional_type: int) -> str:
    """A functional type of interfaces, such as ``Wi-Fi``."""
    return _FUNCTIONAL_TYPES.get(functional_type, f"type {functional_type}")


def remote_text(sockaddr: bytes) -> str:
    """An address of a client or a flow."""
    return address_text(sockaddr)


def listed(items: Iterable[str]) -> str:
    """``a, b``, or ``none``."""
    return ", ".join(items) or NOTHING


def result_text(kernel: KernelState, result: int, parameter: int) -> str:
    """A policy's result with its parameter: ``IP_TUNNEL utun0``."""
    name = POLICY_RESULT_NAMES.get(result, str(result))
    if result in _TO_INTERFACE:
        return f"{name} {index_text(kernel, parameter) if parameter else 'of no interface'}"
    if result in _TO_SERVICE:
        uuid = kernel.policies.uuid_ids.service_uuid_of(parameter)
        return f"{name} {'unknown' if uuid is None else uuid_text(uuid)}"
    if result in _TO_AGENT:
        uuid = kernel.policies.uuid_ids.service_uuid_of(parameter)
        return f"{name} {'unknown' if uuid is None else agent_text(kernel, uuid)}"
    if result == PolicyResult.SKIP:
        where = f"to order {parameter}" if parameter else "the rest of the session"
        return f"{name} {where}"
    if result == PolicyResult.DROP and parameter:
        return f"{name} {_drop_flags(parameter)}"
    return f"{name} {parameter}" if parameter else name


def _drop_flags(word: int) -> str:
    """The flags of a drop by name; numbers for those that have none."""
    return "|".join(
        str(DropFlag(1 << bit).name) if 1 << bit in _DROP_FLAGS else hex(1 << bit)
        for bit in range(32)
        if word >> bit & 1
    )


def policy_text(policy: KernelSocketPolicy) -> str:
    """The name of a policy in texts about others."""
    return f"policy {policy.id}"


def route_shown(route: Route) -> RouteShown:
    """A route as the data of an explanation."""
    is_default = route.prefix == 0
    return RouteShown(
        id=escape(route.id),
        destination="default" if is_default else f"{ip_text(route.destination)}/{route.prefix}",
        interface=interface_text(route.interface),
        gateway=None if route.gateway is None else _gateway_text(route.gateway),
        is_scoped=bool(route.flags & RouteFlag.IFSCOPE),
        flags=tuple(str(flag.name) for flag in RouteFlag if route.flags & flag),
    )


def flag_names(word: int) -> list[str]:
    """The flags in a result's flag word."""
    return [str(flag.name) for flag in ClientResultFlag if word & flag]


def interface_flag_names(kind: type[enum.IntFlag] | None, word: int) -> list[str]:
    """The names of an interface's flags, as the headers have them; numbers without a ``kind``."""
    return [
        hex(1 << bit) if kind is None or kind(1 << bit).name is None else str(kind(1 << bit).name)
        for bit in range(32)
        if word >> bit & 1
    ]


def _gateway_text(sockaddr: bytes) -> str:
    address = address_of(sockaddr)
    if len(address) in (4, 16):
        return ip_text(address)
    return f"0x{sockaddr.hex()}"


_TO_INTERFACE: Final = (PolicyResult.IP_TUNNEL, PolicyResult.SOCKET_SCOPED)
_TO_AGENT: Final = (PolicyResult.USE_NETAGENT, PolicyResult.NETAGENT_SCOPED)
_TO_SERVICE: Final = (
    PolicyResult.TRIGGER,
    PolicyResult.TRIGGER_IF_NEEDED,
    PolicyResult.TRIGGER_SCOPED,
    PolicyResult.NO_TRIGGER_SCOPED,
)
_FUNCTIONAL_TYPES: Final = {
    IFRTYPE_FUNCTIONAL_UNKNOWN: "unknown type",
    IFRTYPE_FUNCTIONAL_LOOPBACK: "loopback",
    IFRTYPE_FUNCTIONAL_WIRED: "wired",
    IFRTYPE_FUNCTIONAL_WIFI_INFRA: "Wi-Fi",
    IFRTYPE_FUNCTIONAL_WIFI_AWDL: "AWDL",
    IFRTYPE_FUNCTIONAL_CELLULAR: "cellular",
    IFRTYPE_FUNCTIONAL_INTCOPROC: "coprocessor",
    IFRTYPE_FUNCTIONAL_COMPANIONLINK: "companion link",
    IFRTYPE_FUNCTIONAL_MANAGEMENT: "management",
}
_DROP_FLAGS: Final = frozenset(int(flag) for flag in DropFlag)
