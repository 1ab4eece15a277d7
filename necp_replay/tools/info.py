"""What a trace is: from its header and index alone where that does, else by reading it through."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import errno_name
from necp_replay.abi.policy import SessionAction
from necp_replay.errors import TraceError
from necp_replay.trace.call_encoding import UUID_BYTES
from necp_replay.trace.header import Header
from necp_replay.trace.index import chunk_clocks_ns
from necp_replay.trace.reader import Chunk, TraceReader

UNKNOWN_KIND: Final = "not known"
"""How inputs are counted that this version does not know."""
OTHER: Final = "other"
"""How actions and errors are counted once there are very many different ones."""

WatchChunks = Callable[[Iterator[Chunk]], Iterator[Chunk]]
"""Passes chunks on as they are read, to show progress."""

_KEPT_COUNTS: Final = 1000
_ACTION_NAMES: Final[dict[str, dict[int, str]]] = {
    "necp_client_action": {int(each): each.name for each in ClientAction},
    "necp_session_action": {int(each): each.name for each in SessionAction},
}


@dataclass(slots=True)
class Contents:
    """What only reading every record tells."""

    clients: int = 0
    """How many clients were added, as far as outcomes say: successful ADDs."""
    actions: Counter[str] = field(default_factory=Counter)
    """Client and session actions, by name."""
    errnos: Counter[str] = field(default_factory=Counter)
    """Outcomes by their error's name, or number where it has none; success is ``ok``."""


@dataclass(slots=True)
class TraceInfo:
    """A trace at a glance. ``contents`` is there when the trace was read through.

    ``ids`` counts what the kernel's generator returned, clients for the most part.
    """

    header: Header
    file_bytes: int | None
    records: int = 0
    outcomes: int = 0
    ids: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    clock_range_ns: tuple[int, int] | None = None
    chunks: int = 0
    content_bytes: int = 0
    contents: Contents | None = None


def read_info(
    source: Path | BinaryIO, *, scan: bool = False, watch: WatchChunks = iter
) -> TraceInfo:
    """Tell about a trace; every record is read where ``scan`` asks for it, or there is no index.

    Raises TraceError for a file that is damaged where it was read.
    """
    with TraceReader(source) as reader:
        info = TraceInfo(reader.header, _file_bytes(source))
        if scan or not _read_index(reader, info):
            _scan(watch(reader.chunks()), info)
    return info


def _file_bytes(source: Path | BinaryIO) -> int | None:
    if isinstance(source, Path):
        return source.stat().st_size
    if not source.seekable():
        return None
    position = source.tell()
    end = source.seek(0, io.SEEK_END)
    source.seek(position)
    return end


def _read_index(reader: TraceReader, info: TraceInfo) -> bool:
    """Take what the index says, if there is one."""
    try:
        index = reader.read_index()
    except TraceError:
        # A pipe, or a file that was cut short, which reading it through will tell.
        return False
    info.records, info.outcomes, info.ids = index.records, index.outcomes, index.uuids
    info.kinds.update(index.kinds)
    info.chunks, info.content_bytes = len(index), index.content_bytes
    if index.records:
        info.clock_range_ns = index.clock_range_ns
    return True


def _scan(chunks: Iterator[Chunk], info: TraceInfo) -> None:
    contents = info.contents = Contents()
    for chunk in chunks:
        info.chunks += 1
        info.content_bytes += chunk.content_bytes
        lowest_ns, highest_ns, _ = chunk_clocks_ns(chunk.message)
        if info.clock_range_ns is not None:
            lowest_ns = min(lowest_ns, info.clock_range_ns[0])
            highest_ns = max(highest_ns, info.clock_range_ns[1])
        info.clock_range_ns = lowest_ns, highest_ns
        _count_records(chunk, info, contents)
    if not info.records:
        info.clock_range_ns = None


def _count_records(chunk: Chunk, info: TraceInfo, contents: Contents) -> None:
    for record in chunk.message.records:
        info.records += 1
        info.ids += len(record.uuids) // UUID_BYTES
        kind = record.WhichOneof("input")
        info.kinds[UNKNOWN_KIND if kind is None else kind] += 1
        has_outcome = record.HasField("outcome")
        errno = None
        if has_outcome:
            info.outcomes += 1
            if record.outcome.HasField("errno"):
                errno = record.outcome.errno
                _count(contents.errnos, errno_name(errno) if errno else "ok")
        if kind == "necp_client_action":
            action = record.necp_client_action.action
            _count(contents.actions, _ACTION_NAMES[kind].get(action, f"{kind} {action}"))
            contents.clients += action == ClientAction.ADD and errno == 0
        elif kind == "necp_session_action":
            action = record.necp_session_action.action
            _count(contents.actions, _ACTION_NAMES[kind].get(action, f"{kind} {action}"))


def _count(counts: Counter[str], key: str) -> None:
    """Count in bounded memory: a hostile trace may hold any number of different numbers."""
    counts[key if key in counts or len(counts) < _KEPT_COUNTS else OTHER] += 1
