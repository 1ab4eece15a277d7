"""Finds a release by the names that people use: a tag, a number, or a system that shipped it."""

from __future__ import annotations

import enum
import re
from typing import Final

from necp_replay.abi.aggregate_result import AggregateLayout
from necp_replay.abi.policy import SessionPriority
from necp_replay.errors import UsageError
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import Profile
from necp_replay.releases.published import PUBLISHED, VERSIONS, Published
from necp_replay.releases.under_way import UNDER_WAY

_SYSTEMS: Final = ("macos", "ios", "darwin")
_NAME: Final = re.compile(
    r"(?:(xnu|macos|ios|darwin|mac os x|os x)[-_ ]*)?(\d+(?:\.\d+)*)(?: *\([0-9a-z]{1,12}\))?"
)
"""A kind and a number. A build in parentheses may follow, as systems show it: it adds nothing."""
_SAME: Final = {"os x": "macos", "mac os x": "macos"}
_SHOWN_CHARACTERS: Final = 60


def find_release(name: str, *, under_way: bool = False) -> Profile:
    """The profile of the modelled release that a name means.

    A name is a tag (``xnu-4570.51.1``), its number or the first part of it (``4570.51.1``,
    ``4570``), or a system (``macos-10.13.4``, ``macOS 10.13.6``, ``ios-11.3``, ``darwin-17.5.0``).
    The first part of a number means the newest release that begins with it. ``under_way`` says that
    a release under way will do.

    Raises UsageError for a name that means nothing, or a release that is not modelled.
    """
    if name in RELEASES:
        return RELEASES[name]
    published = _find_published(name)
    if published is None:
        raise UsageError(
            f"there is no release {name[:_SHOWN_CHARACTERS]!r}",
            hint="`necp-replay releases` lists the modelled releases and their systems.",
        )
    if published.version in RELEASES:
        return RELEASES[published.version]
    entry = UNDER_WAY.get(published.version)
    if entry is not None and under_way:
        return entry.release.profile
    hint = _nearest_hint(published)
    if entry is not None:
        hint = (
            "It is under way: traces of it can be recorded, imported, replayed and explained."
            f" {hint}"
        )
    raise UsageError(_not_modelled(name, published), hint=hint)


def session_priorities(name: str) -> type[enum.IntEnum]:
    """The priorities of policy sessions in a release, by any name; the oldest for an unknown one.

    Those of a release that is not modelled are those of the newest one before it.
    """
    tag = canonical_tag(name)
    if tag not in VERSIONS:
        return SessionPriority
    profiles = RELEASES | {each: entry.release.profile for each, entry in UNDER_WAY.items()}
    known = [each for each in VERSIONS[: VERSIONS.index(tag) + 1] if each in profiles]
    return profiles[known[-1]].session_priorities if known else SessionPriority


def match_result_layout(name: str) -> AggregateLayout | None:
    """What ``necp_match_policy`` writes in a release, by any name; None where it is not known."""
    tag = canonical_tag(name)
    entry = UNDER_WAY.get(tag)
    profile = RELEASES.get(tag) if entry is None else entry.release.profile
    return None if profile is None else profile.match_result


def canonical_tag(name: str) -> str:
    """The tag that names the version which a name means; any other name stays as it is."""
    published = _find_published(name)
    return name if published is None else published.version


def _find_published(name: str) -> Published | None:
    """The published tag that a name means: exactly, or the newest that begins with it."""
    match = _NAME.fullmatch(name.strip().lower())
    if match is None:
        return None
    kind, number = match.groups(default="xnu")
    kind = _SAME.get(kind, kind)
    if kind in _SYSTEMS and number.count(".") > 1:
        # The first release of a system has two numbers, and some tools write a third.
        number = number.removesuffix(".0")
    newest = None
    for entry in PUBLISHED.values():
        known = getattr(entry, kind) if kind in _SYSTEMS else entry.tag.removeprefix("xnu-")
        if known == number:
            return entry
        if known.startswith(f"{number}."):
            newest = entry
    return newest


def _not_modelled(name: str, published: Published) -> str:
    tag = published.version
    text = f"release {tag} (macOS {published.macos}) is not modelled"
    return text if name in (tag, published.tag) else f"{name}: {text}"


def _nearest_hint(published: Published) -> str:
    """Which modelled release is nearest, and how many versions lie between."""
    wanted = VERSIONS.index(published.version)
    distance, nearest = min(
        (abs(VERSIONS.index(tag) - wanted), tag) for tag in RELEASES if tag in VERSIONS
    )
    return (
        f"The nearest modelled release is {nearest} (macOS {PUBLISHED[nearest].macos}),"
        f" {distance} published version{'s' if distance != 1 else ''} away."
    )
