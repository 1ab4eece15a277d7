"""Releases under way can be replayed, and nothing takes them for modelled ones."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.engines.engine import open_machine
from necp_replay.errors import UsageError
from necp_replay.releases.lineage import LINEAGE
from necp_replay.releases.names import find_release, session_priorities
from necp_replay.releases.published import VERSIONS
from necp_replay.releases.under_way import UNDER_WAY, is_only_under_way, only_under_way
from tests.releases_apart import APART, put_under_way, take_out


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


def test_only_an_engine_is_opened_for_a_release_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = put_under_way(monkeypatch)
    open_machine(APART)
    with pytest.raises(UsageError, match="is not modelled") as caught:
        find_release(APART)
    assert "under way" in caught.value.hint
    assert find_release(APART, under_way=True) is entry.release.profile
    assert session_priorities(APART) is entry.release.profile.session_priorities


def test_a_release_that_is_neither_opens_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    take_out(monkeypatch)
    with pytest.raises(UsageError, match="is not modelled"):
        open_machine(APART)


def test_what_only_a_release_under_way_has_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_only_under_way("sessions_can_have_many_agents")
    assert not only_under_way("client_actions")
    put_under_way(monkeypatch)
    assert is_only_under_way("sessions_can_have_many_agents")
    assert not is_only_under_way("has_flow_registrations")
    assert ClientAction.ADD not in only_under_way("client_actions")
