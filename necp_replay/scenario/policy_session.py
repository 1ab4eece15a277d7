"""The handles to a policy session: one takes any bytes, one has a method per session action."""

from __future__ import annotations

from collections.abc import Sequence

from necp_replay.abi.policy import DOMAIN_SET_ID, POLICY_ID, SESSION_PRIORITY, SessionAction
from necp_replay.dataclass import dataclass
from necp_replay.events import syscalls
from necp_replay.events.outcome import SessionBuffer
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import BufferLike, as_buffer, room
from necp_replay.scenario.policies import Condition, Result, policy
from necp_replay.scenario.submit import CallingProcess


@dataclass(frozen=True, slots=True, repr=False)
class SessionHandle:
    """A policy session, known by its fd."""

    process: CallingProcess
    fd: int

    def __repr__(self) -> str:
        return f"<session fd {self.fd} of process {self.process.pid}>"

    @classmethod
    def opened_by(cls, process: CallingProcess, flags: int = 0) -> SessionHandle:
        """``necp_session_open`` by a process; the handle's fd is -1 if the call failed."""
        answer = process.submit(syscalls.NecpSessionOpen(process.pid, flags))
        return cls(process, answer.retval if answer.retval is not None else -1)

    def action(
        self, action: int, in_buffer: BufferLike = None, out_buffer: BufferLike = None
    ) -> CallAnswer:
        """``necp_session_action`` with any number and buffers; lengths are the buffers' own."""
        content, out = as_buffer(in_buffer), as_buffer(out_buffer)
        return self.process.submit(
            syscalls.NecpSessionAction(
                self.process.pid,
                self.fd,
                action,
                content,
                content.length if content is not None else 0,
                out,
                out.length if out is not None else 0,
            )
        )

    def close(self) -> CallAnswer:
        """``close``."""
        return self.process.submit(syscalls.Close(self.process.pid, self.fd))


@dataclass(frozen=True, slots=True, repr=False)
class PolicySessionHandle:
    """A policy session with a method for each session action.

    For malformed calls use ``session``, whose ``action`` takes any bytes.
    """

    session: SessionHandle

    def __repr__(self) -> str:
        return f"{self.session!r}"

    @classmethod
    def opened_by(
        cls, process: CallingProcess, *, priority: int | None = None
    ) -> PolicySessionHandle:
        """``necp_session_open`` by a process, then SET_SESSION_PRIORITY if one is given."""
        handle = cls(SessionHandle.opened_by(process))
        if priority is not None:
            handle.set_priority(priority)
        return handle

    def add_policy(
        self, *, order: int, result: Result, conditions: Sequence[Condition] = ()
    ) -> AddedPolicy:
        """POLICY_ADD; a policy without conditions matches everything."""
        content = policy(order=order, result=result, conditions=conditions)
        answer = self.session.action(SessionAction.POLICY_ADD, content, room(POLICY_ID.size))
        return AddedPolicy(_written_id(answer), answer)

    def delete_policy(self, policy_id: int) -> CallAnswer:
        """POLICY_DELETE; takes effect with the next POLICY_APPLY_ALL."""
        return self.session.action(SessionAction.POLICY_DELETE, POLICY_ID.pack(policy_id))

    def delete_all(self) -> CallAnswer:
        """POLICY_DELETE_ALL; takes effect with the next POLICY_APPLY_ALL."""
        return self.session.action(SessionAction.POLICY_DELETE_ALL)

    def apply_all(self) -> CallAnswer:
        """POLICY_APPLY_ALL: policies added and deleted since the last call take effect."""
        return self.session.action(SessionAction.POLICY_APPLY_ALL)

    def add_domain_filter(self, content: bytes) -> AddedDomainSet:
        """ADD_DOMAIN_FILTER, which counts at once; see :mod:`necp_replay.scenario.domain_sets`."""
        return self._add_set(SessionAction.ADD_DOMAIN_FILTER, content)

    def remove_domain_filter(self, filter_id: int) -> CallAnswer:
        """REMOVE_DOMAIN_FILTER, of whichever session it is."""
        return self.session.action(
            SessionAction.REMOVE_DOMAIN_FILTER, DOMAIN_SET_ID.pack(filter_id)
        )

    def remove_all_domain_filters(self) -> CallAnswer:
        """REMOVE_ALL_DOMAIN_FILTERS that this session added."""
        return self.session.action(SessionAction.REMOVE_ALL_DOMAIN_FILTERS)

    def add_domain_trie(self, content: bytes) -> AddedDomainSet:
        """ADD_DOMAIN_TRIE, which counts at once; see :mod:`necp_replay.scenario.domain_sets`."""
        return self._add_set(SessionAction.ADD_DOMAIN_TRIE, content)

    def remove_domain_trie(self, trie_id: int) -> CallAnswer:
        """REMOVE_DOMAIN_TRIE, of whichever session it is."""
        return self.session.action(SessionAction.REMOVE_DOMAIN_TRIE, DOMAIN_SET_ID.pack(trie_id))

    def remove_all_domain_tries(self) -> CallAnswer:
        """REMOVE_ALL_DOMAIN_TRIES that this session added."""
        return self.session.action(SessionAction.REMOVE_ALL_DOMAIN_TRIES)

    def _add_set(self, action: SessionAction, content: bytes) -> AddedDomainSet:
        answer = self.session.action(action, content, room(DOMAIN_SET_ID.size))
        return AddedDomainSet(_written_id(answer), answer)

    def set_priority(self, priority: int) -> CallAnswer:
        """SET_SESSION_PRIORITY; see :class:`~necp_replay.abi.policy.SessionPriority`."""
        content = SESSION_PRIORITY.pack(priority)
        return self.session.action(SessionAction.SET_SESSION_PRIORITY, content)

    def lock_to_process(self) -> CallAnswer:
        """LOCK_SESSION_TO_PROC: from now on only this process may use the session."""
        return self.session.action(SessionAction.LOCK_SESSION_TO_PROC)

    def register_service(self, service: bytes) -> CallAnswer:
        """REGISTER_SERVICE by its uuid."""
        return self.session.action(SessionAction.REGISTER_SERVICE, service)

    def unregister_service(self, service: bytes) -> CallAnswer:
        """UNREGISTER_SERVICE by its uuid."""
        return self.session.action(SessionAction.UNREGISTER_SERVICE, service)

    def close(self) -> CallAnswer:
        """``close``: ends the session and removes its policies."""
        return self.session.close()


@dataclass(frozen=True, slots=True)
class AddedPolicy:
    """The outcome of POLICY_ADD, and the policy's id; ``id`` is 0 if the call failed."""

    id: int
    answer: CallAnswer


@dataclass(frozen=True, slots=True)
class AddedDomainSet:
    """The outcome of adding a domain filter or trie, and its id; ``id`` is 0 if that failed."""

    id: int
    answer: CallAnswer


def _written_id(answer: CallAnswer) -> int:
    written = answer.answer.out_buffer if isinstance(answer.answer, SessionBuffer) else None
    if answer.errno == 0 and isinstance(written, bytes):
        return int.from_bytes(written, "little")
    return 0
