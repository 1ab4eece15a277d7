"""Releases under way: declared and not yet exact, with how far the model is.

They are no part of the lineage. Traces of them can be recorded where they are asked for by name,
and imported, replayed and explained; `why` answers for them. Everything else refuses them. A
release moves to the lineage when all that was measured of it is identical, and traces show its
facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.release import Release
from necp_replay.releases.xnu_8019 import XNU_8019_80_24
from necp_replay.releases.xnu_8020 import XNU_8020_101_4, XNU_8020_140_41
from necp_replay.releases.xnu_8792 import XNU_8792_41_9, XNU_8792_61_2, XNU_8792_81_2
from necp_replay.releases.xnu_8796 import XNU_8796_101_5, XNU_8796_141_3
from necp_replay.releases.xnu_10002 import XNU_10002_1_13, XNU_10002_41_9, XNU_10002_61_3
from necp_replay.releases.xnu_10063 import XNU_10063_101_15, XNU_10063_121_3, XNU_10063_141_1
from necp_replay.releases.xnu_11215 import XNU_11215_1_10, XNU_11215_61_5, XNU_11215_81_4
from necp_replay.releases.xnu_11417 import XNU_11417_121_6


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A release under way. Of ``measured`` operations in its vectors, ``identical`` are."""

    release: Release
    identical: int
    measured: int


UNDER_WAY: Final[dict[str, UnderWay]] = {
    entry.release.tag: entry
    for entry in (
        UnderWay(XNU_8019_80_24, identical=35_915, measured=37_582),
        UnderWay(XNU_8020_101_4, identical=35_737, measured=37_579),
        UnderWay(XNU_8020_140_41, identical=55_368, measured=58_919),
        UnderWay(XNU_8792_41_9, identical=35_127, measured=37_579),
        UnderWay(XNU_8792_61_2, identical=35_127, measured=37_579),
        UnderWay(XNU_8792_81_2, identical=35_127, measured=37_579),
        UnderWay(XNU_8796_101_5, identical=35_127, measured=37_579),
        UnderWay(XNU_8796_141_3, identical=54_012, measured=58_691),
        UnderWay(XNU_10002_1_13, identical=34_885, measured=37_579),
        UnderWay(XNU_10002_41_9, identical=34_885, measured=37_579),
        UnderWay(XNU_10002_61_3, identical=34_885, measured=37_579),
        UnderWay(XNU_10063_101_15, identical=34_593, measured=37_579),
        UnderWay(XNU_10063_121_3, identical=34_593, measured=37_579),
        UnderWay(XNU_10063_141_1, identical=53_019, measured=58_691),
        UnderWay(XNU_11215_1_10, identical=34_004, measured=37_582),
        UnderWay(XNU_11215_61_5, identical=33_924, measured=37_576),
        UnderWay(XNU_11215_81_4, identical=33_924, measured=37_576),
        UnderWay(XNU_11417_121_6, identical=50_876, measured=58_698),
    )
}
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
