"""Concatenates traces: each starts in the state that the one before it left."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from necp_replay.engines.engine import EngineFactory, open_machine
from necp_replay.files.atomic import refuse_existing
from necp_replay.files.stored_name import stored_name
from necp_replay.tools.derived_header import OnRecords, joined_header
from necp_replay.tools.join import Joiner, JoinReport, check_inputs
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter


def concatenate(
    paths: list[Path],
    output: Path,
    *,
    open_engine: EngineFactory = open_machine,
    on_records: OnRecords | None = None,
) -> JoinReport:
    """Write the records of all traces, one trace after the other, into a new trace.

    Records stay as they are. fds stay open, the clock continues, and processes exist already when
    the next trace begins. Recorded outcomes are kept where they still hold. Raises UsageError for
    traces that cannot be joined, such as one after a trace in which the system goes down;
    WriteError for an output that exists; TraceError for damage.
    """
    check_inputs(paths)
    refuse_existing(output)
    with ExitStack() as stack:
        readers = [stack.enter_context(TraceReader(path)) for path in paths]
        header = joined_header(
            [(str(path), reader.header) for path, reader in zip(paths, readers, strict=True)],
            [("cat", ", ".join(map(stored_name, paths)))],
        )
        report = JoinReport(output, header.release, dict.fromkeys(map(str, paths), 0))
        writer = stack.enter_context(TraceWriter.create(output, header, replaces=False))
        joiner = Joiner(writer, report, open_engine, on_records)
        for path, reader in zip(paths, readers, strict=True):
            for _, step, recorded in reader:
                joiner.add(str(path), step, recorded, now_ns=step.now_ns)
    return report
