"""The interface of a registration's nexus flow, which statistics of the registration name."""

from __future__ import annotations

from necp_replay.abi.integers import U32_MAX
from necp_replay.kernel.objects.client import FlowRegistration


def save_interface_details(registration: FlowRegistration) -> None:
    """Note on which interface the newest nexus flow of a registration is.

    Source: necp_flow_save_current_interface_details, xnu-8019.80.24.
    """
    for flow in registration.flow_list:
        if flow.nexus:
            index = flow.interface_index & U32_MAX
            registration.last_interface_details = flow.interface_flags << 32 | index
            return
