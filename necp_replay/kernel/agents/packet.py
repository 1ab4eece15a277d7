"""Takes apart what arrives on an agent's control socket: messages, and ``struct netagent``."""

from __future__ import annotations

from dataclasses import dataclass

from necp_replay.abi.netagent import MAX_AGENT_DATA_BYTES, NETAGENT, NETAGENT_BYTES


@dataclass(frozen=True, slots=True)
class AgentPacket:
    """A message without its header.

    ``payload_length`` is the length that the header claims. ``payload`` may be shorter or longer.
    """

    message_id: int
    payload_length: int
    payload: bytes

    def copy(self, length_bytes: int, offset: int = 0) -> bytes | None:
        """Bytes of the payload from ``offset``, None if it has fewer (``mbuf_copydata``)."""
        end = offset + length_bytes
        if end > len(self.payload):
            return None
        return self.payload[offset:end]


def agent_data_size(netagent: bytes) -> int:
    """``netagent_data_size`` of an encoded agent. It is an unsigned number."""
    data_size: int = NETAGENT.unpack_from(netagent)[5]
    return data_size


def is_valid_data_size(data_size: int) -> bool:
    """Whether an agent may have that much data; unsigned, so negative sizes are too large."""
    return data_size <= MAX_AGENT_DATA_BYTES


def split_netagent(netagent: bytes) -> tuple[bytes, bytes]:
    """``struct netagent`` and its data; bytes missing at the end read as zero."""
    header = netagent[:NETAGENT_BYTES].ljust(NETAGENT_BYTES, b"\0")
    data_size = agent_data_size(header)
    return header, netagent[NETAGENT_BYTES : NETAGENT_BYTES + data_size].ljust(data_size, b"\0")
