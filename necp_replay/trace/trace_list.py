"""Many found traces in little memory.

Most traces of a folder have paths and names that differ in the name of the file alone. So what
comes before it is kept once for the folder. A trace is made anew each time that it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from necp_replay.dataclass import dataclass
from necp_replay.files.grouped_texts import GroupedTexts, MadeSequence
from necp_replay.trace.suffix import TRACE_SUFFIX


@dataclass(frozen=True, slots=True)
class FoundTrace:
    """A trace file. ``name`` is its path below the folder of traces, without the suffix."""

    path: Path
    name: str


class TraceList(MadeSequence[FoundTrace]):
    """Found traces in the order in which they were added."""

    def __init__(self, traces: Iterable[FoundTrace] = ()) -> None:
        """Begin with some traces."""
        self._files: GroupedTexts[tuple[str, str | None]] = GroupedTexts()
        """Names of files; of each group the folder, and what comes before a name. Where a trace has
        another name, the group has its path and None, and the text is the name."""
        for trace in traces:
            self.add(trace.path, trace.name)

    def add(self, path: str | Path, name: str) -> None:
        """Add a trace."""
        folder, file = os.path.split(os.fspath(path))
        stem = file.removesuffix(TRACE_SUFFIX)
        key: tuple[str, str | None] = (folder, name.removesuffix(stem))
        if not file or not name.endswith(stem):
            key, file = (os.fspath(path), None), name
        self._files.add(key, file)

    def __len__(self) -> int:
        """How many traces there are."""
        return len(self._files)

    def _made(self, place: int) -> FoundTrace:
        (folder, beginning), file = self._files[place]
        if beginning is None:
            return FoundTrace(Path(folder), file)
        return FoundTrace(Path(folder, file), beginning + file.removesuffix(TRACE_SUFFIX))

    def __eq__(self, other: object) -> bool:
        """Whether another sequence has the same traces."""
        return isinstance(other, Sequence) and list(self) == list(other)

    def name(self, index: int) -> str:
        """The name of a trace; its path is not made."""
        (_, beginning), file = self._files[index]
        return file if beginning is None else beginning + file.removesuffix(TRACE_SUFFIX)


class NamesOfTraces(MadeSequence[str]):
    """The names of the traces of a list."""

    def __init__(self, traces: TraceList) -> None:
        self._traces = traces

    def __len__(self) -> int:
        return len(self._traces)

    def _made(self, place: int) -> str:
        return self._traces.name(place)


def names_of(traces: Sequence[FoundTrace]) -> Sequence[str]:
    """The names of traces."""
    return (
        NamesOfTraces(traces) if isinstance(traces, TraceList) else [each.name for each in traces]
    )
