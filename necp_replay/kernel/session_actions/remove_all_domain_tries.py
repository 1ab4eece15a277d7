"""REMOVE_ALL_DOMAIN_TRIES: removes the tries of domains that the session added."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.policy import SessionAction
from necp_replay.events.effects import MemoryCorruption
from necp_replay.kernel.description import Description
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.session_actions.session_call import NO_ACTION, SessionCall
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_QUEUE


def remove_all_domain_tries(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Remove all tries of the session.

    Kernel quirk: they stay in the number of tries, which TRIE_DUMP_ALL answers. Measured in
    x11215_domain_trie.

    Source: necp_session_remove_all_domain_tries, necp_free_domain_trie, xnu-11215.61.5.
    """
    for removed in kernel.policies.domain_sets.remove_tries_of(session):
        if removed.is_released:
            kernel.emit(MemoryCorruption("double_free", "necp_free_domain_trie"))


REMOVE_ALL_DOMAIN_TRIES: Final = Description(
    subject=SessionAction.REMOVE_ALL_DOMAIN_TRIES,
    handler=remove_all_domain_tries,
    function="necp_session_remove_all_domain_tries",
    summary="Removes the tries of domains that the session added.",
    checks=(NO_ACTION,),
    answer="returns 0",
    overwrites=CLIENT_FD_LOSES_QUEUE,
)

REMOVED_TRIES_ARE_COUNTED: Final = Quirk(
    "TRIE_DUMP_ALL counts tries that REMOVE_ALL_DOMAIN_TRIES removed, and answers zeros for them.",
    "necp_session_remove_all_domain_tries",
    "session_actions/test_trie_dump_all.py::test_tries_removed_together_stay_in_the_number",
)
