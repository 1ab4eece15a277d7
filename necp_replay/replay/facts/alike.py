"""Finds releases on which our engine does the same with a trace, without a run on each.

A fact that the engine does not ask for cannot matter. So a release that differs from one that ran
only in such facts has the same outcomes and the same final state.
"""

from __future__ import annotations

from dataclasses import field

from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import Engine
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release
from necp_replay.releases.observed_profile import ObservedProfile


@dataclass(slots=True)
class AlikeReleases:
    """Opens our engine, and remembers which facts it asks for on each release.

    It serves one trace, and releases other than the one that the trace was recorded on: there the
    engine also makes ids that the trace does not name.
    """

    _ran: dict[str, ObservedProfile] = field(default_factory=dict)

    def open(self, release: str) -> Engine:
        """An engine whose whole run counts as that of the release. Raises UsageError."""
        observed = ObservedProfile.of(find_release(release, under_way=True))
        self._ran[release] = observed
        return Machine(observed)

    def like(self, release: str) -> str | None:
        """A release that ran and does the same, None if there is none."""
        profile = find_release(release, under_way=True)
        for ran, observed in self._ran.items():
            asked = tuple(observed.asked)
            if all(getattr(profile, fact) == getattr(observed, fact) for fact in asked):
                return ran
        return None
