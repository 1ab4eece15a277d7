"""What titles and the values of fields name."""

from __future__ import annotations

import pytest

from necp_replay.events.inputs import NAMES_OF_INPUTS
from necp_replay.events.json_shapes import field_types
from necp_replay.events.references import FIELDS, IDS, Thing
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.named_in_text import Named, named_in_fields, named_in_title
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import title


@pytest.mark.parametrize(
    ("title", "subjects", "fds"),
    [
        ("necp_client_action REMOVE pid=100 fd=3 client=#1", ["#1"], ["fd 100/3"]),
        ("necp_client_action REMOVE pid=100 fd=3 client=" + "ab" * 16, ["ab" * 16], ["fd 100/3"]),
        ("necp_client_action COPY_RESULT pid=100 fd=3 client=zero", [], ["fd 100/3"]),
        ("necp_client_action COPY_RESULT pid=100 fd=3 client=15:0x0a", [], ["fd 100/3"]),
        ("socket_create name=tcp local=192.0.2.10", ["block tcp"], []),
        ("inpcb_dispose socket=tcp", ["block tcp"], []),
        ("iface_attach index=1 name=en0 agents=[#1,#2]", ["#1", "#2"], []),
        ("netagent_close session=agent", ["session agent"], []),
        ("register_socket_flow pid=100 client_id=#1 socket=tcp", ["#1", "block tcp"], []),
        ("proc_add pid=100 name=#1", [], []),
        ("timer_fire", [], []),
        ("final state", [], []),
    ],
)
def test_a_title_names_what_its_input_does(title: str, subjects: list[str], fds: list[str]) -> None:
    assert named_in_title(title) == Named(subjects, fds)


def test_differing_fields_name_what_stands_on_either_side() -> None:
    fields = [
        FieldDifference(Layer.EFFECTS, "effects", None, "{wake: pid=100 fd=3}"),
        FieldDifference(Layer.EFFECTS, "effects", "{socket_callback: handle=s1}", "#2"),
        FieldDifference(Layer.OUTPUT, "clients > #3", "1", "2"),
    ]
    assert named_in_fields(fields) == Named(["block s1", "#2", "#3"], ["fd 100/3"])


def test_inputs_that_differ_name_what_their_titles_do() -> None:
    field = FieldDifference(Layer.INPUT, "input", "inpcb_dispose socket=a", "mppcb_dispose mp=b")
    assert named_in_fields([field]) == Named(["block a", "block b"], [])


@pytest.mark.parametrize("kind", NAMES_OF_INPUTS, ids=lambda kind: kind.__name__)
def test_everything_that_a_field_names_is_found_in_the_title(kind: type) -> None:
    values: dict[str, object] = {
        name: _SAMPLES[hint] for name, hint in field_types(kind).items() if hint in _SAMPLES
    }
    expected: set[str] = set()
    for field in FIELDS.get(kind, ()):
        if field.thing in IDS:
            value = bytes([len(expected) + 1]) * 16
            is_tuple = "tuple" in str(field_types(kind)[field.name])
            values[field.name] = (value,) if is_tuple else value
            expected.add(value.hex())
        elif field.thing in (Thing.SOCKET, Thing.MULTIPATH):
            values[field.name] = "a block"
            expected.add(r"block a\x20block")
        elif field.thing is Thing.AGENT_SESSION:
            values[field.name] = "a session"
            expected.add(r"session a\x20session")
        elif field.thing is Thing.CONTROL_SESSION:
            values[field.name] = "a session"
            expected.add(r"control session a\x20session")
    assert set(named_in_title(title(kind(**values), StableNames())).subjects) == expected


_SAMPLES: dict[object, object] = {int: 7, str: "text", bytes: b"\xee" * 3}
"""Values for the fields that an input needs, none of which is a name."""
