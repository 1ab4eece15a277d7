"""Every session action by its number."""

from __future__ import annotations

from typing import Final

from necp_replay.kernel.description import Description
from necp_replay.kernel.session_actions.add_domain_filter import ADD_DOMAIN_FILTER
from necp_replay.kernel.session_actions.add_domain_trie import ADD_DOMAIN_TRIE
from necp_replay.kernel.session_actions.lock_session_to_proc import LOCK_SESSION_TO_PROC
from necp_replay.kernel.session_actions.policy_add import POLICY_ADD
from necp_replay.kernel.session_actions.policy_apply_all import POLICY_APPLY_ALL
from necp_replay.kernel.session_actions.policy_delete import POLICY_DELETE
from necp_replay.kernel.session_actions.policy_delete_all import POLICY_DELETE_ALL
from necp_replay.kernel.session_actions.policy_dump_all import POLICY_DUMP_ALL
from necp_replay.kernel.session_actions.policy_get import POLICY_GET
from necp_replay.kernel.session_actions.policy_list_all import POLICY_LIST_ALL
from necp_replay.kernel.session_actions.register_service import REGISTER_SERVICE
from necp_replay.kernel.session_actions.remove_all_domain_filters import REMOVE_ALL_DOMAIN_FILTERS
from necp_replay.kernel.session_actions.remove_all_domain_tries import REMOVE_ALL_DOMAIN_TRIES
from necp_replay.kernel.session_actions.remove_domain_filter import REMOVE_DOMAIN_FILTER
from necp_replay.kernel.session_actions.remove_domain_trie import REMOVE_DOMAIN_TRIE
from necp_replay.kernel.session_actions.session_call import SessionActionHandler
from necp_replay.kernel.session_actions.set_session_priority import SET_SESSION_PRIORITY
from necp_replay.kernel.session_actions.trie_dump_all import TRIE_DUMP_ALL
from necp_replay.kernel.session_actions.unregister_service import UNREGISTER_SERVICE

_DESCRIPTIONS: Final[tuple[Description[SessionActionHandler], ...]] = (
    POLICY_ADD,
    POLICY_GET,
    POLICY_DELETE,
    POLICY_APPLY_ALL,
    POLICY_LIST_ALL,
    POLICY_DELETE_ALL,
    SET_SESSION_PRIORITY,
    LOCK_SESSION_TO_PROC,
    REGISTER_SERVICE,
    UNREGISTER_SERVICE,
    POLICY_DUMP_ALL,
    ADD_DOMAIN_FILTER,
    REMOVE_DOMAIN_FILTER,
    REMOVE_ALL_DOMAIN_FILTERS,
    ADD_DOMAIN_TRIE,
    REMOVE_DOMAIN_TRIE,
    REMOVE_ALL_DOMAIN_TRIES,
    TRIE_DUMP_ALL,
)

SESSION_ACTIONS: Final[dict[int, Description[SessionActionHandler]]] = {
    int(number): description
    for description in _DESCRIPTIONS
    if (number := description.number) is not None
}
"""Numbers that are not here are EINVAL with a log record."""
