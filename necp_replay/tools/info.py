"""Summarizes a trace, from its header and index if they are enough, else by reading all of it."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import field
from pathlib import Path
from typing import Any, BinaryIO, Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import errno_name
from necp_replay.abi.policy import SessionAction
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.dataclass import dataclass
from necp_replay.errors import TraceError
from necp_replay.events.inputs import NAMES_OF_INPUTS
from necp_replay.events.syscalls import NecpClientAction, NecpSessionAction
from necp_replay.tools.select import Selection, selection_text
from necp_replay.tools.selected import SelectedRecord, selected_records
from necp_replay.trace.header import Header
from necp_replay.trace.index import chunk_clocks_ns
from necp_replay.trace.reader import Chunk, TraceReader
from necp_replay.trace.record_codec import input_holder, input_name, is_partial

UNKNOWN_KIND: Final = "not known"
"""How inputs are counted that this version does not know."""
OTHER: Final = "other"
"""How actions and errors are counted once there are very many different ones."""

WatchItems = Callable[[Iterator[Any], str], Iterator[Any]]
"""Passes things of a kind on as they are read, to show progress."""

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
    partial: int = 0
    """Records of which not all is known."""
    state_hashes: int = 0
    """Records with the hash of the state after them."""
    kinds: Counter[str] = field(default_factory=Counter)
    clock_range_ns: tuple[int, int] | None = None
    chunks: int = 0
    content_bytes: int = 0
    contents: Contents | None = None
    selection: str | None = None
    """What selected the records that are counted, where not all are."""


def read_info(
    source: Path | BinaryIO,
    *,
    scan: bool = False,
    selection: Selection | None = None,
    watch: WatchItems = lambda items, _: items,
) -> TraceInfo:
    """Tell about a trace; every record is read where ``scan`` asks for it, or there is no index.

    With a ``selection`` the records that it selects are read and counted, and no others. Raises
    TraceError for a file that is damaged where it was read.
    """
    with TraceReader(source) as reader:
        info = TraceInfo(reader.header, _file_bytes(source))
        if selection is not None:
            info.selection = selection_text(selection)
            _scan_selected(
                selected_records(reader, selection, watch=lambda each: watch(each, "record")), info
            )
        elif scan or not _read_index(reader, info):
            _scan(watch(reader.chunks(), "chunk"), info)
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
        # A pipe, or a file that was cut short: reading all of it shows which.
        return False
    info.records, info.outcomes, info.ids = index.records, index.outcomes, index.uuids
    info.partial, info.state_hashes = index.partial, index.state_hashes
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
    info.state_hashes += len(chunk.message.state_hashes)
    for record in chunk.message.records:
        info.ids += len(record.uuids) // UUID_BYTES
        info.partial += record.HasField("partial")
        kind = input_name(record)
        errno = None
        if record.HasField("outcome"):
            info.outcomes += 1
            errno = record.outcome.errno if record.outcome.HasField("errno") else None
        _count_record(info, UNKNOWN_KIND if kind is None else kind, errno)
        if kind in _ACTION_NAMES:
            _count_action(contents, kind, getattr(input_holder(record), kind).action, errno)


def _scan_selected(records: Iterator[SelectedRecord], info: TraceInfo) -> None:
    contents = info.contents = Contents()
    for record in records:
        event = record.step.input
        info.ids += len(record.step.uuids)
        info.outcomes += record.outcome is not None
        info.partial += is_partial(record.step, record.outcome)
        errno = None if record.outcome is None else record.outcome.errno
        kind = NAMES_OF_INPUTS[type(event)]
        _count_record(info, kind, errno)
        if isinstance(event, NecpClientAction | NecpSessionAction):
            _count_action(contents, kind, event.action, errno)
        first_ns, last_ns = info.clock_range_ns or (record.clock_ns, record.clock_ns)
        info.clock_range_ns = min(first_ns, record.clock_ns), max(last_ns, record.clock_ns)


def _count_record(info: TraceInfo, kind: str, errno: int | None) -> None:
    info.records += 1
    info.kinds[kind] += 1
    if errno is not None and info.contents is not None:
        _count(info.contents.errnos, errno_name(errno) if errno else "ok")


def _count_action(contents: Contents, kind: str, action: int, errno: int | None) -> None:
    _count(contents.actions, _ACTION_NAMES[kind].get(action, f"{kind} {action}"))
    contents.clients += kind == "necp_client_action" and action == ClientAction.ADD and errno == 0


def _count(counts: Counter[str], key: str) -> None:
    """Count in bounded memory: a hostile trace may hold any number of different numbers."""
    counts[key if key in counts or len(counts) < _KEPT_COUNTS else OTHER] += 1
