"""From which release to which one a scenario can run.

Older releases may lack an input that the scenario makes, and later ones may have lost it. The
scenario says so once, and its trace has it as properties.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.published import VERSIONS

SINCE: Final = "since"
UNTIL: Final = "until"
"""Keys of properties in the header of a trace; the values are tags."""


@dataclass(frozen=True, slots=True)
class ReleaseSpan:
    """The releases from one to another, both included. None stands for no limit."""

    since: str | None = None
    until: str | None = None

    def includes(self, tag: str) -> bool:
        """Whether a release lies in it, by the order of publication. One not published does."""
        place, first, last = (_place(each) for each in (tag, self.since, self.until))
        if place is None:
            return True
        return (first is None or place >= first) and (last is None or place <= last)

    def modelled(self) -> list[str]:
        """The tags of the modelled releases in it, oldest first."""
        return [tag for tag in RELEASES if self.includes(tag)]

    def properties(self) -> tuple[tuple[str, str], ...]:
        """What the header of a trace says about it; nothing without a limit."""
        limits = ((SINCE, self.since), (UNTIL, self.until))
        return tuple((key, tag) for key, tag in limits if tag is not None)


def span_of(properties: Iterable[tuple[str, str]]) -> ReleaseSpan:
    """The span that the properties of a trace name. A tag that was never published is no limit."""
    named = dict(properties)
    return ReleaseSpan(named.get(SINCE), named.get(UNTIL))


def _place(tag: str | None) -> int | None:
    return VERSIONS.index(tag) if tag in VERSIONS else None
