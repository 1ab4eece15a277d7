"""A profile that notes which facts were asked for."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import get_origin, get_type_hints

from necp_replay.abi.client import ClientAction
from necp_replay.releases.observed_profile import ObservedProfile
from necp_replay.releases.profile import FACT_NAMES, Profile
from necp_replay.releases.xnu_4903 import XNU_4903_270_47
from necp_replay.releases.xnu_6153 import XNU_6153_11_26

OLD, NEW = XNU_4903_270_47.profile, XNU_6153_11_26.profile


def test_it_has_the_facts_of_the_profile_and_notes_those_that_are_read() -> None:
    observed = ObservedProfile.of(NEW)
    assert not observed.asked
    assert observed.result_has_gateways is NEW.result_has_gateways
    assert observed.interface_search is NEW.interface_search
    assert observed.asked == {"result_has_gateways", "interface_search"}
    assert all(getattr(observed, name) == getattr(NEW, name) for name in FACT_NAMES)
    assert observed.asked == set(FACT_NAMES)


def test_what_was_asked_is_forgotten_and_noted_again() -> None:
    observed = ObservedProfile.of(NEW)
    assert observed.result_has_gateways
    observed.forget_asked()
    assert not observed.asked
    assert observed.result_has_gateways
    assert observed.asked == {"result_has_gateways"}


def test_the_release_is_no_fact() -> None:
    observed = ObservedProfile.of(NEW)
    assert observed.release == NEW.release
    assert not observed.asked


def test_a_set_is_asked_for_the_members_in_which_the_releases_differ() -> None:
    for profile, handles in ((OLD, False), (NEW, True)):
        observed = ObservedProfile.of(profile, (OLD, NEW))
        assert ClientAction.ADD in observed.client_actions
        assert 99 not in observed.client_actions
        assert not observed.asked
        assert (ClientAction.SIGN in observed.client_actions) is handles
        assert observed.asked == {"client_actions"}


def test_a_set_is_asked_for_when_it_is_used_as_a_whole() -> None:
    for use in (len, list):
        observed = ObservedProfile.of(NEW, (OLD, NEW))
        use(observed.client_actions)
        assert observed.asked == {"client_actions"}


def test_without_other_releases_any_question_for_a_member_asks_for_the_set() -> None:
    observed = ObservedProfile.of(NEW)
    assert ClientAction.ADD in observed.client_actions
    assert observed.asked == {"client_actions"}


def test_an_observed_set_has_the_type_of_the_fact() -> None:
    # The compiled engine checks types, and it is no frozenset.
    hints = get_type_hints(Profile)
    sets = [name for name in FACT_NAMES if isinstance(getattr(NEW, name), frozenset)]
    assert {get_origin(hints[name]) for name in sets} == {AbstractSet}
