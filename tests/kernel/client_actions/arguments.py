"""Arguments of client actions that tests share, and what is said of an answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from necp_replay.abi.client import ClientAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import BufferLike, as_buffer, room
from necp_replay.scenario.process import NecpFdHandle
from tests.kernel.builders import log_functions


@dataclass(frozen=True, slots=True)
class Arguments:
    """Arguments of an action; lengths default to those of the buffers."""

    client_id: BufferLike
    buffer: BufferLike = field(default_factory=lambda: room(1024))
    client_id_len: int | None = None
    buffer_size: int | None = None

    def call(self, fd: NecpFdHandle, action: ClientAction) -> CallAnswer:
        """Make the call."""
        return fd.action(
            action,
            self.client_id,
            self.buffer,
            client_id_len=self.client_id_len,
            buffer_size=self.buffer_size,
        )


def verdict(answer: CallAnswer) -> tuple[int | None, list[str | None]]:
    """The errno and the functions of the log records."""
    return answer.errno, list(log_functions(answer))


def unreadable(content: bytes = bytes(16)) -> UserBuffer:
    """A buffer that faults after 9 bytes."""
    buffer = as_buffer(content)
    assert buffer is not None
    return UserBuffer(content=buffer.content[:9], length=buffer.length, mapped=9)


def shown(answer: CallAnswer) -> tuple[bytes, bytes]:
    """Both buffers after the call, trailing zeros cut; empty where they cannot be seen."""
    content = answer.answer
    client_id = getattr(content, "client_id", None)
    buffer = getattr(content, "buffer", None)
    return (
        client_id if isinstance(client_id, bytes) else b"",
        buffer if isinstance(buffer, bytes) else b"",
    )
