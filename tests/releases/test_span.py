"""From which release to which one a scenario can run."""

from __future__ import annotations

import pytest

from necp_replay.errors import UsageError
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.span import ReleaseSpan, span_of
from necp_replay.scenario import System, runs_on
from necp_replay.scenario.runs_on import span_of_scenario

FIRST, *_ = RELEASES
SINCE, UNTIL = "xnu-4570.51.1", "xnu-4570.71.2"


@pytest.mark.parametrize(
    ("span", "included", "left_out"),
    [
        (ReleaseSpan(), (FIRST, SINCE, UNTIL, "xnu-4903.221.2"), ()),
        (ReleaseSpan(since=SINCE), (SINCE, UNTIL, "xnu-4903.221.2"), (FIRST, "xnu-4570.41.2")),
        (ReleaseSpan(until=UNTIL), (FIRST, SINCE, UNTIL), ("xnu-4903.221.2",)),
        (ReleaseSpan(SINCE, UNTIL), (SINCE, UNTIL), (FIRST, "xnu-4903.221.2")),
        (ReleaseSpan(since="xnu-1"), (FIRST,), ()),
    ],
)
def test_both_limits_belong_to_a_span(
    span: ReleaseSpan, included: tuple[str, ...], left_out: tuple[str, ...]
) -> None:
    assert all(span.includes(tag) for tag in included)
    assert not any(span.includes(tag) for tag in left_out)
    assert span.modelled() == [tag for tag in RELEASES if span.includes(tag)]
    assert span_of(span.properties()) == span


def test_a_release_that_was_not_published_lies_in_every_span() -> None:
    assert ReleaseSpan(since=SINCE).includes("another-release")


def test_a_scenario_names_releases_as_people_do() -> None:
    @runs_on(since="macos-10.13.4", until="4570.71.2")
    def scenario(system: System) -> None:
        """Does nothing."""

    assert span_of_scenario(scenario) == ReleaseSpan(SINCE, UNTIL)
    assert span_of_scenario(print) == ReleaseSpan()


def test_a_release_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match="no release 'macos-9'"):
        runs_on(since="macos-9")
