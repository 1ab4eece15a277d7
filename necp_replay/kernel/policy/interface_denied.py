"""The kernel events that say that policies denied a process an interface or a network."""

from __future__ import annotations

from struct import Struct
from typing import Final

from necp_replay.events.effects import NetworkPolicyEvent
from necp_replay.kernel.policy.delegation import Identity, acted_for
from necp_replay.kernel.policy.responsible import responsible_for
from necp_replay.kernel.state import KernelState

KEV_NETPOLICY_IFDENIED: Final = 1
"""The event's code (bsd/net/net_kev.h)."""

INTERFACE_DENIED: Final = Struct(
    "<"
    "Q"  # ev_data.eupid @0
    "i"  # ev_data.epid @8
    "16s"  # ev_data.euuid @12
    "4x"
    "I"  # ev_if_functional_type @32
    "4x"
)
"""``struct kev_netpolicy_ifdenied``."""
assert INTERFACE_DENIED.size == 40

INTERFACE_DENIED_6153: Final = Struct(
    "<"
    "Q"  # ev_data.eupid @0
    "i"  # ev_data.epid @8
    "4x"
    "16s"  # ev_data.euuid @16
    "I"  # ev_if_functional_type @32
    "4x"
)
"""The same from xnu-6153 on."""
assert INTERFACE_DENIED_6153.size == 40


def post_interface_denied(kernel: KernelState, identity: Identity, functional_type: int) -> None:
    """Post the event, with the effective pid and executable. The unique pid is always 0.

    Source: necp_send_application_interface_denied_event, xnu-4570.51.1.
    """
    payload = denied_event(kernel).pack(0, identity.pid, identity.application, functional_type)
    kernel.emit(NetworkPolicyEvent(KEV_NETPOLICY_IFDENIED, payload))


def denied_event(kernel: KernelState) -> Struct:
    """The layout of ``struct kev_netpolicy_ifdenied`` in the release."""
    if kernel.profile.denied_event_aligns_uuid:
        return INTERFACE_DENIED_6153
    return INTERFACE_DENIED


def post_network_denied(kernel: KernelState, identity: Identity, network_type: int) -> None:
    """Post that a type of network was denied. The unique pid is always 0.

    Source: necp_send_network_denied_event, xnu-7195.50.7.100.1, xnu-11417.121.6.
    """
    _post_network_denied(kernel, identity.pid, identity.application, network_type)


def post_local_network_denied(kernel: KernelState, identity: Identity) -> None:
    """Post that the local network was denied, in later releases to the responsible process.

    Source: necp_application_find_policy_match_internal, xnu-11215.1.10.
    """
    responsible = responsible_for(kernel, identity)
    if responsible is None or not kernel.profile.denials_name_responsible_process:
        post_network_denied(kernel, identity, NETWORK_LOCAL)
        return
    pid = acted_for(kernel, identity).responsible_pid
    _post_network_denied(kernel, pid, responsible.application, NETWORK_LOCAL)


def _post_network_denied(
    kernel: KernelState, pid: int, application: bytes, network_type: int
) -> None:
    payload = INTERFACE_DENIED_6153.pack(0, pid, application, network_type)
    kernel.emit(NetworkPolicyEvent(KEV_NETPOLICY_NETDENIED, payload))


KEV_NETPOLICY_NETDENIED: Final = 3
NETWORK_LOCAL: Final = 1
NETWORK_ULTRA_CONSTRAINED: Final = 2
"""``NETPOLICY_NETWORKTYPE_*``. ``struct kev_netpolicy_netdenied`` has the layout of the other
event, with a type of network in place of that of an interface."""
