"""The domain filters and domain tries of all sessions, which conditions of policies name by id."""

from __future__ import annotations

from necp_replay.abi.domain_filter import MAX_DOMAIN_FILTER_ID
from necp_replay.abi.policy import SessionAction
from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.objects.domain_filter import DomainFilter, DomainTrie
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.policy.bloom_filter import contains
from necp_replay.kernel.policy.trie_search import is_in_trie
from necp_replay.releases.profile import Profile


class DomainSets:
    """``necp_global_domain_filter_list`` and ``necp_global_domain_trie_list``.

    Both are by id, the newest last. ``trie_count`` is ``necp_trie_count``.
    """

    __slots__ = (
        "_has_tries",
        "_last_filter_id",
        "_last_trie_id",
        "_profile",
        "filters",
        "trie_count",
        "tries",
    )

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._has_tries = SessionAction.ADD_DOMAIN_TRIE in profile.session_actions
        self._last_filter_id = 0
        self._last_trie_id = MAX_DOMAIN_FILTER_ID
        self.filters: dict[int, DomainFilter] = {}
        self.tries: dict[int, DomainTrie] = {}
        self.trie_count = 0

    def add_filter(self, owner: PolicySession, content: bytes) -> DomainFilter | None:
        """Add a filter under the next free id; None if all ids are in use.

        Source: necp_create_domain_filter, necp_get_new_domain_filter_id, xnu-8020.101.4,
        xnu-11215.61.5.
        """
        filter_id = self._last_filter_id
        for _ in range(len(self.filters) + 1):
            filter_id += 1
            if self._has_tries and filter_id > MAX_DOMAIN_FILTER_ID:
                filter_id = 1
            if filter_id not in self.filters:
                self._last_filter_id = filter_id
                added = self.filters[filter_id] = DomainFilter(filter_id, content, owner)
                return added
        return None

    def add_trie(self, owner: PolicySession, request: bytes) -> DomainTrie:
        """Add a trie under the next free id.

        Source: necp_create_domain_trie, necp_get_new_domain_trie_id, xnu-11215.61.5.
        """
        self._last_trie_id += 1
        added = self.tries[self._last_trie_id] = DomainTrie(self._last_trie_id, request, owner)
        self.trie_count += 1
        return added

    def remove_trie(self, trie_id: int) -> DomainTrie | None:
        """Remove a trie of any session; None if there is none with this id.

        Source: necp_remove_domain_trie, xnu-11215.61.5.
        """
        removed = self.tries.pop(trie_id, None)
        if removed is not None:
            self.trie_count -= 1
        return removed

    def remove_tries_of(self, owner: PolicySession) -> list[DomainTrie]:
        """Remove the tries of a session, the newest first. ``trie_count`` stays as it is.

        Source: necp_session_remove_all_domain_tries, xnu-11215.61.5.
        """
        removed = [trie for trie in reversed(self.tries.values()) if trie.owner is owner]
        for trie in removed:
            del self.tries[trie.id]
        return removed

    def remove_filters_of(self, owner: PolicySession) -> None:
        """Remove the filters of a session.

        Source: necp_session_remove_all_domain_filters, necp_delete_session, xnu-8020.101.4.
        """
        self.filters = {
            filter_id: each for filter_id, each in self.filters.items() if each.owner is not owner
        }

    def has(self, set_id: int, name: bytes | None, around: tuple[int, int]) -> bool | None:
        """Whether a filter or a trie has a domain; None for an id that is not looked at.

        ``around`` are the characters before and after the name. Raises KernelPanic for a filter of
        0 bits, and what :func:`~.trie_search.is_in_trie` does.

        Source: necp_socket_check_policy, necp_match_domain_with_trie, xnu-8020.101.4,
        xnu-11215.1.10, xnu-11215.61.5.
        """
        profile = self._profile
        if self._has_tries and set_id > MAX_DOMAIN_FILTER_ID:
            trie = self.tries.get(set_id)
            seen = None if profile.trie_search_ends_with_name else around
            return trie is not None and is_in_trie(trie, name or b"", seen)
        found = self.filters.get(set_id)
        if found is None:
            return False if profile.missing_domain_sets_never_match else None
        if not name and profile.missing_domains_are_in_no_filter:
            return False
        try:
            return contains(found.content, name or b"")
        except ZeroDivisionError:
            raise KernelPanic("net_bloom_filter_contains", "division by zero") from None
