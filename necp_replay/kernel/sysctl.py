"""Writing a sysctl of the subsystem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX, as_int32
from necp_replay.events.notifications import SysctlSet
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.description import Description, Support, silent
from necp_replay.kernel.state import KernelState


def set_sysctl(kernel: KernelState, event: SysctlSet) -> Outcome:
    """Write a sysctl, a signed 32-bit number. ENOENT for an unknown name.

    Source: sysctl_handle_necp_level for drop_all_level, xnu-4570.51.1.
    """
    name = event.name.removeprefix(SYSCTL_PREFIX)
    write = _WRITERS.get(name)
    if write is None or not _release_has(kernel, name):
        return Outcome(errno=int(Errno.ENOENT))
    write(kernel, as_int32(event.value))
    return Outcome(errno=0)


def _release_has(kernel: KernelState, name: str) -> bool:
    if name == "drop_unentitled_level":
        return kernel.profile.unentitled_traffic_can_be_dropped
    if name == "drop_management_level":
        return kernel.profile.management_traffic_can_be_dropped
    if name == "pass_interpose":
        return kernel.profile.interpose_clients_pass
    if name == "restrict_multicast":
        return kernel.profile.multicast_is_restricted
    if name == "dedup_policies":
        return kernel.profile.unnecessary_policies_are_kept
    if name in ("client_tracing_level", "client_tracing_pid"):
        return kernel.profile.clients_can_be_traced
    return True


def _set_observer_message_limit(kernel: KernelState, value: int) -> None:
    kernel.clients.observer_message_limit = value


def _set_client_tracing_level(kernel: KernelState, value: int) -> None:
    kernel.clients.tracing_level = value


def _set_client_tracing_pid(kernel: KernelState, value: int) -> None:
    kernel.clients.tracing_pid = value


def _set_drop_all_level(kernel: KernelState, value: int) -> None:
    kernel.policies.set_drop_all_level(value)


def _set_drop_unentitled_level(kernel: KernelState, value: int) -> None:
    kernel.policies.set_drop_unentitled_level(value)


def _set_drop_management_level(kernel: KernelState, value: int) -> None:
    kernel.policies.set_drop_management_level(value)


def _set_pass_interpose(kernel: KernelState, value: int) -> None:
    kernel.policies.pass_interpose = value


def _set_restrict_multicast(kernel: KernelState, value: int) -> None:
    kernel.policies.restrict_multicast = value


def _set_dedup_policies(kernel: KernelState, value: int) -> None:
    # Arrays that are made already stay as they are until policies are applied again.
    kernel.policies.dedup_policies = value


def _set_debug(kernel: KernelState, value: int) -> None:
    # The variable is unsigned, so -1 turns on everything.
    kernel.policies.debug = value & U32_MAX


def _set_pass_loopback(kernel: KernelState, value: int) -> None:
    kernel.policies.pass_loopback = value


def _set_pass_keepalives(kernel: KernelState, value: int) -> None:
    kernel.policies.pass_keepalives = value


def _set_netagent_debug(kernel: KernelState, value: int) -> None:
    kernel.agents.debug = value


def _set_ecn_inbound(kernel: KernelState, value: int) -> None:
    kernel.heuristics.ecn_inbound = value


def _set_ecn_outbound(kernel: KernelState, value: int) -> None:
    kernel.heuristics.ecn_outbound = value


def _set_ecn_timeout(kernel: KernelState, value: int) -> None:
    kernel.heuristics.ecn_timeout = value


def _set_heuristics_disabled(kernel: KernelState, value: int) -> None:
    kernel.heuristics.disabled = value


SYSCTL_PREFIX: Final = "net.necp."
"""A prefix that a name may have."""
_WRITERS: Final[dict[str, Callable[[KernelState, int], None]]] = {
    "drop_all_level": _set_drop_all_level,
    "drop_unentitled_level": _set_drop_unentitled_level,
    "drop_management_level": _set_drop_management_level,
    "debug": _set_debug,
    "pass_loopback": _set_pass_loopback,
    "pass_interpose": _set_pass_interpose,
    "restrict_multicast": _set_restrict_multicast,
    "dedup_policies": _set_dedup_policies,
    "pass_keepalives": _set_pass_keepalives,
    "observer_message_limit": _set_observer_message_limit,
    "client_tracing_level": _set_client_tracing_level,
    "client_tracing_pid": _set_client_tracing_pid,
    "netagent_debug": _set_netagent_debug,
    "tcp_ecn_inbound": _set_ecn_inbound,
    "tcp_ecn_outbound": _set_ecn_outbound,
    "tcp_ecn_timeout": _set_ecn_timeout,
    "disable_tcp_heuristics": _set_heuristics_disabled,
}

WRITABLE_SYSCTLS: Final = tuple(_WRITERS)
"""The names of all sysctls that can be written, without the prefix."""

SYSCTL_SET: Final = Description(
    subject=SysctlSet,
    handler=set_sysctl,
    function="sysctl_handle_necp_level",
    summary="An administrator writes a sysctl.",
    checks=(silent(Errno.ENOENT, "no such sysctl can be written"),),
    other_facts=(
        "unentitled_traffic_can_be_dropped",
        "management_traffic_can_be_dropped",
        "interpose_clients_pass",
        "multicast_is_restricted",
        "unnecessary_policies_are_kept",
        "clients_can_be_traced",
    ),
    support=Support.PARTIAL,
    missing="only sysctls that the subsystem reads; what others change is an input of its own",
)
