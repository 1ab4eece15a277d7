"""Progress on work that takes more than two seconds, on terminals only."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

DELAY_S = 2
"""Shorter work shows no progress at all."""


def with_progress(items: Sequence[Item], unit: str) -> Iterator[Item]:
    """The items, counted on standard error while they are worked on."""
    from tqdm import tqdm

    yield from tqdm(items, unit=unit, disable=not sys.stderr.isatty(), leave=False, delay=DELAY_S)
