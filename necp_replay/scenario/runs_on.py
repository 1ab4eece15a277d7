"""The decorator by which a scenario says on which releases it can run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from necp_replay.errors import UsageError
from necp_replay.releases.names import canonical_tag
from necp_replay.releases.published import VERSIONS
from necp_replay.releases.span import ReleaseSpan
from necp_replay.scenario.system import System

_ATTRIBUTE: Final = "__necp_replay_runs_on__"
_Scenario = Callable[[System], object]


def runs_on(
    *, since: str | None = None, until: str | None = None
) -> Callable[[_Scenario], _Scenario]:
    """Say from which release to which one the scenario can run; both may be named as anywhere.

    Without it, a scenario runs on every release. It is for inputs that other releases do not have.
    Raises UsageError for a release that was never published.
    """
    span = ReleaseSpan(_tag(since), _tag(until))

    def mark(run: _Scenario) -> _Scenario:
        setattr(run, _ATTRIBUTE, span)
        return run

    return mark


def span_of_scenario(run: object) -> ReleaseSpan:
    """What the decorator said about a function; no limit without it."""
    span = getattr(run, _ATTRIBUTE, None)
    return span if isinstance(span, ReleaseSpan) else ReleaseSpan()


def _tag(name: str | None) -> str | None:
    if name is None:
        return None
    tag = canonical_tag(name)
    if tag not in VERSIONS:
        raise UsageError(f"there is no release {name!r}")
    return tag
