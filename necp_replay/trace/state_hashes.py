"""Hashes of states in a chunk: after which records, and what they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from necp_replay.events.state_hash import SHA256_BYTES, StateHash
from necp_replay.trace.pb import trace_pb2 as pb

NO_STATE_HASHES: Final[Mapping[int, StateHash]] = MappingProxyType({})


def state_hashes_of(message: pb.Chunk | pb.UndecodedChunk) -> Mapping[int, StateHash]:
    """The hashes of a chunk by record. Invalid ones are left out."""
    if not message.state_hashes:
        return NO_STATE_HASHES
    end = message.first_record + message.record_count
    return {
        each.record: StateHash(each.form, each.sha256)
        for each in message.state_hashes
        if len(each.sha256) == SHA256_BYTES and message.first_record <= each.record < end
    }


def wrong_state_hashes(message: pb.Chunk) -> Iterator[str]:
    """What is wrong with the hashes of a chunk: their length, their records, or their order."""
    next_record, end = message.first_record, message.first_record + message.record_count
    for each in message.state_hashes:
        if len(each.sha256) != SHA256_BYTES:
            yield f"the hash of a state has {len(each.sha256)} bytes, not {SHA256_BYTES}"
        elif not next_record <= each.record < end:
            yield f"the hash of a state is of record {each.record}, which cannot be here"
        else:
            next_record = each.record + 1


def encode_state_hashes(hashes: Iterable[tuple[int, StateHash]]) -> list[pb.StateHash]:
    """Hashes by record as messages."""
    return [
        pb.StateHash(record=record, form=each.form, sha256=each.sha256) for record, each in hashes
    ]
