"""The possible causes of an outcome on a release, from the engine's tables of checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from necp_replay.abi.policy import PolicyCondition
from necp_replay.explain.possible_checks import is_ruled_out
from necp_replay.importers.errno_names import errno_text
from necp_replay.importers.log_facts import FactKind, LogFact
from necp_replay.kernel.catalog import INPUTS
from necp_replay.kernel.client_actions.table import CLIENT_ACTIONS
from necp_replay.kernel.description import AnyDescription
from necp_replay.releases.profile import Profile
from necp_replay.why.agent_answers import agent_answers
from necp_replay.why.denials import denial_causes

_DROPS: Final = (
    "a policy with the result DROP matches (kernel policies are searched in the order of sessions)",
    "route rules of policies deny the interface, or all interfaces that lead there",
    "no policy matches that passes, and the sysctl drop_all_level drops what is left",
)
_LATER_DROPS: Final[Mapping[str, str]] = {
    "unentitled_traffic_can_be_dropped": (
        "the process has no privilege, no policy allows it (ALLOW_UNENTITLED), and the sysctl"
        " drop_unentitled_level drops such traffic"
    ),
    "some_processes_need_clients": (
        "the process can be installed on demand, and the traffic is without a client of NECP"
    ),
    "management_traffic_can_be_dropped": (
        "the sysctl drop_management_level drops traffic over interfaces for management"
    ),
}
"""What else drops traffic, by the fact that says whether a release does so."""
_BROADCAST: Final = IPv4Address("255.255.255.255")
_PATH_STATES: Final = {
    "unsatisfied": "no interface is left that policies and the parameters allow, or a policy drops",
    "satisfied": "an interface was found: nothing failed here",
    "requiresConnection": "a policy or the parameters ask for an agent or tunnel that is not up",
}


def causes_of(fact: LogFact, profile: Profile) -> tuple[str, ...]:
    """The possible causes of a failure or drop that a log shows, on a release."""
    if fact.kind in (FactKind.DROP, FactKind.PATH_DENIED):
        return tuple(_drop_causes(fact, profile))
    if fact.kind is FactKind.CALL_FAILED:
        return tuple(_call_causes(fact, profile))
    if fact.kind is FactKind.DENIED:
        return tuple(denial_causes(fact, profile))
    if fact.kind is FactKind.AGENTS_FAILED:
        return ("an agent that a policy or the parameters name is not registered, or refused",)
    if fact.kind is FactKind.LOCAL_NETWORK:
        return ("the system looked for the app that a decision about the local network is for",)
    if fact.kind is FactKind.PATH:
        state = fact.reason.partition(" ")[0]
        return (_PATH_STATES.get(state, f"the path is {state}"),)
    return (f"the kernel function {fact.call} wrote it",)


def _drop_causes(fact: LogFact, profile: Profile) -> Iterator[str]:
    if PolicyCondition.LOCAL_NETWORKS in profile.policy_conditions and _is_local(fact.remote):
        yield (
            "Local Network privacy (iOS 14, macOS 15): the user did not allow the app its local"
            " network, and a policy with the condition LOCAL_NETWORKS drops what goes there"
        )
    yield from _DROPS
    for name, text in _LATER_DROPS.items():
        if getattr(profile, name):
            yield text
    if profile.multicast_is_restricted and _is_multicast(fact.remote):
        yield (
            "the traffic is multicast or broadcast, and the app is one of iOS, built for iOS 14 or"
            " later, without the entitlement for it"
        )


def _is_local(remote: str) -> bool:
    """Whether an endpoint is on a network of the host's own, as far as its address tells."""
    address = _address_of(remote)
    if address is None or address.is_loopback:
        return False
    return address.is_private or address.is_link_local or address.is_multicast


def _is_multicast(remote: str) -> bool:
    address = _address_of(remote)
    return address is not None and (address.is_multicast or address == _BROADCAST)


def _address_of(endpoint: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(endpoint.rpartition(":")[0].strip("[]").partition("%")[0])
    except ValueError:
        return None


def _call_causes(fact: LogFact, profile: Profile) -> Iterator[str]:
    if fact.errno is None:
        yield "the log does not say which error it was"
        return
    error = errno_text(fact.errno)
    if not is_published(fact, profile):
        yield (
            f"the published source of {profile.release} does not have the action, so real systems"
            " answer it with code that is not published"
        )
    answers = list(agent_answers(fact.action, fact.errno, profile))
    yield from answers
    found = bool(answers)
    for description in _descriptions(fact):
        for number, check in enumerate(description.checks, 1):
            if check.errno == fact.errno and not is_ruled_out(check, fact.action, profile):
                found = True
                value = f" [{check.fact}]" if check.fact else ""
                yield f"{description.name} check {number}: {check.when}{value}"
    if not found:
        yield (
            f"no check that is known answers {error} here: it comes from code that is not"
            " published, from a user library, or from another release"
        )


def is_published(fact: LogFact, profile: Profile) -> bool:
    """Whether the published source of a release handles the action of a call, if it has one."""
    return fact.action is None or fact.action in profile.client_actions


def _descriptions(fact: LogFact) -> Iterator[AnyDescription]:
    for description in INPUTS:
        if description.name == fact.call:
            yield description
    if fact.call == "necp_client_action" and fact.action in CLIENT_ACTIONS:
        yield CLIENT_ACTIONS[fact.action]
