"""Trees of nodes are compared each in its own terms: sets by identity, counters as numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer, layers_of_outcome
from necp_replay.outcomes.node import Node, parse_lines
from necp_replay.outcomes.node_differences import node_differences

OF_STATE = layers_of_outcome("snapshot")

keys = st.sampled_from(("flow", "FLOW", "client", "agent", "wake", "x"))
values = st.sampled_from(("", "#1", "#2", "#1 flags=0x1 use_count=2", "r counters 1 2", "7"))
nodes = st.recursive(
    st.builds(Node, keys, values),
    lambda children: st.builds(Node, keys, values, st.lists(children, max_size=4)),
    max_leaves=12,
)
forests = st.lists(nodes, max_size=6)


def tree(text: str) -> list[Node]:
    lines = [line for line in text.split("\n") if line.strip()]
    indent = len(lines[0]) - len(lines[0].lstrip())
    return parse_lines((number, line[indent:]) for number, line in enumerate(lines))


def found(expected: str, actual: str) -> list[tuple[str, str | None, str | None]]:
    return [
        (difference.path, difference.expected, difference.actual)
        for difference in node_differences(tree(expected), tree(actual), OF_STATE)
    ]


@given(forests, forests)
@settings(deadline=None)
def test_there_is_a_difference_exactly_if_trees_are_not_equal(
    one: list[Node], other: list[Node]
) -> None:
    assert bool(node_differences(one, other, OF_STATE)) is (one != other)


@given(st.permutations([Node("flow", "", [Node("interface_index", str(i))]) for i in range(4)]))
def test_flows_in_another_order_differ_in_nothing_but_that(flows: list[Node]) -> None:
    ordered = sorted(flows, key=lambda flow: flow.children[0].value)
    paths = [difference.path for difference in node_differences(ordered, flows, OF_STATE)]
    assert paths == ([] if ordered == flows else ["flow order"])


FLOWS = """
    client: #1
      defunct: 0
      flow
        viable: 1
        interface_index: 4
        local_addr: 192.0.2.1:1
      flow
        viable: 0
        interface_index: 5
        local_addr: 192.0.2.1:1
"""


def test_a_flow_is_compared_with_itself_where_another_went_away() -> None:
    lines = FLOWS.split("\n")
    without_first = "\n".join([*lines[:3], *lines[7:]]).replace("viable: 0", "viable: 1")
    assert found(FLOWS, without_first) == [
        (
            "client[#1] > flow",
            "{viable: 1; interface_index: 4; local_addr: 192.0.2.1:1}",
            None,
        ),
        ("client[#1] > flow[interface=5] > viable", "0", "1"),
    ]


def test_a_flow_that_changed_is_found_where_flows_are_in_another_order() -> None:
    lines = FLOWS.split("\n")
    swapped = "\n".join([*lines[:3], *lines[7:11], *lines[3:7]])
    swapped = swapped.replace("viable: 0", "viable: 1")
    assert found(FLOWS, swapped) == [("client[#1] > flow[interface=5] > viable", "0", "1")]


def test_a_flow_keeps_its_identity_when_its_address_changes() -> None:
    moved = FLOWS.replace("192.0.2.1:1\n      flow", "192.0.2.9:1\n      flow")
    assert found(FLOWS, moved) == [
        ("client[#1] > flow[interface=4] > local_addr", "192.0.2.1:1", "192.0.2.9:1")
    ]


def test_an_additional_client_is_the_only_difference() -> None:
    more = "client: #0\n  defunct: 1\n" + "\n".join(line[4:] for line in FLOWS.split("\n"))
    assert found(FLOWS, more) == [("client", None, "#0 {defunct: 1}")]


COUNTERS = """
    counters
      necp_client_count: 5
    netagents
      agent: #3 flags=0x1 generation=3 use_count=1
    route_statistics
      route: 0.0.0.0/0@en0 counters 1 2 3
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "count: 5", "count: 7", ("counters > necp_client_count", "5", "7", 2), id="a counter"
        ),
        pytest.param(
            "use_count=1",
            "use_count=0",
            ("netagents > agent[#3] > use_count", "1", "0", -1),
            id="a counter among other fields",
        ),
        pytest.param(
            "0x1", "0x3", ("netagents > agent[#3] > flags", "0x1", "0x3", None), id="flags"
        ),
        pytest.param(
            "1 2 3",
            "1 2 9",
            ("route_statistics > route[0.0.0.0/0@en0] > counters 3", "3", "9", 6),
            id="one of many counters",
        ),
    ],
)
def test_counters_are_compared_as_numbers(
    old: str, new: str, expected: tuple[str, str, str, int | None]
) -> None:
    difference = node_differences(tree(COUNTERS), tree(COUNTERS.replace(old, new)), OF_STATE)
    layer = Layer.INSTALLED if expected[0].startswith("netagents") else Layer.STATISTICS
    assert difference == [FieldDifference(layer, *expected)]


def test_a_missing_effect_is_the_only_difference() -> None:
    effects = "effects\n  wake: fd=3\n  wake: fd=4\n  wake: fd=5\n"
    assert found(effects, effects.replace("  wake: fd=4\n", "")) == [
        ("effects > wake", "fd=4", None)
    ]


@given(*(2 * [st.lists(st.builds(Node, st.sampled_from("abcdefgh"), values), max_size=8)]))
@settings(deadline=None)
def test_short_lists_are_compared_as_long_ones_are(olds: list[Node], news: list[Node]) -> None:
    # The same nodes after both make the lists so long that differences have to be searched.
    behind = [Node(f"behind {number}") for number in range(80)]
    short, long = (node_differences(olds + more, news + more, OF_STATE) for more in ([], behind))
    assert short == long
