"""The profile: the value of every fact in one release.

Handlers ask a fact by name and never compare releases. The facts are declared in ``facts/``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact, declared_facts, shown_change, shown_value
from necp_replay.releases.facts.agents import AgentFacts
from necp_replay.releases.facts.client_actions import ClientActionFacts
from necp_replay.releases.facts.conditions import ConditionFacts
from necp_replay.releases.facts.domains import DomainFacts
from necp_replay.releases.facts.evaluation import EvaluationFacts
from necp_replay.releases.facts.flows import FlowFacts
from necp_replay.releases.facts.interfaces import InterfaceFacts
from necp_replay.releases.facts.logs import LogFacts
from necp_replay.releases.facts.matching import MatchingFacts
from necp_replay.releases.facts.notifications import NotificationFacts
from necp_replay.releases.facts.parameters import ParameterFacts
from necp_replay.releases.facts.policies import PolicyFacts
from necp_replay.releases.facts.ports import PortFacts
from necp_replay.releases.facts.results import ResultFacts
from necp_replay.releases.facts.route_rules import RouteRuleFacts
from necp_replay.releases.facts.routes import RouteFacts
from necp_replay.releases.facts.signatures import SignatureFacts
from necp_replay.releases.facts.skywalk import SkywalkFacts
from necp_replay.releases.facts.sockets import SocketFacts


@dataclass(frozen=True, kw_only=True)
class Profile(
    # Fields come in the reverse order of the bases: client actions first, log records last.
    LogFacts,
    PortFacts,
    SkywalkFacts,
    DomainFacts,
    SignatureFacts,
    AgentFacts,
    InterfaceFacts,
    RouteFacts,
    SocketFacts,
    FlowFacts,
    NotificationFacts,
    EvaluationFacts,
    ParameterFacts,
    ConditionFacts,
    MatchingFacts,
    RouteRuleFacts,
    PolicyFacts,
    ResultFacts,
    ClientActionFacts,
):
    """What one release does, fact by fact."""

    release: str
    """The tag of the release, as its source is published."""


FACT_NAMES: Final = tuple(
    name for declaring in reversed(Profile.__bases__) for name in declaring.__annotations__
)
"""Every fact's name, in the order in which ``diff`` changes them."""


def oldest_profile(release: str) -> Profile:
    """The profile of the oldest release: every fact has the value that it is declared with."""
    return _with_values({name: getattr(Profile, name) for name in FACT_NAMES}, {"release": release})


if TYPE_CHECKING:
    from dataclasses import replace as replace
else:

    def replace(profile: Profile, /, **values: Any) -> Profile:
        """The profile of a release that changed these facts of another.

        It does what ``dataclasses.replace`` does, without asking for all 230 fields: every start
        makes the profiles of all releases.
        """
        return _with_values(vars(profile), values)


def _with_values(before: dict[str, Any], values: dict[str, Any]) -> Profile:
    unknown = values.keys() - before.keys() - {"release"}
    if unknown:
        raise TypeError(f"there is no fact {min(unknown)}")
    made = object.__new__(Profile)
    vars(made).update(before, **values)
    return made


@cache
def facts() -> dict[str, Fact]:
    """The declaration of every fact by name, in the same order."""
    declared = declared_facts(Profile)
    return {name: declared[name] for name in FACT_NAMES}


@dataclass(frozen=True, slots=True)
class DifferingFact:
    """A fact with its values in two profiles, as people read them, and what the values mean."""

    fact: Fact
    old: str
    new: str
    change: str
    old_meaning: str
    new_meaning: str

    @property
    def name(self) -> str:
        """The fact's name."""
        return self.fact.name


def differing_facts(old: Profile, new: Profile) -> list[DifferingFact]:
    """Every fact in which two profiles differ, in the order of the profile."""
    return [
        DifferingFact(
            fact,
            shown_value(before),
            shown_value(after),
            shown_change(before, after),
            *fact.meanings_of(before, after),
        )
        for name, fact in facts().items()
        if (before := getattr(old, name)) != (after := getattr(new, name))
    ]
