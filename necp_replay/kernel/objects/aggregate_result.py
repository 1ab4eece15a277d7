"""The result of an evaluation: what policies and routes decide together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from necp_replay.abi.aggregate_result import (
    AGENT_USE_FLAG_REMOVE,
    AggregateFields,
    AggregateLayout,
)
from necp_replay.abi.uuid import ZERO_UUID

_Slot = TypeVar("_Slot")


class AggregateResult:
    """``struct necp_aggregate_result``.

    ``routing_result_parameter`` is the union's first four bytes as a number: an interface index, a
    control unit or an id, depending on ``routing_result``.

    ``netagents``, ``netagent_flags`` and ``netagent_use_flags`` are parallel. The layout
    limits the number of agents. A process reads ``netagent_flags``, which are those of the agent in
    some releases, and of its use in others. An all-zero uuid stands for an agent id without a uuid;
    slots after it may be in use.

    ``nat64_prefixes`` are four of ``struct ipv6_prefix``, empty if there is none.
    ``flow_divert_aggregate_unit`` has the control units of all transparent proxies.
    """

    __slots__ = (
        "filter_control_unit",
        "flow_divert_aggregate_unit",
        "mss_recommended",
        "nat64_prefixes",
        "netagent_flags",
        "netagent_use_flags",
        "netagents",
        "policy_id",
        "routed_interface_index",
        "routing_result",
        "routing_result_parameter",
        "service_action",
        "service_data",
        "service_flags",
        "service_uuid",
        "skip_policy_id",
    )

    def __init__(self) -> None:
        self.routing_result = 0
        self.routing_result_parameter = 0
        self.filter_control_unit = 0
        self.flow_divert_aggregate_unit = 0
        self.service_action = 0
        self.service_uuid = ZERO_UUID
        self.service_flags = 0
        self.service_data = 0
        self.routed_interface_index = 0
        self.policy_id = 0
        self.skip_policy_id = 0
        self.netagents: tuple[bytes, ...] = ()
        self.netagent_flags: tuple[int, ...] = ()
        self.netagent_use_flags: tuple[int, ...] = ()
        self.nat64_prefixes = b""
        self.mss_recommended = 0

    def copy(self) -> AggregateResult:
        """Another one with the same content."""
        same = AggregateResult.__new__(AggregateResult)
        same.routing_result = self.routing_result
        same.routing_result_parameter = self.routing_result_parameter
        same.filter_control_unit = self.filter_control_unit
        same.flow_divert_aggregate_unit = self.flow_divert_aggregate_unit
        same.service_action = self.service_action
        same.service_uuid = self.service_uuid
        same.service_flags = self.service_flags
        same.service_data = self.service_data
        same.routed_interface_index = self.routed_interface_index
        same.policy_id = self.policy_id
        same.skip_policy_id = self.skip_policy_id
        same.netagents = self.netagents
        same.netagent_flags = self.netagent_flags
        same.netagent_use_flags = self.netagent_use_flags
        same.nat64_prefixes = self.nat64_prefixes
        same.mss_recommended = self.mss_recommended
        return same

    def append_agent(self, agent: bytes, flags: int, use_flags: int) -> None:
        """Add an agent in the next slot."""
        self.netagents += (agent,)
        self.netagent_flags += (flags,)
        self.netagent_use_flags += (use_flags,)

    def put_agent(self, place: int, agent: bytes, use_flags: int) -> None:
        """Put an agent into a slot that is in use, with flags that are those of its use."""
        self.netagents = _with(self.netagents, place, agent)
        self.netagent_flags = _with(self.netagent_flags, place, use_flags)
        self.netagent_use_flags = _with(self.netagent_use_flags, place, use_flags)

    def used_agents(self) -> Sequence[bytes]:
        """The agents up to the first without a uuid, without those that policies take away."""
        if not any(self.netagent_use_flags) and ZERO_UUID not in self.netagents:
            return self.netagents
        return [agent for agent, flags in self._listed_agents() if not flags & _REMOVE]

    def removed_agents(self) -> frozenset[bytes]:
        """The agents that policies take away."""
        if not any(self.netagent_use_flags):
            return _NO_AGENTS
        return frozenset(agent for agent, flags in self._listed_agents() if flags & _REMOVE)

    def _listed_agents(self) -> Iterator[tuple[bytes, int]]:
        for agent, flags in zip(self.netagents, self.netagent_use_flags, strict=True):
            if agent == ZERO_UUID:
                break
            yield agent, flags

    def pack(self, layout: AggregateLayout) -> bytes:
        """The structure as a process reads it."""
        return layout.pack(
            AggregateFields(
                self.routing_result,
                self.routing_result_parameter,
                self.filter_control_unit,
                self.flow_divert_aggregate_unit,
                self.service_action,
                self.service_uuid,
                self.service_flags,
                self.service_data,
                self.routed_interface_index,
                self.policy_id,
                self.skip_policy_id,
                b"".join(self.netagents),
                self.netagent_flags,
                self.nat64_prefixes,
                self.mss_recommended,
            )
        )


def _with(slots: tuple[_Slot, ...], place: int, content: _Slot) -> tuple[_Slot, ...]:
    return (*slots[:place], content, *slots[place + 1 :])


_NO_AGENTS: Final[frozenset[bytes]] = frozenset()
_REMOVE: Final = AGENT_USE_FLAG_REMOVE
