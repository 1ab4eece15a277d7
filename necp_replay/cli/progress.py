"""Progress bars on standard error, if that is a terminal and the work takes over two seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")

DELAY_S = 2
"""Shorter work shows no progress bar."""


def with_progress(items: Iterable[Item], unit: str, total: int | None = None) -> Iterator[Item]:
    """Give the items, and count them in a progress bar."""
    if not sys.stderr.isatty():
        yield from items
        return
    from tqdm import tqdm

    yield from tqdm(items, unit=unit, total=total, leave=False, delay=DELAY_S)


@contextmanager
def byte_progress() -> Iterator[Callable[[int], None]]:
    """Give a function that adds bytes to a progress bar."""
    with _counted("B") as count:
        yield count


@contextmanager
def record_progress() -> Iterator[Callable[[int], None]]:
    """Give a function that adds records to a progress bar."""
    with _counted("record") as count:
        yield count


@contextmanager
def _counted(unit: str) -> Iterator[Callable[[int], None]]:
    if not sys.stderr.isatty():
        yield lambda more: None
        return
    # Importing it takes longer than many commands.
    from tqdm import tqdm

    with tqdm(unit=unit, unit_scale=True, leave=False, delay=DELAY_S) as bar:

        def count(more: int) -> None:
            bar.update(more)

        yield count
