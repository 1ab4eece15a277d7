"""Summaries of traces as text: one trace in full, several with one row each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from necp_replay.dataclass import dataclass
from necp_replay.errors import NecpReplayError
from necp_replay.outcomes.safe_text import escape
from necp_replay.report.style import Style
from necp_replay.report.table import label_table, left, right, table
from necp_replay.report.words import counted
from necp_replay.tools.durations import duration_text
from necp_replay.tools.info import TraceInfo
from necp_replay.trace.header import Header


@dataclass(frozen=True, slots=True)
class InfoRow:
    """The summary of a trace, or the error why it cannot be read."""

    path: str
    info: TraceInfo | None
    error: NecpReplayError | None = None


def info_text(row: InfoRow, info: TraceInfo, style: Style) -> str:
    """The summary of one trace in full."""
    parts = [style.paint(escape(row.path), "bold"), label_table(_facts(info))]
    tables = [("records by kind", info.kinds.most_common(), info.records)]
    if info.contents is not None:
        contents = info.contents
        tables.append(("actions", contents.actions.most_common(), contents.actions.total()))
        tables.append(("outcomes", contents.errnos.most_common(), contents.errnos.total()))
    for title, counts, total in tables:
        if counts:
            parts.append(_count_table(title, counts, total))
    if info.contents is None:
        parts.append(
            style.paint(
                "Read from the index only; --scan reads every record and shows more.", "dim"
            )
        )
    return "\n\n".join(parts)


def info_table(rows: Sequence[InfoRow], style: Style) -> str:
    """A table of several traces, then the errors of those that cannot be read."""
    columns = [
        *left("trace"),
        *left("release", turn=6),
        *right("records"),
        *right("outcomes", turn=4),
        *right("ids", turn=2),
        *left("clock", turn=3),
        *right("size", turn=5),
        *right("packed to", turn=1),
    ]
    described = [_row(row.path, row.info) for row in rows if row.info is not None]
    parts = [table(columns, described)] if described else []
    failed = [row for row in rows if row.error is not None]
    parts += [style.paint(escape(f"{row.error}"), "red") for row in failed]
    records = sum(row.info.records for row in rows if row.info is not None)
    total = f"{counted(len(rows), 'trace')}, {counted(records, 'record')}"
    parts.append(total + (f", {len(failed):,} could not be read" if failed else ""))
    return "\n\n".join(parts)


def _facts(info: TraceInfo) -> list[tuple[str, str]]:
    header = info.header
    facts = [
        *_header_facts(header),
        ("selection", info.selection or ""),
        ("records", _records(info)),
        ("clock", _clock(info)),
        ("ids generated", f"{info.ids:,}"),
        ("hashes of states", f"{info.state_hashes:,}" if info.state_hashes else ""),
        ("clients", _clients(info)),
        ("file", _size(info)),
    ]
    return [(key, text) for key, text in facts if text]


def _records(info: TraceInfo) -> str:
    text = f"{info.records:,}, {info.outcomes:,} with an outcome"
    return f"{text}, {info.partial:,} known in part" if info.partial else text


def _header_facts(header: Header) -> Iterable[tuple[str, str]]:
    yield "name", escape(header.name)
    yield "release", escape(header.release)
    yield "description", "\n".join(map(escape, header.description.split("\n")))
    yield "source", escape(f"{header.source_kind.name.lower()} {header.source}".rstrip())
    yield "outcome detail", header.outcome_detail.name.lower()
    yield "written by", f"necp-replay {escape(header.tool_version)}, meaning {header.meaning}"
    for key, value in header.properties:
        yield escape(key), escape(value)
    for each in header.attachments:
        kind = f" ({escape(each.media_type)})" if each.media_type else ""
        yield "attachment", f"{escape(each.name)}{kind}, {_bytes(len(each.content))}"


def _row(path: str, info: TraceInfo) -> list[object]:
    return [
        escape(path),
        escape(info.header.release),
        info.records,
        info.outcomes,
        info.ids,
        _clock(info),
        "" if info.file_bytes is None else _bytes(info.file_bytes),
        _ratio(info),
    ]


def _clock(info: TraceInfo) -> str:
    if info.clock_range_ns is None:
        return ""
    first_ns, last_ns = info.clock_range_ns
    if first_ns == last_ns:
        return duration_text(first_ns)
    span = duration_text(last_ns - first_ns)
    return f"{duration_text(first_ns)} to {duration_text(last_ns)} ({span})"


def _clients(info: TraceInfo) -> str:
    return "" if info.contents is None else f"{info.contents.clients:,} added"


def _size(info: TraceInfo) -> str:
    if info.selection is not None:
        return "" if info.file_bytes is None else _bytes(info.file_bytes)
    chunks = f"{counted(info.chunks, 'chunk')} of {_bytes(info.content_bytes)} in all"
    if info.file_bytes is None:
        return chunks
    return f"{_bytes(info.file_bytes)}: {chunks}, packed to {_ratio(info)}"


def _ratio(info: TraceInfo) -> str:
    if info.file_bytes is None or not info.content_bytes:
        return ""
    return f"{info.file_bytes / info.content_bytes:.0%}"


def _bytes(count: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def _count_table(title: str, counts: Sequence[tuple[str, int]], total: int) -> str:
    # A wrong index may have kinds but no records. `necp-replay doctor` reports that.
    shares = [f"{count / total:.1%}" if total else "" for _, count in counts]
    rows = [(name, count, share) for (name, count), share in zip(counts, shares, strict=True)]
    return table([*left(title), *right("", "")], rows)
