"""Which rules about flows a release has."""

from __future__ import annotations

from necp_replay.kernel.flows.direct import DIRECT_FLOWS
from necp_replay.kernel.flows.flow_rules import FlowRules
from necp_replay.kernel.flows.registered import REGISTERED_FLOWS
from necp_replay.kernel.state import KernelState


def flow_rules(kernel: KernelState) -> FlowRules:
    """The rules of the release: flows are the client's, or those of its registrations."""
    return REGISTERED_FLOWS if kernel.profile.has_flow_registrations else DIRECT_FLOWS
