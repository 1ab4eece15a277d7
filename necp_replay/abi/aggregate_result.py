"""What ``necp_match_policy`` writes to the process: ``struct necp_aggregate_result``."""

from __future__ import annotations

from functools import lru_cache
from struct import Struct
from typing import Any, Final, NamedTuple

from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.dataclass import dataclass


class AggregateFields(NamedTuple):
    """The fields of the structure. Those that a layout does not have are 0 and empty.

    ``netagents`` are uuids one after the other, ``netagent_flags`` the flags of each.
    ``nat64_prefixes`` are four of ``struct ipv6_prefix``.
    """

    routing_result: int
    routing_result_parameter: int
    filter_control_unit: int
    flow_divert_aggregate_unit: int
    service_action: int
    service_uuid: bytes
    service_flags: int
    service_data: int
    routed_interface_index: int
    policy_id: int
    skip_policy_id: int
    netagents: bytes
    netagent_flags: tuple[int, ...]
    nat64_prefixes: bytes
    mss_recommended: int


_FLOW_DIVERT_UNIT: Final = AggregateFields._fields.index("flow_divert_aggregate_unit")
_SKIP_POLICY_ID: Final = AggregateFields._fields.index("skip_policy_id")
_NETAGENT_FLAGS: Final = AggregateFields._fields.index("netagent_flags")
_NAT64_PREFIXES: Final = AggregateFields._fields.index("nat64_prefixes")


@dataclass(frozen=True, slots=True)
class AggregateLayout:
    """The layout of the structure in a release: which of the later fields it has.

    ``max_netagents`` is for how many agents it has room.
    """

    has_flow_divert_unit: bool
    has_nat64: bool
    max_netagents: int = 8
    has_skip_policy_id: bool = False

    def __str__(self) -> str:
        return f"{self.size} bytes"

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return _struct_of(self).size

    def pack(self, fields: AggregateFields) -> bytes:
        """The bytes as a process reads them. Flags of agents that are missing are 0."""
        values: list[Any] = list(fields)
        if not self.has_nat64:
            del values[_NAT64_PREFIXES]
        unused = self.max_netagents - len(fields.netagent_flags)
        values[_NETAGENT_FLAGS : _NETAGENT_FLAGS + 1] = (*fields.netagent_flags, *(0,) * unused)
        if not self.has_skip_policy_id:
            del values[_SKIP_POLICY_ID]
        if not self.has_flow_divert_unit:
            del values[_FLOW_DIVERT_UNIT]
        return _struct_of(self).pack(*values)

    def unpack(self, content: bytes) -> AggregateFields:
        """The fields. Bytes that are missing at the end are zero."""
        whole = content[: self.size].ljust(self.size, b"\0")
        values: list[Any] = list(_struct_of(self).unpack(whole))
        if not self.has_flow_divert_unit:
            values.insert(_FLOW_DIVERT_UNIT, 0)
        if not self.has_skip_policy_id:
            values.insert(_SKIP_POLICY_ID, 0)
        flags_end = _NETAGENT_FLAGS + self.max_netagents
        values[_NETAGENT_FLAGS:flags_end] = [tuple(values[_NETAGENT_FLAGS:flags_end])]
        if not self.has_nat64:
            values.insert(_NAT64_PREFIXES, b"")
        return AggregateFields._make(values)


@lru_cache(maxsize=16)
def _struct_of(layout: AggregateLayout) -> Struct:
    return Struct(
        "<"
        "I"  # routing_result
        "I"  # routing_result_parameter
        "I"  # filter_control_unit
        + ("I" if layout.has_flow_divert_unit else "")  # flow_divert_aggregate_unit
        + "I"  # service_action
        "16s"  # service_uuid
        "I"  # service_flags
        "I"  # service_data
        "I"  # routed_interface_index
        "I"  # policy_id
        + ("I" if layout.has_skip_policy_id else "")  # skip_policy_id
        + f"{layout.max_netagents * UUID_BYTES}s"  # netagents[]
        f"{layout.max_netagents}I"  # netagent_flags[]
        + ("80s" if layout.has_nat64 else "")  # nat64_prefixes[4]
        + "B"  # mss_recommended
        "3x"
    )


AGGREGATE_RESULT: Final = AggregateLayout(has_flow_divert_unit=False, has_nat64=False)
AGGREGATE_RESULT_7195: Final = AggregateLayout(has_flow_divert_unit=True, has_nat64=False)
"""From xnu-7195.50.7.100.1 on."""
AGGREGATE_RESULT_7195_101: Final = AggregateLayout(has_flow_divert_unit=True, has_nat64=True)
"""From xnu-7195.101.1 on."""
AGGREGATE_RESULT_8019: Final = AggregateLayout(
    has_flow_divert_unit=True, has_nat64=True, max_netagents=16
)
"""From xnu-8019.41.5 on."""
AGGREGATE_RESULT_10002_61: Final = AggregateLayout(
    has_flow_divert_unit=True, has_nat64=True, max_netagents=16, has_skip_policy_id=True
)
"""From xnu-10002.61.3 on."""
assert AGGREGATE_RESULT.size == 212
assert AGGREGATE_RESULT_7195.size == 216
assert AGGREGATE_RESULT_7195_101.size == 296
assert AGGREGATE_RESULT_8019.size == 456
assert AGGREGATE_RESULT_10002_61.size == 460

IPV6_PREFIX: Final = Struct("<16sI")
"""``struct ipv6_prefix``: an address, and how many of its bytes are the prefix."""

NAT64_MAX_NUM_PREFIXES: Final = 4
"""How many prefixes of NAT64 an interface has at most."""

MAX_MATCH_POLICY_PARAMETER_BYTES: Final = 1024
"""``NECP_MAX_MATCH_POLICY_PARAMETER_SIZE``."""

SERVICE_FLAGS_REGISTERED: Final = 0x01
"""``NECP_SERVICE_FLAGS_REGISTERED``."""

AGENT_USE_FLAG_SCOPE: Final = 0x01
"""``NECP_AGENT_USE_FLAG_SCOPE``: a policy scopes traffic to the agent."""
AGENT_USE_FLAG_REMOVE: Final = 0x02
"""``NECP_AGENT_USE_FLAG_REMOVE``: a policy takes the agent away, from xnu-8019 on."""

RECOMMENDED_MSS_NONE: Final = 0x01
RECOMMENDED_MSS_LOW: Final = 0x02
RECOMMENDED_MSS_MEDIUM: Final = 0x04
"""``NECP_CLIENT_RESULT_RECOMMENDED_MSS_*``."""
