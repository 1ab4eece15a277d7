"""Traces of clients that are added, used and removed, written record by record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from necp_replay.abi.client import ClientAction, ClientResult
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import ActionBuffers, Outcome
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.events.user_buffer import Unseen, UserBuffer
from necp_replay.trace.header import Header, OutcomeDetail, SourceKind
from necp_replay.trace.writer import TraceWriter

RELEASE: Final = "xnu-4570.51.1"
Record = tuple[Step, Outcome | None]


def uuid(number: int, side: str = "left") -> bytes:
    """An id; every other one ends in a zero byte, which is cut from buffers."""
    digest = hashlib.sha256(f"{side}{number}".encode()).digest()[:16]
    return digest[:15] + b"\0" if number % 2 else digest


def add(number: int, *, side: str = "left", port: int = 443, now_ns: int | None = None) -> Record:
    """A client is added, and gets the id."""
    generated = uuid(number, side)
    call = NecpClientAction(
        100,
        3,
        ClientAction.ADD,
        UserBuffer(length=16),
        16,
        UserBuffer(pack_tlv(9, port.to_bytes(2, "big")), 64),
        64,
    )
    buffers = ActionBuffers(generated.rstrip(b"\0"), Unseen.NO_BUFFER)
    return Step(call, (generated,), now_ns), Outcome(0, 0, buffers)


def copy(number: int, *, side: str = "left", value: int = 0) -> Record:
    """The result of a client is copied; it holds the id in the middle, and at its end."""
    client = uuid(number, side)
    call = NecpClientAction(
        100,
        3,
        ClientAction.COPY_RESULT,
        UserBuffer(client.rstrip(b"\0"), 16),
        16,
        UserBuffer(length=128),
        128,
    )
    content = (
        pack_tlv(ClientResult.CLIENT_ID, client)
        + pack_tlv(ClientResult.INTERFACE_INDEX, value.to_bytes(4, "little"))
        + pack_tlv(ClientResult.NETAGENT, bytes(4) + client)
    )
    buffers = ActionBuffers(Unseen.NO_BUFFER, content.rstrip(b"\0"))
    return Step(call), Outcome(0, len(content), buffers)


def write(
    path: Path,
    records: Iterable[Record],
    *,
    detail: OutcomeDetail = OutcomeDetail.FULL,
    release: str = RELEASE,
) -> Path:
    """Write a trace of these records."""
    header = Header(release, source_kind=SourceKind.IMPORT, outcome_detail=detail)
    with TraceWriter.create(path, header) as writer:
        for step, outcome in records:
            writer.write(step, outcome)
    return path


Call = tuple[str, int, int]
"""``add`` or ``copy``, the number of the client, and a port or value."""


def played(calls: Sequence[Call], side: str) -> list[Record]:
    """The records of these calls, with ids of a side."""
    return [
        add(client, side=side, port=value)
        if what == "add"
        else copy(client, side=side, value=value)
        for what, client, value in calls
    ]
