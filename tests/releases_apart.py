"""Takes a release out of the lineage for a test, as if it were not modelled or under way."""

from __future__ import annotations

from typing import Final

import pytest

from necp_replay.releases.lineage import LINEAGE, NEWEST, RELEASES
from necp_replay.releases.under_way import UNDER_WAY, UnderWay

APART: Final = NEWEST
"""The release that is taken out: no other descends from it."""
BEFORE: Final = list(LINEAGE)[-2]
"""The newest release that stays."""


def take_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """For one test, the newest release is published and not modelled."""
    monkeypatch.delitem(LINEAGE, APART)
    monkeypatch.delitem(RELEASES, APART)


def put_under_way(monkeypatch: pytest.MonkeyPatch) -> UnderWay:
    """For one test, the newest release is under way. Returns what is said of it."""
    entry = UnderWay(LINEAGE[APART], identical=12_345, measured=67_890)
    take_out(monkeypatch)
    monkeypatch.setitem(UNDER_WAY, APART, entry)
    return entry
