"""The table of client actions."""

from __future__ import annotations

from collections import Counter

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.kernel.client_actions.table import CLIENT_ACTIONS
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import Profile


def test_every_action_is_modelled() -> None:
    assert Counter(CLIENT_ACTIONS.keys()) == Counter(map(int, ClientAction))


@pytest.mark.parametrize("profile", RELEASES.values(), ids=RELEASES)
def test_every_action_of_a_release_is_modelled(profile: Profile) -> None:
    assert set(profile.client_actions) <= set(CLIENT_ACTIONS)
