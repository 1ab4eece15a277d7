"""How much of a run was compared, where that is not all of it: the same words in every report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Known(Protocol):
    """Counts of records: of one trace, or of all traces of a run."""

    @property
    def in_part(self) -> int:
        """Records that were compared without their unmeasured fields."""

    @property
    def not_compared(self) -> int:
        """Records without any known outcome."""

    @property
    def not_determined(self) -> int:
        """Records that need what the trace does not know."""


def known_parts(counts: Known) -> Iterator[str]:
    """``80 compared in part``, ``2 not compared``, ``5 not determined``: those that are not 0."""
    for count, what in (
        (counts.in_part, "compared in part"),
        (counts.not_compared, "not compared"),
        (counts.not_determined, "not determined"),
    ):
        if count:
            yield f"{count:,} {what}"
