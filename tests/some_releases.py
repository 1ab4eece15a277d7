"""Which releases a slow test about every release tries: those that differ most, or all."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from necp_replay.releases.lineage import NEWEST, OLDEST, RELEASES
from tests.examples import is_thorough


def _some_releases() -> tuple[str, ...]:
    if is_thorough():
        return tuple(RELEASES)
    majors = groupby(RELEASES, lambda tag: tag.split(".")[0])
    last_of_majors = [list(tags)[-1] for _, tags in majors]
    return tuple(dict.fromkeys((OLDEST, *last_of_majors, NEWEST)))


SOME_RELEASES: Final = _some_releases()
"""The oldest release, the last one of every major version, and the newest; all of them with
`make test-thorough`."""
