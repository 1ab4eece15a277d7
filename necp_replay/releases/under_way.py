"""Releases under way: declared and not yet exact, with how far the model is.

They are no part of the lineage. Traces of them can be recorded where they are asked for by name,
and imported, replayed and explained; `why` answers for them. Everything else refuses them. A
release moves to the lineage when all that was measured of it is identical, and traces show its
facts.
"""

from __future__ import annotations

from typing import Any, Final

from necp_replay.dataclass import dataclass
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.release import Release


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A release under way. Of ``measured`` operations in its vectors, ``identical`` are."""

    release: Release
    identical: int
    measured: int


UNDER_WAY: Final[dict[str, UnderWay]] = {}
"""Every release under way by its tag, a parent before its children."""


def only_under_way(fact: str) -> frozenset[Any]:
    """What a fact whose values are sets has in releases under way, and in no modelled release."""
    later = (getattr(entry.release.profile, fact) for entry in UNDER_WAY.values())
    modelled = (getattr(profile, fact) for profile in RELEASES.values())
    return frozenset().union(*later) - frozenset().union(*modelled)


def is_only_under_way(fact: str) -> bool:
    """Whether a fact that is false in every modelled release is true in one that is under way."""
    return any(getattr(entry.release.profile, fact) for entry in UNDER_WAY.values()) and not any(
        getattr(profile, fact) for profile in RELEASES.values()
    )
