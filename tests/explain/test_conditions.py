"""What conditions ask for, and the values that they are compared with, in words."""

from __future__ import annotations

from necp_replay.abi.client import LaterParameterFlag
from necp_replay.explain.explanation import ConditionCheck
from necp_replay.scenario import policies as p
from necp_replay.scenario.domain_sets import domain_filter, domain_trie
from necp_replay.scenario.policy_session import PolicySessionHandle
from necp_replay.scenario.process import NecpFdHandle
from tests.explain.explained import ExplainedSystem

NEWEST = "xnu-11417.121.6"
TRACKER = int(LaterParameterFlag.KNOWN_TRACKER)


class Filtering:
    """A system with one policy session and one fd."""

    def __init__(self) -> None:
        self.world = ExplainedSystem(NEWEST)
        system = self.world.system
        system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
        daemon = system.add_process(300, "daemon", privileged=True, platform_binary=True)
        self.session: PolicySessionHandle = system.add_policy_session(daemon)
        self.fd: NecpFdHandle = system.add_process(100, "app").necp_open()

    def drop(self, condition: p.Condition) -> None:
        """Add a policy that drops what meets a condition."""
        assert self.session.add_policy(order=1, conditions=[condition], result=p.drop()).id
        self.session.apply_all()

    def check(self) -> ConditionCheck:
        """The condition of the only policy, as it was for the last client."""
        match = self.world.explain().match
        assert match is not None
        (policy,) = match.policies.policies
        return policy.conditions[-1]


def test_a_client_that_knows_a_tracker_is_named_so() -> None:
    filtering = Filtering()
    filtering.drop(p.client_flags(TRACKER))
    filtering.fd.add(remote="198.18.0.1:443", flags=TRACKER)
    check = filtering.check()
    assert check.asked == "all of 0x00010000 KNOWN_TRACKER"
    assert (check.actual, check.is_met) == ("0x00010000 KNOWN_TRACKER", True)


def test_a_domain_is_looked_up_in_a_filter_or_a_trie_or_in_nothing() -> None:
    for content, asked in (
        (domain_filter(["example.com"]), "a domain in filter 1"),
        (domain_trie(["example.com"]), "a domain in trie 10001"),
        (None, "a domain in filter 7, which is not there"),
    ):
        filtering = Filtering()
        set_id = 7
        if content is not None and "filter" in asked:
            set_id = filtering.session.add_domain_filter(content).id
        elif content is not None:
            set_id = filtering.session.add_domain_trie(content).id
        filtering.drop(p.domain_filter(set_id))
        filtering.fd.add(remote="198.18.0.1:443", domain=b"example.com\0")
        check = filtering.check()
        assert check.asked == asked
        assert (check.actual, check.is_met) == ("the domain example.com", content is not None)


def test_traffic_without_a_domain_says_so() -> None:
    filtering = Filtering()
    filtering.session.add_domain_filter(domain_filter(["example.com"]))
    filtering.drop(p.domain_filter(1))
    filtering.fd.add(remote="198.18.0.1:443")
    assert filtering.check().actual == "no domain"
