"""What ``necp_match_policy`` writes to the process: ``struct necp_aggregate_result``."""

from __future__ import annotations

from struct import Struct
from typing import Final

AGGREGATE_RESULT: Final = Struct(
    "<"
    "I"  # routing_result @0
    "I"  # routing_result_parameter @4
    "I"  # filter_control_unit @8
    "I"  # service_action @12
    "16s"  # service_uuid @16
    "I"  # service_flags @32
    "I"  # service_data @36
    "I"  # routed_interface_index @40
    "I"  # policy_id @44
    "128s"  # netagents[8] @48
    "8I"  # netagent_flags[8] @176
    "B"  # mss_recommended @208
    "3x"
)
AGGREGATE_RESULT_BYTES: Final = 212
assert AGGREGATE_RESULT.size == AGGREGATE_RESULT_BYTES

MAX_MATCH_POLICY_PARAMETER_BYTES: Final = 1024
"""``NECP_MAX_MATCH_POLICY_PARAMETER_SIZE``."""

SERVICE_FLAGS_REGISTERED: Final = 0x01
"""``NECP_SERVICE_FLAGS_REGISTERED``."""

AGENT_USE_FLAG_SCOPE: Final = 0x01
"""``NECP_AGENT_USE_FLAG_SCOPE``: a policy scopes traffic to the agent."""

RECOMMENDED_MSS_NONE: Final = 0x01
RECOMMENDED_MSS_LOW: Final = 0x02
RECOMMENDED_MSS_MEDIUM: Final = 0x04
"""``NECP_CLIENT_RESULT_RECOMMENDED_MSS_*``."""
