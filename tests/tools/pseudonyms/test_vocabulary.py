"""Every field of an event that can hold text or bytes has a rule for its pseudonym."""

from __future__ import annotations

import dataclasses
from typing import Any, Final, get_args
from unittest.mock import Mock

from necp_replay.events import effects, inputs, interfaces, outcome, snapshot
from necp_replay.events.json_shapes import field_types
from necp_replay.scenario import policies
from necp_replay.tools.pseudonyms import tlvs
from necp_replay.tools.pseudonyms.calls import Argument
from necp_replay.tools.pseudonyms.events import FIELDS, WHOLE
from tests.complaints import assert_none

_NESTED: Final = (
    interfaces.InterfaceAddress,
    effects.NexusParameters,
    effects.KernelAgentMessage,
    snapshot.ClientSnapshot,
    snapshot.FdSnapshot,
    snapshot.FlowSnapshot,
    snapshot.PoliciesSnapshot,
    snapshot.SessionSnapshot,
    snapshot.PolicySnapshot,
    snapshot.NetagentsSnapshot,
    snapshot.AgentSnapshot,
    snapshot.RouteStatsSnapshot,
)
VOCABULARY: Final[tuple[type, ...]] = (
    *inputs.INPUT_NAMES.values(),
    *effects.EFFECT_NAMES.values(),
    *get_args(outcome.Answer),
    *_NESTED,
)
_TEXTUAL: Final = (str, bytes)


def holds_text(hint: Any) -> bool:
    """Whether a type is or contains a string or bytes. Other events in it do not count."""
    return hint in _TEXTUAL or any(holds_text(member) for member in get_args(hint))


def test_every_field_with_text_or_bytes_has_a_row() -> None:
    assert_none(
        f"{event_class.__name__}.{field.name} has no row in FIELDS"
        for event_class in VOCABULARY
        if event_class not in WHOLE
        for field in dataclasses.fields(event_class)
        if holds_text(field_types(event_class)[field.name])
        and field.name not in FIELDS.get(event_class, {})
    )


def test_every_row_is_about_an_event_or_a_part_of_one() -> None:
    assert_none(
        f"{event_class.__name__} is no event"
        for event_class in FIELDS
        if event_class not in VOCABULARY and not dataclasses.is_dataclass(event_class)
    )


def test_an_unknown_buffer_is_opaque_before_a_call() -> None:
    assert Argument().before.__name__ == "opaque"


def test_an_agent_that_a_route_rule_is_for_is_renamed_as_an_agent() -> None:
    agent, renamed = bytes(range(16)), bytes(16)
    names = Mock(uuid=lambda value: renamed, renames_interfaces=False)
    rule = policies.divert(7)
    for given, expected in (
        (policies.needing_agent(rule, agent), policies.needing_agent(rule, renamed)),
        (policies.remove_agent(agent), policies.remove_agent(renamed)),
    ):
        assert tlvs.policy(names, given.pack()) == expected.pack()
