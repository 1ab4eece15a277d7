"""The rows of a trace, record by record."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from necp_replay.events.effects import EFFECT_NAMES
from necp_replay.events.inputs import Step
from necp_replay.events.json_form import outcome_to_json, step_to_json
from necp_replay.events.outcome import Outcome
from necp_replay.events.references import fd_of, process_of
from necp_replay.export.tables import EFFECTS, FIELDS, HEADER, IDS, RECORDS, TableWriter
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.render_input import kind_of_input, title
from necp_replay.outcomes.render_outcome import render_outcome
from necp_replay.outcomes.render_passed import passed_nodes, unmeasured_nodes
from necp_replay.releases.names import match_result_layout, session_priorities
from necp_replay.trace.header import Header
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import NumberedRecord

WatchRecords = Callable[[Iterator[NumberedRecord]], Iterator[NumberedRecord]]
"""Passes records on as they are read, to show progress."""

_KIND_OF_EFFECT = {cls: name for name, cls in EFFECT_NAMES.items()}


def write_trace(reader: TraceReader, tables: TableWriter, watch: WatchRecords = iter) -> int:
    """Write the rows of every record. Returns how many records there were.

    Raises TraceError where the file is damaged, when all rows before were given out.
    """
    header = reader.header
    for key, value in header_facts(header):
        tables.add(HEADER, (key, value))
    names = StableNames(session_priorities(header.release), match_result_layout(header.release))
    records = 0
    clock_ns = reader.first_clock_ns
    for number, step, outcome in watch(reader.records()):
        names.learn(step)
        now_ns = step.sets_clock_ns
        clock_ns = clock_ns if now_ns is None else now_ns
        _write_record(tables, number, clock_ns, step, outcome, names)
        records += 1
    return records


def header_facts(header: Header) -> Iterator[tuple[str, str]]:
    """What the header of a trace says, without its attachments."""
    yield "name", header.name
    yield "release", header.release
    yield "description", header.description
    yield "source_kind", header.source_kind.name
    yield "source", header.source
    yield "outcome_detail", header.outcome_detail.name
    yield "tool_version", header.tool_version
    yield from header.properties


def _write_record(
    tables: TableWriter,
    number: int,
    clock_ns: int,
    step: Step,
    outcome: Outcome | None,
    names: StableNames,
) -> None:
    event = step.input
    rendered = None if outcome is None else render_outcome(event, outcome, names)
    fd = fd_of(event, outcome)
    tables.add(
        RECORDS,
        (
            number,
            clock_ns,
            kind_of_input(event),
            title(event, names),
            process_of(event),
            None if fd is None else fd[1],
            None if rendered is None else rendered.status,
            None if outcome is None or outcome.errno is None else int(outcome.errno),
            None if outcome is None else outcome.retval,
            _json(step_to_json(step)),
            None if outcome is None else _json(outcome_to_json(outcome, event)),
        ),
    )
    for uuid in step.uuids:
        tables.add(IDS, (number, names.name(uuid), uuid.hex()))
    _write_fields(tables, number, "passed", [*passed_nodes(event, names), *unmeasured_nodes(step)])
    if outcome is None or rendered is None:
        return
    returned = [node for node in rendered.nodes if node.key != "effects"]
    _write_fields(tables, number, "returned", returned)
    effects = outcome_to_json(outcome).get("effects", ())
    for position, (effect, written) in enumerate(zip(outcome.effects, effects, strict=False), 1):
        tables.add(EFFECTS, (number, position, _KIND_OF_EFFECT[type(effect)], _json(written)))


def _write_fields(tables: TableWriter, number: int, side: str, nodes: Iterable[Node]) -> None:
    for position, (path, node) in enumerate(_fields(nodes, ()), 1):
        row = (number, side, position, len(path) - 1, " > ".join(path), node.key, node.value)
        tables.add(FIELDS, row)


def _fields(
    nodes: Iterable[Node], above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Node]]:
    for node in nodes:
        path = (*above, node.key)
        yield path, node
        yield from _fields(node.children, path)


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
