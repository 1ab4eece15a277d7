"""Facts about network agents and the messages to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class AgentFacts:
    """What happens when an agent is triggered or told something."""

    agent_trigger_logs_notice: Annotated[
        bool,
        Fact(
            title="Log record of a trigger",
            function="netagent_client_message_with_params",
            meanings={
                False: "one record, printed by default only for some errors",
                True: "a notice before it",
            },
            traces=("agent_triggered", "agent_triggered_in_every_state"),
        ),
    ] = False
