"""What a call in a scenario gave back, decoded for assertions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from necp_replay.abi.client import ClientResult, ClientResultFlag
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.events.effects import Effect
from necp_replay.events.outcome import ActionBuffers, Answer, Outcome
from necp_replay.events.user_buffer import Unseen


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """An outcome with shortcuts to its parts."""

    outcome: Outcome

    @property
    def errno(self) -> int | None:
        """The error number, 0 for success; None where the input has none."""
        return self.outcome.errno

    @property
    def retval(self) -> int | None:
        """The return value of a system call that succeeded."""
        return self.outcome.retval

    @property
    def answer(self) -> Answer | None:
        """What the input answered besides."""
        return self.outcome.answer

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What it made the kernel do, in order."""
        return self.outcome.effects

    @property
    def buffer(self) -> bytes:
        """The bytes that ``necp_client_action`` returned: as many as its return value says."""
        answer = self.outcome.answer
        if not isinstance(answer, ActionBuffers) or isinstance(answer.buffer, Unseen):
            return b""
        if not isinstance(answer.buffer, bytes):
            return b""
        length = self.outcome.retval or 0
        return answer.buffer[:length].ljust(length, b"\0")


@dataclass(frozen=True, slots=True)
class ResultAnswer(CallAnswer):
    """A client's result, decoded."""

    def values(self, type_: ClientResult) -> Iterator[bytes]:
        """The values of every TLV of a type at the top level, in order."""
        for _, found, value in iterate_tlvs(self.buffer):
            if found == type_:
                yield value

    def number(self, type_: ClientResult) -> int | None:
        """The first TLV of a type as a number, None where there is none."""
        for value in self.values(type_):
            return int.from_bytes(value, "little")
        return None

    @property
    def flags(self) -> ClientResultFlag:
        """The flags of the result; no flags at all without a result."""
        return ClientResultFlag(self.number(ClientResult.FLAGS) or 0)

    @property
    def interface_index(self) -> int | None:
        """The interface the client is routed to."""
        return self.number(ClientResult.INTERFACE_INDEX)

    @property
    def flows(self) -> list[bytes]:
        """The value of each FLOW TLV, newest first."""
        return list(self.values(ClientResult.FLOW))
