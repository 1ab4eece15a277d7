"""Writes a timeline of a trace for ui.perfetto.dev, in the trace event format (JSON).

Each process is a process of the timeline, each fd a track of it, and what the rest of the kernel
does is process 0. Calls take no modelled time. So that they can be seen and keep their order, each
record is shown as a slice of 1 us, begun at the clock or at the end of the slice before, whichever
is later. A wake-up of an fd is a flow from the record that caused it to the next call on the fd.

Open fds with a wake-up that no call has followed are all that is kept in memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from necp_replay.events.effects import Log, Panic, Wake
from necp_replay.events.inputs import Input, Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.processes import ProcAdd
from necp_replay.events.references import fd_of, process_of
from necp_replay.export.trace_rows import WatchRecords, header_facts
from necp_replay.files.atomic import AtomicFile
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import lines_of
from necp_replay.outcomes.render_input import kind_of_input, title
from necp_replay.outcomes.render_outcome import render_outcome
from necp_replay.outcomes.render_passed import passed_nodes, unmeasured_nodes
from necp_replay.outcomes.safe_text import escape
from necp_replay.releases.names import match_result_layout, session_priorities
from necp_replay.trace.reader import TraceReader

_KERNEL: Final = 0
"""The process of the timeline for records without a process."""
_NO_FD: Final = 0
"""The track of calls without an fd. Tracks of fds are their numbers plus one."""
_SLICE_US: Final = 1
_NS_PER_US: Final = 1_000
_SHOWN_LINES: Final = 60
_SHOWN_CHARACTERS: Final = 200
_WRITTEN_AT_ONCE: Final = 1 << 16

Event = dict[str, Any]


def write_timeline(reader: TraceReader, path: Path, watch: WatchRecords = iter) -> int:
    """Write the timeline of a trace. Returns how many records it has.

    Raises TraceError where the trace is damaged, with nothing written, and WriteError.
    """
    timeline = _Timeline(reader)
    with AtomicFile(path) as file:
        lines = _EventLines(file.write)
        about = dict(header_facts(reader.header))
        lines.begin(f'{{"displayTimeUnit":"ns","otherData":{json.dumps(about)},"traceEvents":[')
        records = 0
        for number, step, outcome in watch(reader.records()):
            for event in timeline.events(number, step, outcome):
                lines.add(event)
            records += 1
        lines.end("\n]}\n")
    return records


class _EventLines:
    """Writes events, one a line, with commas between them."""

    def __init__(self, write: Callable[[bytearray], object]) -> None:
        self._write = write
        self._waiting = bytearray()
        self._before = "\n"

    def begin(self, text: str) -> None:
        self._waiting += text.encode()

    def add(self, event: Event) -> None:
        self._waiting += (self._before + json.dumps(event, separators=(",", ":"))).encode()
        self._before = ",\n"
        if len(self._waiting) >= _WRITTEN_AT_ONCE:
            self._write(self._waiting)
            self._waiting = bytearray()

    def end(self, text: str) -> None:
        self._waiting += text.encode()
        self._write(self._waiting)


class _Timeline:
    """Turns records into events."""

    def __init__(self, reader: TraceReader) -> None:
        release = reader.header.release
        self._names = StableNames(session_priorities(release), match_result_layout(release))
        self._clock_ns = reader.first_clock_ns
        self._end_us = 0
        self._tracks: set[tuple[int, int]] = set()
        self._processes: set[int] = set()
        self._wakes: dict[tuple[int, int], int] = {}
        """The flow of the last wake-up of each fd that no call has followed yet."""
        self._flows = 0

    def events(self, number: int, step: Step, outcome: Outcome | None) -> Iterator[Event]:
        """The events of a record: new tracks, the slice, flows to and from it, marks."""
        self._names.learn(step)
        now_ns = step.sets_clock_ns
        if now_ns is not None:
            self._clock_ns = now_ns
        at_us = max(self._clock_ns // _NS_PER_US, self._end_us)
        self._end_us = at_us + _SLICE_US
        event = step.input
        fd = fd_of(event, outcome)
        process = process_of(event)
        pid = _KERNEL if process is None else process
        tid = _NO_FD if fd is None else fd[1] + 1
        yield from self._new_tracks(pid, tid, event)
        place = {"ts": at_us, "pid": pid, "tid": tid}
        yield {
            "ph": "X",
            "dur": _SLICE_US,
            "name": kind_of_input(event),
            "cat": "refused" if outcome is not None and outcome.errno else "record",
            **place,
            "args": self._arguments(number, step, outcome),
        }
        flow = None if fd is None else self._wakes.pop((pid, tid), None)
        if flow is not None:
            yield {"ph": "f", "bp": "e", "id": flow, "name": "wake", "cat": "wake", **place}
        for effect in () if outcome is None else outcome.effects:
            match effect:
                case Wake():
                    self._flows += 1
                    self._wakes[effect.pid, effect.fd + 1] = self._flows
                    yield {"ph": "s", "id": self._flows, "name": "wake", "cat": "wake", **place}
                case Log():
                    yield _mark(f"log {effect.function}", place)
                case Panic():
                    yield _mark("panic", place)

    def _new_tracks(self, pid: int, tid: int, event: Input) -> Iterator[Event]:
        if (pid, tid) in self._tracks:
            return
        if pid not in self._processes:
            self._processes.add(pid)
            name = "kernel" if pid == _KERNEL else "process"
            if isinstance(event, ProcAdd) and event.name:
                name = escape(event.name)
            yield _name_of("process_name", pid, tid, name)
        self._tracks.add((pid, tid))
        yield _name_of("thread_name", pid, tid, "no fd" if tid == _NO_FD else f"fd {tid - 1}")

    def _arguments(self, number: int, step: Step, outcome: Outcome | None) -> Event:
        event, names = step.input, self._names
        passed = [*passed_nodes(event, names), *unmeasured_nodes(step)]
        arguments: Event = {"record": number, "title": title(event, names)}
        arguments["clock_ns"] = self._clock_ns
        if passed:
            arguments["passed"] = _shown(list(lines_of(passed)))
        if outcome is not None:
            rendered = render_outcome(event, outcome, names)
            arguments["status"] = rendered.status
            if rendered.nodes:
                arguments["returned"] = _shown(list(lines_of(rendered.nodes)))
        return arguments


def _mark(name: str, place: Event) -> Event:
    return {"ph": "i", "s": "t", "name": name, "cat": "effect", **place}


def _name_of(what: str, pid: int, tid: int, name: str) -> Event:
    return {"ph": "M", "name": what, "pid": pid, "tid": tid, "args": {"name": name}}


def _shown(lines: list[str]) -> list[str]:
    """Lines as arguments of a slice, cut to what a panel can show."""
    shown = [
        line if len(line) <= _SHOWN_CHARACTERS else f"{line[:_SHOWN_CHARACTERS]}..."
        for line in lines[:_SHOWN_LINES]
    ]
    hidden = len(lines) - len(shown)
    return [*shown, f"and {hidden} more lines"] if hidden else shown
