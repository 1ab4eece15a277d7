"""Progress on work that takes more than two seconds, on terminals only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")

DELAY_S = 2
"""Shorter work shows no progress at all."""


def with_progress(items: Iterable[Item], unit: str, total: int | None = None) -> Iterator[Item]:
    """The items, counted on standard error while they are worked on."""
    from tqdm import tqdm

    yield from tqdm(
        items,
        unit=unit,
        total=total,
        disable=not sys.stderr.isatty(),
        leave=False,
        delay=DELAY_S,
    )


@contextmanager
def record_progress() -> Iterator[Callable[[int], None]]:
    """What tools tell of how many more records they read, while they work."""
    from tqdm import tqdm

    with tqdm(
        unit="record", unit_scale=True, disable=not sys.stderr.isatty(), leave=False, delay=DELAY_S
    ) as bar:

        def on_records(records: int) -> None:
            bar.update(records)

        yield on_records
