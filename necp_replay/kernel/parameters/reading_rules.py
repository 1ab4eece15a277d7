"""How a release reads parameters: what its facts say, in the form in which readers ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from necp_replay.abi.client import ClientParameter
from necp_replay.releases.profile import Profile


@dataclass(frozen=True, slots=True, eq=False)
class ParameterRules:
    """The facts about reading parameters.

    Rules with the same values are one object, and compare by identity. So they can be a part of the
    key of a cache that many kernels share, and cost nothing there.
    """

    known: frozenset[ClientParameter]
    max_agents: int
    prohibited_names_overlap: bool
    ip_protocol_has_short_form: bool


def parameter_rules(profile: Profile) -> ParameterRules:
    """The rules of a release."""
    return _shared_rules(
        profile.client_parameters,
        profile.parsed_agents_limit,
        profile.prohibited_names_overlap,
        profile.ip_protocol_has_short_form,
    )


_shared_rules = lru_cache(maxsize=64)(ParameterRules)
