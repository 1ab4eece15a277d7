"""Conditions on domains, sets of domains and URLs."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import PolicyCondition, PolicyResult, SessionAction
from necp_replay.releases.profile import Profile
from necp_replay.releases.xnu_8019 import XNU_8019_80_24
from necp_replay.releases.xnu_8020 import XNU_8020_101_4
from necp_replay.releases.xnu_8792 import XNU_8792_41_9
from necp_replay.releases.xnu_8796 import XNU_8796_141_3
from necp_replay.releases.xnu_10002 import XNU_10002_1_13
from necp_replay.releases.xnu_10063 import XNU_10063_141_1
from necp_replay.releases.xnu_11215 import XNU_11215_1_10, XNU_11215_61_5
from necp_replay.releases.xnu_11417 import XNU_11417_121_6
from necp_replay.scenario import policies
from necp_replay.scenario.buffers import room
from necp_replay.scenario.domain_sets import domain_filter, domain_trie
from necp_replay.scenario.parameters import client_parameters
from necp_replay.scenario.policies import Condition
from necp_replay.scenario.policy_session import PolicySessionHandle
from tests.kernel.policy.dumped import dump_all
from tests.kernel.policy.world import World, make_world, match_policy

DROPPED, KEPT = PolicyResult.DROP, PolicyResult.NONE
NEWEST = XNU_11417_121_6.profile


def world_of(profile: Profile) -> tuple[World, PolicySessionHandle]:
    world = make_world(profile)
    world.daemon.update(platform_binary=True)
    return world, PolicySessionHandle.opened_by(world.daemon)


def dropping(session: PolicySessionHandle, *conditions: Condition) -> None:
    session.add_policy(order=1, result=policies.drop(), conditions=conditions)
    session.apply_all()


def decided(world: World, *, domain: str | None = None, url: str | None = None) -> int:
    """What policies decide for traffic to a domain or a URL."""
    parameters = client_parameters(remote="192.0.2.1:443", domain=domain, url=url)
    return match_policy(world.app, parameters).routing_result


def decisions(world: World, names: Sequence[str | None]) -> list[int]:
    return [decided(world, domain=name) for name in names]


def test_a_domain_alone_is_meant_from_xnu_8792_on() -> None:
    expected = {
        XNU_8020_101_4: [DROPPED, DROPPED, KEPT],
        XNU_8792_41_9: [DROPPED, KEPT, KEPT],
        XNU_11417_121_6: [DROPPED, KEPT, KEPT],
    }
    for release, results in expected.items():
        world, session = world_of(release.profile)
        dropping(session, policies.domain("example.com", exact=True))
        names = ("EXAMPLE.com", "www.example.com", "com")
        assert decisions(world, names) == results, release.tag


def test_a_filter_counts_until_it_is_removed_without_applying() -> None:
    for release in (XNU_8020_101_4, XNU_11417_121_6):
        world, session = world_of(release.profile)
        dropping(session, policies.domain_filter(1))
        added = session.add_domain_filter(domain_filter(["www.example.com"]))
        names = ("www.example.com", ".www.example.com.", "example.com", None)
        assert (added.id, decisions(world, names)) == (1, [DROPPED, DROPPED, KEPT, KEPT])
        assert session.remove_domain_filter(1).errno == 0
        assert session.remove_domain_filter(1).errno == Errno.ENOENT


@pytest.mark.parametrize("negative", [False, True])
def test_a_filter_that_is_not_there_is_passed_over_up_to_xnu_11215_1(negative: bool) -> None:
    for release, is_passed_over in ((XNU_11215_1_10, True), (XNU_11215_61_5, False)):
        world, session = world_of(release.profile)
        condition = policies.domain_filter(7)
        dropping(session, ~condition if negative else condition)
        expected = DROPPED if is_passed_over or negative else KEPT
        assert decisions(world, ["example.com"]) == [expected], release.tag


def test_no_domain_can_be_in_a_filter_up_to_xnu_10063() -> None:
    full = (64).to_bytes(4, "little") + b"\xff" * 8
    for release, expected in ((XNU_10063_141_1, DROPPED), (XNU_11215_1_10, KEPT)):
        world, session = world_of(release.profile)
        dropping(session, policies.domain_filter(1))
        session.add_domain_filter(full)
        assert decisions(world, [None, "..", "a"]) == [expected, expected, DROPPED], release.tag


def test_a_trie_is_looked_up_by_an_id_above_10000() -> None:
    world, session = world_of(NEWEST)
    added = session.add_domain_trie(domain_trie(["example.com"]))
    dropping(session, policies.domain_filter(added.id))
    names = ("example.com", "a.example.com", "badexample.com", None)
    assert added.id == 10_001
    assert decisions(world, names) == [DROPPED, DROPPED, KEPT, KEPT]
    session.remove_all_domain_tries()
    assert decisions(world, ["example.com"]) == [KEPT]


def test_closing_a_session_removes_its_filters() -> None:
    world, session = world_of(NEWEST)
    other = PolicySessionHandle.opened_by(world.daemon)
    other.add_domain_filter(domain_filter(["example.com"]))
    dropping(session, policies.domain_filter(1))
    assert decisions(world, ["example.com"]) == [DROPPED]
    other.close()
    assert decisions(world, ["example.com"]) == [KEPT]


def test_a_url_is_compared_as_a_whole_from_xnu_11215_on() -> None:
    urls = ("https://EXAMPLE.com/a", "https://example.com/a/b", "https://example.com")
    expected = {
        XNU_10063_141_1: [DROPPED, DROPPED, KEPT],
        XNU_11215_1_10: [DROPPED, KEPT, KEPT],
    }
    for release, results in expected.items():
        world, session = world_of(release.profile)
        dropping(session, policies.url("https://example.com/a"))
        assert [decided(world, url=url) for url in urls] == results, release.tag
        assert decided(world) == KEPT


def test_which_conditions_a_release_knows() -> None:
    since = {
        policies.domain_filter(1): (XNU_8019_80_24, XNU_8020_101_4),
        policies.url("a"): (XNU_8796_141_3, XNU_10002_1_13),
    }
    for condition, (old, new) in since.items():
        for release, errno in ((old, Errno.EINVAL), (new, Errno.OK)):
            _, session = world_of(release.profile)
            content = policies.policy(order=1, result=policies.drop(), conditions=[condition])
            answer = session.session.action(SessionAction.POLICY_ADD, content, room(4))
            assert answer.errno == errno, release.tag


def test_the_conditions_are_dumped_with_their_values() -> None:
    _, session = world_of(XNU_10063_141_1.profile)
    dropping(
        session,
        policies.domain(".example.com.", exact=True),
        policies.domain_filter(3),
        policies.domain_filter(4),
        policies.url("https://example.com/*"),
    )
    (dumped,) = dump_all(session.session)
    assert dumped.conditions == [
        (PolicyCondition.DOMAIN, b"example.com\0"),
        (PolicyCondition.DOMAIN_FILTER, b"\3\0\0\0"),
        (PolicyCondition.URL, b"https://example.com/\0"),
    ]
