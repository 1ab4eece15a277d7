"""What can give an outcome on a release: from the engine's tables of checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from necp_replay.importers.errno_names import errno_text
from necp_replay.importers.log_facts import FactKind, LogFact
from necp_replay.kernel.catalog import INPUTS
from necp_replay.kernel.client_actions.table import CLIENT_ACTIONS
from necp_replay.kernel.description import AnyDescription
from necp_replay.releases.profile import Profile

_DROPS: Final = (
    "a policy with the result DROP matches (kernel policies are searched in the order of sessions)",
    "route rules of policies deny the interface, or all interfaces that lead there",
    "no policy matches that passes, and the sysctl drop_all_level drops what is left",
)
_PATH_STATES: Final = {
    "unsatisfied": "no interface is left that policies and the parameters allow, or a policy drops",
    "satisfied": "an interface was found: nothing failed here",
    "requiresConnection": "a policy or the parameters ask for an agent or tunnel that is not up",
}


def causes_of(fact: LogFact, profile: Profile) -> tuple[str, ...]:
    """What can be the cause of what a log says, on a release."""
    if fact.kind is FactKind.DROP:
        return _drop_causes(profile)
    if fact.kind is FactKind.PATH_DENIED:
        return _drop_causes(profile)
    if fact.kind is FactKind.CALL_FAILED:
        return tuple(_call_causes(fact, profile))
    if fact.kind is FactKind.DENIED:
        return (f"the sandbox of the process, or another policy module, denies {fact.denied}",)
    if fact.kind is FactKind.AGENTS_FAILED:
        return ("an agent that a policy or the parameters name is not registered, or refused",)
    if fact.kind is FactKind.LOCAL_NETWORK:
        return ("the system looked for the app that a decision about the local network is for",)
    if fact.kind is FactKind.PATH:
        state = fact.reason.partition(" ")[0]
        return (_PATH_STATES.get(state, f"the path is {state}"),)
    return (f"the kernel function {fact.call} wrote it",)


def _drop_causes(profile: Profile) -> tuple[str, ...]:
    causes = list(_DROPS)
    if profile.unentitled_traffic_can_be_dropped:
        causes.append(
            "the process has no privilege, no policy allows it (ALLOW_UNENTITLED), and the sysctl"
            " drop_unentitled_level drops such traffic"
        )
    return tuple(causes)


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
    found = False
    for description in _descriptions(fact):
        for number, check in enumerate(description.checks, 1):
            if check.errno == fact.errno:
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
