"""Releases under way can be replayed, and nothing takes them for modelled ones."""

from __future__ import annotations

import pytest

from necp_replay.engines.engine import open_machine
from necp_replay.errors import UsageError
from necp_replay.releases.lineage import LINEAGE
from necp_replay.releases.names import find_release
from necp_replay.releases.published import VERSIONS
from necp_replay.releases.under_way import UNDER_WAY


def test_a_release_is_either_modelled_or_under_way() -> None:
    assert not LINEAGE.keys() & UNDER_WAY.keys()
    assert UNDER_WAY.keys() <= set(VERSIONS)


def test_a_parent_comes_before_its_children() -> None:
    known = [*LINEAGE, *UNDER_WAY]
    for tag, entry in UNDER_WAY.items():
        assert entry.release.parent is not None
        assert known.index(entry.release.parent) < known.index(tag)


def test_no_more_is_identical_than_was_measured() -> None:
    assert all(entry.identical <= entry.measured for entry in UNDER_WAY.values())


@pytest.mark.parametrize("tag", UNDER_WAY)
def test_only_an_engine_is_opened_for_a_release_under_way(tag: str) -> None:
    open_machine(tag)
    with pytest.raises(UsageError, match="is not modelled") as caught:
        find_release(tag)
    assert "under way" in caught.value.hint
