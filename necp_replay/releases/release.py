"""One modelled release: its place in the lineage, its profile, and the systems that shipped it."""

from __future__ import annotations

from necp_replay.dataclass import dataclass
from necp_replay.releases.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenChange:
    """Something that a release changed and that no process can observe, so it has no fact."""

    title: str
    function: str
    older: str
    newer: str
    reason: str
    """Why nothing can show it."""


@dataclass(frozen=True, slots=True)
class Release:
    """A release of the lineage. ``parent`` is the tag of the release it came from, None for one."""

    profile: Profile
    parent: str | None
    unseen: tuple[UnseenChange, ...] = ()
    """What it changed from its parent without any effect that can be observed."""

    @property
    def tag(self) -> str:
        """The tag of its source, such as ``xnu-4570.51.1``."""
        return self.profile.release
