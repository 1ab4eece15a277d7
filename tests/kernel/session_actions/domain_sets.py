"""A session of the newest release that may add domain filters and tries."""

from __future__ import annotations

from necp_replay.releases.profile import Profile
from necp_replay.releases.xnu_11417 import XNU_11417_121_6
from necp_replay.scenario.policy_session import PolicySessionHandle
from tests.kernel.policy.world import make_world


def open_session(profile: Profile = XNU_11417_121_6.profile) -> PolicySessionHandle:
    """A session of a platform binary with all privileges."""
    world = make_world(profile)
    world.daemon.update(platform_binary=True)
    return PolicySessionHandle.opened_by(world.daemon)
