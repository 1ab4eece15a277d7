"""Conditions on where traffic goes by name: domains, sets of domains, and URLs."""

from __future__ import annotations

from necp_replay.abi.policy import KernelCondition
from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.objects.socket_info import SocketInfo
from necp_replay.kernel.policy.domains import hostname_matches_domain


def is_in_domain(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the domain is the policy's, or one below it."""
    return hostname_matches_domain(
        info.domain, info.domain_dot_count, policy.cond_domain, policy.cond_domain_dot_count
    )


def is_exact_domain(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the domain is the policy's."""
    return info.domain_dot_count == policy.cond_domain_dot_count and is_in_domain(policy, info)


def is_in_domain_filter(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the policy's domain filter or trie has the domain.

    If there is none with its id, the condition is not met or, in other releases, ignored. Either
    holds for negative conditions too.
    """
    found = info.is_in_domain_set(policy.cond_domain_filter, info.domain, info.around_domain)
    if found is None:
        return not policy.condition_negated_mask & KernelCondition.DOMAIN_FILTER
    return found


def is_url(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the URL is the policy's, or begins with it where releases compare no more.

    Upper and lower case of ASCII letters are the same.
    """
    wanted, url = policy.cond_url, info.url
    if wanted is None or url is None:
        return False
    if info.urls_match_as_a_whole:
        return url.lower() == wanted.lower()
    return url.lower().startswith(wanted.lower())
