"""Paths of a snapshot choose what they say, and near ones are found for others."""

from __future__ import annotations

import pytest

from necp_replay.history.paths import Pattern, all_places, chosen_places, near_paths
from necp_replay.outcomes.node import Node

NODES = [
    Node("counters", children=[Node("necp_client_count", "2")]),
    Node(
        "fd",
        "pid=100 fd=3",
        [
            Node("flags", "0x0"),
            Node(
                "client",
                "#1",
                [
                    Node("result", "8 bytes", [Node("NETAGENT", "#7"), Node("NETAGENT", "#8")]),
                    Node("flow", children=[Node("socket", "1")]),
                ],
            ),
            Node("client", "#2", [Node("result", "4 bytes", [Node("FLAGS", "0x1")])]),
        ],
    ),
    Node("policies", children=[Node("session", "1 priority=2", [Node("policy", "5 order=1")])]),
]


def test_each_line_has_a_path() -> None:
    assert [place.text for place in all_places(NODES)] == [
        "counters",
        "counters/necp_client_count",
        "fd/pid=100,fd=3",
        "fd/pid=100,fd=3/flags",
        "fd/pid=100,fd=3/client/#1",
        "fd/pid=100,fd=3/client/#1/result",
        "fd/pid=100,fd=3/client/#1/result/NETAGENT/1",
        "fd/pid=100,fd=3/client/#1/result/NETAGENT/2",
        "fd/pid=100,fd=3/client/#1/flow/1",
        "fd/pid=100,fd=3/client/#1/flow/1/socket",
        "fd/pid=100,fd=3/client/#2",
        "fd/pid=100,fd=3/client/#2/result",
        "fd/pid=100,fd=3/client/#2/result/FLAGS",
        "policies",
        "policies/session/1",
        "policies/session/1/policy/5",
    ]


@pytest.mark.parametrize(
    ("pattern", "chosen"),
    [
        ("client/#1/result", ["client/#1/result"]),
        ("fd/pid=100,fd=3/client/#1/result", ["client/#1/result"]),
        ("client/*/result", ["client/#1/result", "client/#2/result"]),
        ("client", ["client/#1", "client/#2"]),
        ("client/**/FLAGS", ["client/#2/result/FLAGS"]),
        ("client/#1/**", ["client/#1"]),
        ("NETAGENT", ["client/#1/result/NETAGENT/1", "client/#1/result/NETAGENT/2"]),
        ("NETAGENT/2", ["client/#1/result/NETAGENT/2"]),
        ("result/NET*", ["client/#1/result/NETAGENT/1", "client/#1/result/NETAGENT/2"]),
        ("client/#3/result", []),
        ("", []),
    ],
)
def test_a_pattern_chooses_places_and_not_what_is_inside_them(
    pattern: str, chosen: list[str]
) -> None:
    found = [place.text for place in chosen_places(NODES, Pattern(pattern))]
    assert [text.removeprefix("fd/pid=100,fd=3/") for text in found] == chosen


def test_a_client_is_told_from_a_pattern_of_one_alone() -> None:
    assert Pattern("client/#3/result").client == "#3"
    assert Pattern("client/*/result").client is None
    assert Pattern("fd/pid=1,fd=3/client/#3").client is None


def test_near_paths_are_those_that_are_written_alike() -> None:
    known = [place.text for place in all_places(NODES)]
    assert "client/#1/result" in near_paths(Pattern("client/#1/resulT"), known)
    assert near_paths(Pattern("necp_client_coutn"), known)[0] == "necp_client_count"
    assert near_paths(Pattern("xyzzy/plugh"), known)
    assert near_paths(Pattern("anything"), []) == []
