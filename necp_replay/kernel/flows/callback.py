"""Calls the owner of a flow back: the socket or multipath block that registered for it."""

from __future__ import annotations

from necp_replay.events.effects import MultipathCallback, SocketCallback
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.state import KernelState


def call_back(kernel: KernelState, flow: Flow, action: int) -> None:
    """Call the flow's callback, if it has one. ``action`` is ``NECP_CLIENT_CBACTION_*``."""
    if flow.handle is None or not flow.has_cb:
        return
    effect = SocketCallback if flow.socket else MultipathCallback
    kernel.emit(
        effect(
            flow.handle.name,
            action,
            flow.interface_index,
            flow.viable,
            flow.invalid and kernel.profile.callbacks_pass_invalid,
            flow.necp_flow_flags,
        )
    )
