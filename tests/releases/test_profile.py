"""Profiles are made quickly, and are those that the standard library would make."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from necp_replay.releases.lineage import OLDEST, RELEASES
from necp_replay.releases.profile import FACT_NAMES, Profile, replace


def test_profiles_are_those_that_the_standard_library_makes() -> None:
    oldest = RELEASES[OLDEST]
    assert (*FACT_NAMES, "release") == tuple(each.name for each in dataclasses.fields(Profile))
    assert oldest == Profile(release=OLDEST)
    changes: dict[str, Any] = {"release": "new", "trigger_clears_uuid": True}
    assert replace(oldest, **changes) == dataclasses.replace(oldest, **changes) != oldest


def test_a_fact_that_is_not_there_is_refused() -> None:
    misspelt: dict[str, Any] = {"trigger_clears_uid": True}
    with pytest.raises(TypeError, match="there is no fact trigger_clears_uid"):
        replace(RELEASES[OLDEST], **misspelt)
