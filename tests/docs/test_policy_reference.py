"""docs/policies.md lists every condition, result and route rule, with an example that works."""

from __future__ import annotations

import inspect
import typing

from necp_replay.scenario import policies
from necp_replay.scenario.policies import Condition, Result, RouteRule
from tests.docs.policy_reference import CONDITIONS, PAGE, RESULTS, ROUTE_RULES, page


def public(kind: type) -> set[str]:
    """The public functions of the module that make something of a kind."""
    return {
        name
        for name, function in vars(policies).items()
        if inspect.isfunction(function)
        and not name.startswith("_")
        and function.__module__ == policies.__name__
        and typing.get_type_hints(function).get("return") is kind
    }


def test_every_function_has_an_example_that_calls_it() -> None:
    for kind, examples in ((Condition, CONDITIONS), (Result, RESULTS), (RouteRule, ROUTE_RULES)):
        assert set(examples) == public(kind)
        assert [name for name, code in examples.items() if f"{name}(" not in code] == []


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make transcripts`"
