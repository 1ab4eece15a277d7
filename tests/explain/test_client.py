"""Explanations of clients give the right reason: a scenario for each."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.netagent import AgentFlag
from necp_replay.abi.policy import DropFlag, RouteRuleFlag
from necp_replay.explain.client import explain_client
from necp_replay.explain.explanation import (
    ClientExplanation,
    PolicyCheck,
    PolicyVerdict,
    ResultChange,
)
from necp_replay.explain.record import explain_record
from necp_replay.scenario import policies as p
from necp_replay.scenario.policy_session import PolicySessionHandle
from necp_replay.scenario.process import NecpFdHandle
from necp_replay.scenario.system import InterfaceHandle
from tests.explain.explained import NEWER, ExplainedSystem

AGENT = b"\xa1" * 16
REMOTE = "198.18.0.1:443"
TRACES: Final = Path(__file__).parents[2] / "traces" / "differences"


class Office(ExplainedSystem):
    """Wired en5 is primary, Wi-Fi en0 second; one process with an fd, one policy session."""

    def __init__(self, release: str = NEWER) -> None:
        super().__init__(release)
        system = self.system
        self.wired: InterfaceHandle = system.add_interface(
            "en5", 5, functional_type=2, addrs=["198.51.100.5/24"]
        )
        self.wifi: InterfaceHandle = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
        system.order_interfaces(self.wired, self.wifi)
        self.default = system.add_route("default", self.wired, gateway="198.51.100.1")
        system.add_route("default", self.wifi, gateway="192.0.2.1", scoped=True)
        daemon = system.add_process(300, "daemon", privileged=True, platform_binary=True)
        self.session: PolicySessionHandle = system.add_policy_session(daemon)
        self.fd: NecpFdHandle = system.add_process(100, "app").necp_open()

    def policies(self, *results: tuple[p.Result, p.Condition]) -> None:
        """Add policies with orders 1, 2 and so on, and apply them."""
        for order, (result, condition) in enumerate(results, start=1):
            assert self.session.add_policy(order=order, conditions=[condition], result=result).id
        self.session.apply_all()

    def policy_checks(self) -> tuple[PolicyCheck, ...]:
        """The policies in the explanation of the last client."""
        match = self.explain().match
        assert match is not None
        return match.policies.policies


def flags_set(explanation: ClientExplanation) -> set[str]:
    return {flag.name for flag in explanation.flags if flag.is_set}


def test_a_policy_that_does_not_match_has_both_values_of_its_condition() -> None:
    office = Office()
    office.policies((p.drop(), p.uid(502)))
    office.fd.add(remote=REMOTE)
    (policy,) = office.policy_checks()
    assert policy.verdict is PolicyVerdict.FAILED
    (condition,) = policy.conditions
    assert (condition.name, condition.asked, condition.actual) == ("uid", "502", "501")
    assert "uid is 501, and it must be 502" in policy.because


def test_flags_of_the_bound_interface_are_named() -> None:
    office = Office("xnu-11417.121.6")
    office.policies((p.drop(), p.bound_interface_flags(0x1, xflags=0x8200)))
    office.fd.add(remote=REMOTE, bound_interface="en0")
    condition = office.policy_checks()[0].conditions[0]
    assert condition.asked == "an interface with 0x1, and CONSTRAINED or ULTRA_CONSTRAINED"
    assert condition.actual == "traffic on en0: 0x1, none"


def test_whether_own_addresses_are_local_is_said() -> None:
    office = Office("xnu-11417.121.6")
    office.policies((p.drop(), p.local_networks(1)))
    office.fd.add(remote=REMOTE)
    asked = office.policy_checks()[0].conditions[0].asked
    assert asked == "an address on a network of the system, also one of its own"


def test_a_drop_for_the_local_network_is_named() -> None:
    office = Office("xnu-11417.121.6")
    flags = int(DropFlag.LOCAL_NETWORK | DropFlag.SUPPRESS_ALERTS)
    office.policies((p.drop(flags), p.local_networks()))
    office.system.add_route("198.51.100.0/24", office.wired)
    office.fd.add(remote="198.51.100.9:80")
    match = office.explain().match
    assert match is not None
    assert match.policies.outcome == "DROP LOCAL_NETWORK|SUPPRESS_ALERTS"


def test_a_route_rule_says_as_which_type_it_denies_an_interface() -> None:
    office = Office("xnu-11417.121.6")
    office.policies((p.route_rules(p.deny_as(5, "en5")), p.uid(501)))
    office.fd.add(remote=REMOTE)
    match = office.explain().match
    assert match is not None and match.route is not None
    (rule,) = match.route.rules
    assert rule.action == "DENY_INTERFACE_WITH_TYPE"
    assert rule.because == "the rule names en5; the result tells that cellular is denied"


def test_a_rule_that_needs_an_agent_which_no_policy_names_says_so() -> None:
    office = Office("xnu-11417.121.6")
    office.policies((p.route_rules(p.needing_agent(p.deny(), AGENT)), p.uid(501)))
    office.fd.add(remote=REMOTE)
    match = office.explain().match
    assert match is not None and match.route is not None
    (rule,) = match.route.rules
    assert rule.is_allowed
    assert rule.because == "no policy names the agent that the rule needs"


def test_a_negated_condition_is_explained_as_negated() -> None:
    office = Office()
    office.policies((p.drop(), ~p.uid(501)))
    office.fd.add(remote=REMOTE)
    (policy,) = office.policy_checks()
    assert policy.conditions[0].is_negated
    assert "it must not be 501" in policy.because


def test_each_policy_has_its_verdict() -> None:
    office = Office()
    office.policies(
        (p.drop(), p.uid(502)),
        (p.socket_filter(7), p.uid(501)),
        (p.socket_filter(8), p.uid(501)),
        (p.skip(6), p.uid(501)),
        (p.drop(), p.pid(100)),
        (p.socket_scoped("en0"), p.pid(100)),
        (p.pass_through(), p.ip_protocol(6)),
        (p.drop(), p.ip_protocol(6)),
    )
    office.fd.add(remote=REMOTE)
    assert [policy.verdict for policy in office.policy_checks()] == [
        PolicyVerdict.FAILED,
        PolicyVerdict.COLLECTED,
        PolicyVerdict.NO_EFFECT,
        PolicyVerdict.SKIPS,
        PolicyVerdict.SKIPPED,
        PolicyVerdict.DECIDES,
        PolicyVerdict.NOT_REACHED,
        PolicyVerdict.UNNECESSARY,
    ]
    policies = office.policy_checks()
    assert policies[4].because == "policy 5 skips it"
    assert policies[7].because == "policy 8 matches everything that it matches, and comes first"


def test_drop_all_is_the_reason_for_policies_after_it_and_for_the_drop() -> None:
    office = Office()
    office.policies((p.pass_through(), p.uid(501)))
    office.system.set_sysctl("net.necp.drop_all_level", 1)
    office.fd.add(remote=REMOTE)
    (policy,) = office.policy_checks()
    assert policy.verdict is PolicyVerdict.DROP_ALL
    assert "drop-all level 1" in policy.because
    assert office.explain().outcome.startswith("DROP")


def test_drop_all_without_policies_ends_before_parameters_are_read() -> None:
    office = Office()
    office.system.set_sysctl("net.necp.drop_all_level", 1)
    office.fd.add(remote=REMOTE)
    match = office.explain().match
    assert match is not None
    assert (match.asker, match.route) == (None, None)
    assert "drop-all" in match.policies.because


def test_an_interface_is_rejected_by_the_parameter_that_rejects_it() -> None:
    office = Office()
    office.fd.add(remote=REMOTE, require_if_type=[3])
    interfaces = office.explain_interfaces()
    assert interfaces.chosen == "en0"
    rejected, chosen = interfaces.checks
    assert (rejected.interface, rejected.parameter) == ("en5", "REQUIRE_IF_TYPE")
    assert (rejected.asked, rejected.actual) == ("Wi-Fi", "wired")
    assert chosen.is_chosen


def test_a_client_is_scoped_to_the_interface_that_it_requires() -> None:
    office = Office()
    office.fd.add(remote=REMOTE, require_if_type=[3])
    assert "SOCKET_SCOPED en0" in (office.explain().adjustment or "")
    assert office.explain().outcome == "SOCKET_SCOPED en0, through en0, satisfied"


def test_a_bound_interface_is_the_reason_for_the_choice() -> None:
    office = Office()
    office.fd.add(remote=REMOTE, bound_interface="en0", require_if_type=[2])
    interfaces = office.explain_interfaces()
    assert (interfaces.chosen, interfaces.checks) == ("en0", ())
    expected = "the parameters bind the traffic to it, so nothing else decides"
    assert interfaces.because == expected


def test_preferences_are_counted() -> None:
    office = Office()
    agent = office.system.add_agent("a")
    office.wifi.add_agent(agent.uuid)
    office.fd.add(remote=REMOTE, prefer_agent=[agent.uuid])
    interfaces = office.explain_interfaces()
    assert interfaces.chosen == "en0"
    assert [check.preferences_met for check in interfaces.checks] == [0, 1]


def test_without_an_interface_nothing_else_is_evaluated() -> None:
    office = Office()
    office.fd.add(remote=REMOTE, require_if_type=[5])
    explanation = office.explain()
    assert not office.explain_interfaces().is_met
    assert explanation.match is None
    assert flags_set(explanation) == set()


def test_prohibited_kinds_agents_and_names_reject_interfaces() -> None:
    office = Office()
    agent = office.system.add_agent("a", domain="VPN", type="Tunnel")
    office.wired.add_agent(agent.uuid)
    cellular = office.system.add_interface("pdp_ip0", 6, functional_type=5, expensive=True)
    office.system.order_interfaces(cellular, office.wired, office.wifi)
    office.fd.add(
        remote=REMOTE,
        prohibit_interface=["en0"],
        prohibit_agent_type=[("VPN", "")],
        flags=ClientParameterFlag.PROHIBIT_EXPENSIVE,
    )
    parameters = [check.parameter for check in office.explain_interfaces().checks]
    assert parameters == ["PROHIBIT_EXPENSIVE", "PROHIBIT_AGENT_TYPE", "PROHIBIT_INTERFACE"]


def test_the_route_is_explained_with_its_scope() -> None:
    office = Office()
    office.policies((p.socket_scoped("en0"), p.uid(501)))
    office.fd.add(remote=REMOTE)
    match = office.explain().match
    assert match is not None and match.route is not None
    assert match.route.scope == "en0"
    assert match.route.scope_because == "policy 2 says SOCKET_SCOPED en0"
    assert match.route.decided is not None
    assert match.route.decided.interface == "en0"
    assert [lookup.purpose for lookup in match.route.lookups] == [
        "remote address",
        "HAS_IPV4",
        "HAS_IPV6",
    ]


def test_a_route_is_not_used_if_the_local_address_is_not_on_its_interface() -> None:
    office = Office()
    office.policies((p.socket_scoped("en0"), p.all_interfaces()))
    office.fd.add(remote=REMOTE, local="198.51.100.5")
    match = office.explain().match
    assert match is not None and match.route is not None
    assert match.route.routed_interface is None
    assert match.route.local_address == "198.51.100.5:0 is not an address of en0"


def test_a_route_rule_that_denies_has_its_reason() -> None:
    office = Office()
    deny = p.route_rules(p.deny(kinds=RouteRuleFlag.WIRED))
    office.policies((deny, p.uid(501)))
    office.fd.add(remote=REMOTE)
    match = office.explain().match
    assert match is not None and match.route is not None
    assert match.route.is_denied
    (rule,) = match.route.rules
    assert (rule.action, rule.because) == ("DENY_INTERFACE", "en5 is wired")


def test_each_agent_has_the_reason_why_it_applies_or_not() -> None:
    office = Office()
    for_all = office.system.add_agent("all", flags=0x3)
    specific = office.system.add_agent("specific", flags=0x3 | 0x20)
    office.wired.add_agent(for_all.uuid)
    office.wired.add_agent(specific.uuid)
    office.fd.add(remote=REMOTE)
    applying = {check.because: check.applies for check in office.explain().agents}
    assert applying == {
        "it is registered, and not for specific use": True,
        "it is for specific use only, and no parameter requires it": False,
    }


def test_an_agent_for_another_kind_of_nexus_has_its_reason() -> None:
    office = Office("xnu-6153.11.26")
    flags = AgentFlag.REGISTERED | AgentFlag.CUSTOM_IP_NEXUS
    office.wired.add_agent(office.system.add_agent("nexus", flags=int(flags)).uuid)
    office.fd.add(remote=REMOTE)
    (check,) = office.explain().agents
    assert not check.applies
    assert check.because == "it provides a nexus of a kind that the client does not ask for"


def test_an_agent_that_blocks_a_flow_is_named() -> None:
    office = Office("xnu-6153.41.3")
    agent = office.system.add_agent("vpn", domain="VPN", type="Work", flags=0x1)
    office.policies((p.use_netagent(agent.uuid), p.all_interfaces()))
    client = office.fd.add(remote=REMOTE)
    socket = office.system.add_socket("s1", local="198.51.100.5:1024", remote=REMOTE, last_outif=5)
    socket.register(client)
    socket.assign(client)
    office.system.update_all_clients()
    office.system.fire_timer()
    (flow,) = office.explain().flows
    assert not flow.is_viable
    assert flow.because.startswith("it needs the agent VPN:Work ")
    assert flow.because.endswith(", which is not active")


def test_each_flag_has_a_reason() -> None:
    office = Office()
    office.system.add_route("198.51.100.0/24", office.wired)
    office.fd.add(remote="198.51.100.77:443")
    explanation = office.explain()
    assert flags_set(explanation) == {"IS_DIRECT", "HAS_IPV4", "SATISFIED"}
    reasons = {flag.name: flag.because for flag in explanation.flags}
    assert reasons["IS_DIRECT"] == "the route through en5 has no gateway"
    assert reasons["HAS_IPV6"] == "en5 has no IPv6 default route"


def test_delegation_without_the_privilege_is_ignored() -> None:
    office = Office()
    office.fd.add(remote=REMOTE, uid=0)
    match = office.explain().match
    assert match is not None and match.asker is not None
    assert match.asker.uid == 501
    assert "UID 0 is ignored" in match.asker.delegations[0]


def test_flows_of_a_multipath_client_are_explained_also_if_they_ended() -> None:
    office = Office()
    office.fd.add(remote=REMOTE, multipath=True)
    assert {flow.interface: flow.is_viable for flow in office.explain().flows} == {
        "en5": True,
        "en0": True,
    }
    office.wifi.detach()
    office.system.update_all_clients()
    office.system.fire_timer()
    ended = [flow for flow in office.explain().flows if flow.is_removed]
    assert len(ended) == 1
    assert "the client no longer asks for it" in ended[0].because


@pytest.mark.parametrize(
    ("name", "record", "rule"),
    [
        ("restricted_multicast", 17, "com.apple.developer.networking.multicast for multicast"),
        ("process_installed_on_demand", 7, "on-demand-install-capable needs a client"),
    ],
)
def test_a_drop_that_no_policy_decides_names_its_rule(name: str, record: int, rule: str) -> None:
    found = explain_record(TRACES / f"{name}.necptrace", record)
    assert found.call is not None
    policies = found.call.match.policies
    assert policies.outcome == "DROP"
    assert rule in policies.because


def test_an_evaluation_says_what_it_changed() -> None:
    office = Office()
    office.fd.add(remote=REMOTE)
    assert office.explain().change is ResultChange.NEW
    office.system.update_all_clients()
    office.system.fire_timer()
    assert office.explain().change is ResultChange.UNCHANGED
    office.system.delete_route(office.default)
    office.system.fire_timer()
    assert office.explain().change is ResultChange.CHANGED


def test_explaining_leaves_the_system_as_it_was() -> None:
    office = Office()
    office.policies((p.route_rules(p.deny("en0")), p.uid(501)), (p.socket_filter(7), p.uid(501)))
    office.fd.add(remote=REMOTE, domain="www.example.org", multipath=True)
    machine = office.machine
    before, effects = machine.snapshot(), list(machine.kernel.effects)
    (evaluated,) = machine.evaluated
    explain_client(machine.kernel, evaluated, office.names)
    assert machine.snapshot() == before
    assert machine.kernel.effects == effects


def test_control_characters_in_names_are_escaped() -> None:
    office = Office()
    agent = office.system.add_agent("evil", domain="\x1b[31m", type="\r")
    office.wired.add_agent(agent.uuid)
    office.fd.add(remote=REMOTE, domain="\x1b]0;owned\x07")
    text = repr(office.explain())
    assert "\x1b" not in text
    assert office.explain().agents[0].agent.isprintable()


def test_a_prohibited_property_of_the_interface_is_the_reason_of_a_drop() -> None:
    office = Office("xnu-11417.121.6")
    office.wired.update(xflags_or=("ULTRA_CONSTRAINED",))
    office.fd.add(remote=REMOTE)
    match = office.explain().match
    assert match is not None and match.route is not None
    assert match.route.prohibited is not None
    assert "the interface is ultra-constrained" in match.route.prohibited


def test_an_ultra_constrained_interface_is_rejected_by_flags_that_do_not_allow_it() -> None:
    office = Office("xnu-11417.121.6")
    office.wired.update(xflags_or=("ULTRA_CONSTRAINED",))
    office.fd.add(remote=REMOTE, prohibit_if_type=[5], ecn_disable=True)
    rejected, _ = office.explain_interfaces().checks
    assert (rejected.interface, rejected.parameter) == ("en5", "no ALLOW_ULTRA_CONSTRAINED")
