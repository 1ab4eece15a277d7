"""A handle to a process of a scenario: the system calls it can make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

from necp_replay.events import processes, syscalls
from necp_replay.scenario.answers import CallAnswer, MatchAnswer
from necp_replay.scenario.buffers import BufferLike, as_buffer, room
from necp_replay.scenario.keywords import ClientParameters, ProcessFields
from necp_replay.scenario.necp_fd import NecpFdHandle
from necp_replay.scenario.parameters import client_parameters
from necp_replay.scenario.policies import PolicySessionHandle

if TYPE_CHECKING:
    from necp_replay.events.inputs import Input
    from necp_replay.scenario.system import System

MATCH_RESULT_BYTES = 212


@dataclass(frozen=True, slots=True)
class ProcessHandle:
    """A process by its pid."""

    system: System
    pid: int

    def submit(self, event: Input) -> CallAnswer:
        """Apply any input."""
        return self.system.submit(event)

    def necp_open(self, flags: int = 0) -> NecpFdHandle:
        """``necp_open``; the handle's fd is -1 where it failed."""
        answer = self.submit(syscalls.NecpOpen(self.pid, flags))
        return NecpFdHandle(self, answer.retval if answer.retval is not None else -1)

    def necp_session_open(self, flags: int = 0) -> SessionHandle:
        """``necp_session_open``; the handle's fd is -1 where it failed."""
        answer = self.submit(syscalls.NecpSessionOpen(self.pid, flags))
        return SessionHandle(self, answer.retval if answer.retval is not None else -1)

    def open_policy_session(self, *, priority: int | None = None) -> PolicySessionHandle:
        """The same as a handle with a method for each action; ``priority`` is set where named."""
        handle = PolicySessionHandle(self.necp_session_open())
        if priority is not None:
            handle.set_priority(priority)
        return handle

    def open_other(self) -> NecpFdHandle:
        """Open an fd that is not of NECP's kind."""
        answer = self.submit(syscalls.OpenOther(self.pid))
        return NecpFdHandle(self, answer.retval if answer.retval is not None else -1)

    def on_fd(self, fd: int) -> NecpFdHandle:
        """A handle to any fd number, open or not."""
        return NecpFdHandle(self, fd)

    def match_policy(
        self, parameters: BufferLike = None, **keywords: Unpack[ClientParameters]
    ) -> MatchAnswer:
        """``necp_match_policy`` with room for the whole result.

        Keywords are those of :func:`necp_replay.scenario.parameters.client_parameters`.
        """
        if parameters is None:
            parameters = client_parameters(**keywords)
        content = as_buffer(parameters)
        size_bytes = content.length if content is not None else 0
        call = syscalls.NecpMatchPolicy(self.pid, content, size_bytes, room(MATCH_RESULT_BYTES))
        return MatchAnswer(self.submit(call).outcome)

    def netagent_trigger(self, agent_uuid: BufferLike, len: int | None = None) -> CallAnswer:
        """``netagent_trigger``; ``len`` is the buffer's own unless given."""
        content = as_buffer(agent_uuid)
        if len is None:
            len = content.length if content is not None else 0
        return self.submit(syscalls.NetagentTrigger(self.pid, content, len))

    def update(self, **fields: Unpack[ProcessFields]) -> CallAnswer:
        """The process changes: another user, privilege or executable."""
        return self.submit(processes.ProcUpdate(self.pid, **fields))

    def exit(self) -> CallAnswer:
        """The process exits."""
        return self.submit(processes.ProcExit(self.pid))


@dataclass(frozen=True, slots=True)
class SessionHandle:
    """A policy session by its fd."""

    process: ProcessHandle
    fd: int

    def action(
        self, action: int, in_buffer: BufferLike = None, out_buffer: BufferLike = None
    ) -> CallAnswer:
        """``necp_session_action`` with any buffers; lengths are the buffers' own."""
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
