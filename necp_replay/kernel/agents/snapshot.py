"""The part of a snapshot that shows the registry of agents."""

from __future__ import annotations

from necp_replay.events.snapshot import AgentSnapshot, NetagentsSnapshot
from necp_replay.kernel.state import KernelState


def netagents_snapshot(kernel: KernelState) -> NetagentsSnapshot:
    """The counters, and every registered agent in the order of the list."""
    registry = kernel.agents
    has_tokens = kernel.profile.agents_have_tokens
    return NetagentsSnapshot(
        netagent_registered_count=registry.registered_count,
        netagent_active_count=registry.active_count,
        next_generation=registry.next_generation,
        agents=tuple(
            AgentSnapshot(
                uuid=agent.uuid,
                flags=agent.flags,
                generation=agent.generation,
                use_count=agent.use_count,
                control_unit=agent.control_unit,
                data_size=agent.data_size,
                pending_triggers=tuple(trigger.client_id for trigger in agent.pending_triggers),
                token_count=agent.token_count if has_tokens else None,
                token_low_water=agent.token_low_water if has_tokens else None,
                last_client_error=agent.last_client_error if has_tokens else None,
                client_error_count=agent.client_error_count if has_tokens else None,
            )
            for agent in registry.agents
        ),
    )
