"""Records and the header of a trace as text, with everything decoded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.events.inputs import Input
from necp_replay.events.outcome import Absent, Outcome, Panicked, TypeConfused
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import INDENT, Node, lines_of
from necp_replay.outcomes.render_input import title
from necp_replay.outcomes.render_outcome import render_outcome
from necp_replay.outcomes.render_passed import passed_nodes, unmeasured_nodes
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.title_words import with_quotes
from necp_replay.report.hexdump import buffers_passed, buffers_returned, hexdump_lines
from necp_replay.report.style import Style
from necp_replay.tools.durations import duration_text
from necp_replay.tools.selected import SelectedRecord
from necp_replay.trace.header import Header

_SHOWN_LINE: Final = 400
"""Longer lines are cut, unless hexdumps are shown. That is four lines of most terminals."""


@dataclass(frozen=True, slots=True)
class ShowOptions:
    """``hex`` adds hexdumps of all buffers. ``numbered`` shows the numbers of records."""

    hex: bool = False
    numbered: bool = True


def header_lines(header: Header) -> Iterator[str]:
    """The header of a trace, with the text of its attachments. Empty fields are left out."""
    facts = [
        ("name", header.name),
        ("release", header.release),
        ("description", header.description),
        ("source", f"{header.source_kind.name} {header.source}".rstrip()),
        ("outcomes", header.outcome_detail.name),
        ("tool version", header.tool_version),
        ("meaning", str(header.meaning)),
        *header.properties,
    ]
    for key, value in facts:
        if value:
            first, *more = value.split("\n")
            yield f"{escape(key)}: {escape(first)}".rstrip()
            for line in more:
                yield f"{INDENT}{escape(line)}".rstrip()
    for attachment in header.attachments:
        content = attachment.content
        yield f"attachment {escape(attachment.name)}: {len(content)} bytes"
        try:
            lines = [escape(line) for line in content.decode().split("\n")]
        except UnicodeDecodeError:
            lines = list(hexdump_lines(content))
        for line in lines:
            yield f"{INDENT}{line}".rstrip()


def record_lines(
    record: SelectedRecord, names: StableNames, style: Style, options: ShowOptions
) -> Iterator[str]:
    """One record: a line with title and status, then what was passed and what was returned."""
    event, outcome = record.step.input, record.outcome
    rendered = None if outcome is None else render_outcome(event, outcome, names)
    clock = duration_text(record.clock_ns)
    if options.numbered:
        clock = f"{record.number} {clock}"
    heading = f"{style.paint(clock, 'dim')} {style.paint(title(event, names), 'bold')}"
    if outcome is not None and rendered is not None:
        heading += f" -> {_painted_status(rendered.status, outcome, style)}"
    yield heading
    body = [
        Node(section, children=nodes)
        for section, nodes in (
            ("ids", [Node(names.name(uuid), uuid.hex()) for uuid in record.step.uuids]),
            ("passed", [*passed_nodes(event, names), *unmeasured_nodes(record.step)]),
            ("returned", [] if rendered is None else rendered.nodes),
        )
        if nodes
    ]
    if record.state_hash is not None:
        body.append(Node("state_hash", str(record.state_hash)))
    for line in map(with_quotes, lines_of(body, 1)):
        yield line if options.hex else _cut(line)
    if options.hex:
        yield from _hexdumps(event, outcome)


def _painted_status(status: str, outcome: Outcome, style: Style) -> str:
    if isinstance(outcome.answer, Absent):
        return style.paint(status, "yellow")
    failed = bool(outcome.errno) or isinstance(outcome.answer, Panicked | TypeConfused)
    return style.paint(status, "red") if failed else style.paint(status, "green")


def _cut(line: str) -> str:
    hidden = len(line) - _SHOWN_LINE
    return line if hidden <= 0 else f"{line[:_SHOWN_LINE]}... ({hidden:,} more; --hex shows all)"


def _hexdumps(event: Input, outcome: Outcome | None) -> Iterator[str]:
    passed = dict(buffers_passed(event))
    for name, content in passed.items():
        yield from _hexdump(f"passed {name}", content)
    if outcome is None:
        return
    for name, content in buffers_returned(outcome):
        if passed.get(name) == content:
            yield f"{INDENT}returned {name}, as passed"
        else:
            yield from _hexdump(f"returned {name}", content)


def _hexdump(what: str, content: bytes) -> Iterator[str]:
    yield f"{INDENT}{what}, {len(content)} bytes"
    for line in hexdump_lines(content):
        yield f"{INDENT}{INDENT}{line}"
