"""The lineage: every modelled release with its parent, and the steps between two of them."""

from __future__ import annotations

import itertools
from typing import Final

from necp_replay.releases.profile import Profile, differing_facts
from necp_replay.releases.release import Release
from necp_replay.releases.xnu_4570 import RELEASES_4570
from necp_replay.releases.xnu_4903 import RELEASES_4903
from necp_replay.releases.xnu_6153 import RELEASES_6153
from necp_replay.releases.xnu_7195 import RELEASES_7195
from necp_replay.releases.xnu_8019 import RELEASES_8019
from necp_replay.releases.xnu_8020 import RELEASES_8020
from necp_replay.releases.xnu_8792 import RELEASES_8792
from necp_replay.releases.xnu_8796 import RELEASES_8796
from necp_replay.releases.xnu_10002 import RELEASES_10002
from necp_replay.releases.xnu_10063 import RELEASES_10063
from necp_replay.releases.xnu_11215 import RELEASES_11215
from necp_replay.releases.xnu_11417 import RELEASES_11417

LINEAGE: Final[dict[str, Release]] = {
    release.tag: release
    for release in (
        *RELEASES_4570,
        *RELEASES_4903,
        *RELEASES_6153,
        *RELEASES_7195,
        *RELEASES_8019,
        *RELEASES_8020,
        *RELEASES_8792,
        *RELEASES_8796,
        *RELEASES_10002,
        *RELEASES_10063,
        *RELEASES_11215,
        *RELEASES_11417,
    )
}
"""Every modelled release by its tag; a parent comes before its children, so oldest first."""

RELEASES: Final[dict[str, Profile]] = {tag: release.profile for tag, release in LINEAGE.items()}
"""The profile of every modelled release by its tag, oldest first."""

OLDEST: Final = next(iter(LINEAGE))
NEWEST: Final = next(reversed(LINEAGE))


def path(old: str, new: str) -> list[str]:
    """The tags from one release to another, both included, along parents.

    Where neither descends from the other, the path leads over their nearest common ancestor.
    """
    up, down = _ancestry(old), _ancestry(new)
    common = next(tag for tag in up if tag in down)
    return [*up[: up.index(common) + 1], *reversed(down[: down.index(common)])]


def from_oldest(tag: str) -> list[str]:
    """The release and its ancestors, the oldest first; the tag alone if it is not modelled."""
    return _ancestry(tag)[::-1] if tag in LINEAGE else [tag]


def steps(old: str, new: str) -> list[tuple[str, str]]:
    """The path as pairs of neighbours, in its direction."""
    tags = path(old, new)
    return list(itertools.pairwise(tags))


def changed_in(fact: str, old: str, new: str) -> list[str]:
    """On the path between two releases, the releases that changed a fact from their parent."""
    return [
        _child(before, after)
        for before, after in steps(old, new)
        if getattr(RELEASES[before], fact) != getattr(RELEASES[after], fact)
    ]


def changes_of(tag: str) -> int:
    """In how many facts a release differs from its parent; 0 where it has none."""
    parent = LINEAGE[tag].parent
    return 0 if parent is None else len(differing_facts(RELEASES[parent], RELEASES[tag]))


def is_newer(one: str, other: str) -> bool:
    """Whether a modelled release comes after another one in the lineage."""
    tags = list(LINEAGE)
    return tags.index(one) > tags.index(other)


def _ancestry(tag: str) -> list[str]:
    """The release and its ancestors, the nearest first."""
    found = []
    current: str | None = tag
    while current is not None:
        found.append(current)
        current = LINEAGE[current].parent
    return found


def _child(one: str, other: str) -> str:
    return other if LINEAGE[other].parent == one else one
