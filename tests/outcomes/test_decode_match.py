"""Results of ``necp_match_policy`` as fields of the layout that their release has."""

from __future__ import annotations

import pytest

from necp_replay.abi.aggregate_result import AggregateFields, AggregateLayout
from necp_replay.outcomes.decode_match import match_nodes
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.names import match_result_layout
from necp_replay.releases.under_way import UNDER_WAY

AGENT = bytes(range(1, 17))
NAMES = StableNames()
PROFILES = RELEASES | {tag: entry.release.profile for tag, entry in UNDER_WAY.items()}
LAYOUTS = dict.fromkeys(profile.match_result for profile in PROFILES.values())


def fields_of(layout: AggregateLayout) -> AggregateFields:
    """Zeros but for a drop, an interface, a policy, and an agent in the second place."""
    return layout.unpack(b"")._replace(
        routing_result=3,
        routed_interface_index=4,
        policy_id=7,
        netagents=bytes(16) + AGENT + bytes(16 * (layout.max_netagents - 2)),
        netagent_flags=(0, 1),
    )


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_fields_that_are_not_zero_are_shown(layout: AggregateLayout) -> None:
    content = layout.pack(fields_of(layout)).rstrip(b"\0")
    assert match_nodes(content, layout, NAMES) == [
        Node("routing_result", "3 DROP"),
        Node("routed_interface_index", "4"),
        Node("policy_id", "7"),
        Node("netagents[1]", f"{AGENT.hex()} flags 0x00000001"),
    ]


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_every_byte_of_the_structure_is_shown_somehow(layout: AggregateLayout) -> None:
    """A byte of padding cannot be shown as a field, so all bytes are."""
    for place in range(layout.size):
        nodes = match_nodes(bytes(place) + b"\1", layout, NAMES)
        assert nodes is None if place >= layout.size - 3 else nodes


def test_what_follows_the_structure_is_bytes() -> None:
    layout = next(iter(LAYOUTS))
    content = bytes(layout.size) + b"\xaa\0"
    assert match_nodes(content, layout, NAMES) == [Node("beyond the structure", "0xaa00")]


def test_a_release_names_its_layout() -> None:
    assert match_result_layout("macos-10.13.4") == RELEASES["xnu-4570.51.1"].match_result
    later = PROFILES["xnu-11417.121.6"].match_result
    assert match_result_layout("xnu-11417.121.6") == later
    assert match_result_layout("another kernel") is None
