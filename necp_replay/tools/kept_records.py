"""The records of a part of a trace, for reading them several times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import NumberedRecord

MOST_HELD: Final = 20_000
"""Parts of up to this many records are held in memory after they were read once."""


class KeptRecords:
    """Records of a trace by their numbers, in order. Memory holds them if there are few."""

    def __init__(self, reader: TraceReader, numbers: Sequence[int]) -> None:
        """``numbers`` are in order, each once."""
        self._reader = reader
        self._numbers = numbers
        self._held: list[NumberedRecord] | None = None

    def __iter__(self) -> Iterator[NumberedRecord]:
        """The records, each with its number in the whole trace."""
        if self._held is None and len(self._numbers) <= MOST_HELD:
            self._held = list(self._reader.picked(self._numbers))
        return iter(self._held or self._reader.picked(self._numbers))
