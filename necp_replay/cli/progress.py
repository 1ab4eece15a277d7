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
def byte_progress() -> Iterator[Callable[[int], None]]:
    """What tools tell of how many more bytes they went through, while they work."""
    with _counted("B") as count:
        yield count


@contextmanager
def record_progress() -> Iterator[Callable[[int], None]]:
    """What tools tell of how many more records they read, while they work."""
    with _counted("record") as count:
        yield count


@contextmanager
def _counted(unit: str) -> Iterator[Callable[[int], None]]:
    from tqdm import tqdm

    with tqdm(
        unit=unit, unit_scale=True, disable=not sys.stderr.isatty(), leave=False, delay=DELAY_S
    ) as bar:

        def count(more: int) -> None:
            bar.update(more)

        yield count
