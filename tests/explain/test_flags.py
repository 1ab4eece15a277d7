"""Why flags of a result are set, in releases after macOS 10.13."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.explain.explained import ExplainedSystem, explain_trace

NEWEST = "xnu-11417.121.6"
INTERNET: Final = (
    Path(__file__).parents[2] / "traces" / "differences" / "route_to_the_internet.necptrace"
)


def test_a_route_to_the_internet_is_the_reason_for_its_flag() -> None:
    explanations = [each for _, each in explain_trace(INTERNET)]
    assert [text for each in explanations for text in each.disagreements] == []
    reasons = {
        flag.name: flag.because
        for each in explanations
        for flag in each.flags
        if flag.is_set is (flag.name == "IS_GLOBAL_INTERNET")
    }
    assert "leads to the Internet (GLOBAL)" in reasons["IS_GLOBAL_INTERNET"]
    assert "leads to the Internet (GLOBAL)" in reasons["IS_DIRECT"]


def test_loopback_traffic_that_passes_has_its_flags_explained() -> None:
    world = ExplainedSystem(NEWEST)
    world.system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    world.system.add_process(100, "app").necp_open().add(remote="127.0.0.1:80")
    explanation = world.explain()
    assert explanation.match is not None and explanation.match.route is None
    assert {flag.name for flag in explanation.flags if flag.is_set} == {
        "IS_LOCAL",
        "IS_DIRECT",
        "SATISFIED",
    }
    assert explanation.disagreements == ()
