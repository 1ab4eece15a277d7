"""What a client asks of an agent: its parameters, in two forms."""

from __future__ import annotations

from typing import NamedTuple

from necp_replay.events.effects import NexusParameters


class AgentRequest(NamedTuple):
    """``structure`` is what the handler of a kernel agent gets, None where it is not looked at."""

    parameters: NexusParameters
    structure: bytes | None
