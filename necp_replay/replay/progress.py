"""The progress of work on traces: how many are done, and how many records were worked on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

if TYPE_CHECKING:
    from tqdm import tqdm

Item = TypeVar("Item")

OnRecords = Callable[[int], None]
"""Told how many more records were worked on."""
PROGRESS_RECORDS: Final = 256
"""Progress is told after this many records."""
REDRAW_S: Final = 0.25
"""How often a bar is drawn again while nothing is finished."""
_DELAY_S: Final = 2
"""Shorter work shows no progress bar."""


class TraceProgress:
    """Counts traces, and their records, in a progress bar on standard error.

    One trace can take minutes, so the bar is also drawn while one is worked on. Use it as a context
    manager, so that the bar is removed at the end.
    """

    def __init__(self, total: int, *, is_shown: bool) -> None:
        """``total`` is the number of traces."""
        self._bar = _bar(total) if is_shown else None
        self._records = 0
        self._next_s = time.monotonic() + _DELAY_S

    def __enter__(self) -> TraceProgress:
        """Enter the context that removes the bar."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()

    def each(self, traces: Iterable[Item]) -> Iterator[Item]:
        """Give the traces, and count those that are done."""
        for trace in traces:
            yield trace
            self.on_trace()

    def on_trace(self) -> None:
        """Count a trace that is done."""
        if self._bar is not None:
            self._bar.update()

    def on_records(self, more: int) -> None:
        """Count records."""
        self._records += more
        self.on_time()

    def on_time(self) -> None:
        """Draw the bar again, if that is due."""
        now_s = time.monotonic()
        if self._bar is not None and now_s >= self._next_s:
            self._next_s = now_s + REDRAW_S
            if self._records:
                self._bar.set_postfix_str(f"{self._records:,} records", refresh=False)
            self._bar.refresh()


def _bar(total: int) -> tqdm[NoReturn]:
    # Most runs show no bar, and importing it takes longer than replaying one small trace.
    from tqdm import tqdm

    return tqdm(total=total, unit="trace", leave=False, delay=_DELAY_S)
