"""A handle to a process of a scenario: the system calls it can make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from necp_replay.events import processes, syscalls
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import BufferLike, as_buffer, room
from necp_replay.scenario.necp_fd import NecpFdHandle

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

    def open_other(self) -> NecpFdHandle:
        """Open an fd that is not of NECP's kind."""
        answer = self.submit(syscalls.OpenOther(self.pid))
        return NecpFdHandle(self, answer.retval if answer.retval is not None else -1)

    def on_fd(self, fd: int) -> NecpFdHandle:
        """A handle to any fd number, open or not."""
        return NecpFdHandle(self, fd)

    def match_policy(self, parameters: BufferLike) -> CallAnswer:
        """``necp_match_policy`` with room for the whole result."""
        content = as_buffer(parameters)
        size_bytes = content.bytes if content is not None else 0
        return self.submit(
            syscalls.NecpMatchPolicy(self.pid, content, size_bytes, room(MATCH_RESULT_BYTES))
        )

    def netagent_trigger(self, agent_uuid: BufferLike) -> CallAnswer:
        """``netagent_trigger``."""
        content = as_buffer(agent_uuid)
        size_bytes = content.bytes if content is not None else 0
        return self.submit(syscalls.NetagentTrigger(self.pid, content, size_bytes))

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
                content.bytes if content is not None else 0,
                out,
                out.bytes if out is not None else 0,
            )
        )

    def close(self) -> CallAnswer:
        """``close``."""
        return self.process.submit(syscalls.Close(self.process.pid, self.fd))
