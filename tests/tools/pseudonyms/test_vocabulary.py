"""No field of any event that can hold text or bytes is forgotten."""

from __future__ import annotations

import dataclasses
from typing import Any, Final, get_args

import pytest

from necp_replay.events import effects, inputs, interfaces, outcome, snapshot
from necp_replay.events.json_shapes import field_types
from necp_replay.tools.pseudonyms.calls import Argument
from necp_replay.tools.pseudonyms.events import FIELDS, WHOLE

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
    """Whether a type can be, or hold, a string or bytes; events in it are looked at themselves."""
    return hint in _TEXTUAL or any(holds_text(member) for member in get_args(hint))


@pytest.mark.parametrize("event_class", VOCABULARY, ids=lambda each: each.__name__)
def test_every_field_with_text_or_bytes_has_a_row(event_class: type) -> None:
    if event_class in WHOLE:
        return
    hints = field_types(event_class)
    names = {field.name for field in dataclasses.fields(event_class)}
    textual = {name for name in names if holds_text(hints[name])}
    assert textual <= FIELDS.get(event_class, {}).keys()


@pytest.mark.parametrize("event_class", FIELDS, ids=lambda each: each.__name__)
def test_no_row_is_about_what_does_not_exist(event_class: type) -> None:
    assert event_class in {*VOCABULARY} or dataclasses.is_dataclass(event_class)


def test_a_buffer_nobody_knows_is_opaque_before_a_call() -> None:
    assert Argument().before.__name__ == "opaque"
