"""One record whose outcome is not the expected one, and what is known of the difference."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Final

from necp_replay.outcomes.difference import Difference
from necp_replay.outcomes.sides import Sides

FINAL_TITLE: Final = "final state"
"""The title of a difference that is not a record's, but the state's after the last one."""


class Truth(enum.Enum):
    """What an outcome was compared with."""

    RECORDED = "recorded"
    GOLDEN = "golden"
    RELEASE = "release"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where two files differ: the record's number in each, None where a file has none.

    ``is_replaced`` says that the records are of one kind, but with another input.
    """

    left: int | None
    right: int | None
    is_replaced: bool = False

    @property
    def move(self) -> str:
        """``changed``, ``replaced``, ``removed`` (only in the left) or ``added``."""
        if self.right is None:
            return "removed"
        if self.left is None:
            return "added"
        return "replaced" if self.is_replaced else "changed"

    def __str__(self) -> str:
        """``A 3, B 4``; one of both where only one file has the record."""
        sides = (("A", self.left), ("B", self.right))
        return ", ".join(f"{name} {number}" for name, number in sides if number is not None)


@dataclass(slots=True)
class RecordDifference:
    """One record whose outcome is not the expected one.

    ``record`` is None for the final state and for what only the expected side has. ``kind`` is the
    input's name, or the action's (``REMOVE``). ``fingerprint`` is the same for every difference of
    the same kind, in any trace. ``follows`` is the record that began the chain this one belongs to,
    None where it begins one itself; ``followers`` counts the rest of its chain. ``fact`` names the
    profile fact that explains it, ``rule`` the number of the rule that expects it.
    ``from_golden`` is how a record that differs from what was recorded differs from its golden:
    in nothing, where the golden says what was replayed; None where there is no golden to compare.

    Of two files ``place`` is where they differ and ``follows_place`` where the chain begins;
    ``record`` is the number in the left one, or in the right one where only that has the record.
    """

    record: int | None
    title: str
    truth: Truth
    differences: list[Difference]
    context: list[str] = field(default_factory=list)
    kind: str = ""
    fingerprint: str = ""
    follows: int | None = None
    followers: int = 0
    fact: str | None = None
    rule: int | None = None
    sides: Sides | None = None
    from_golden: list[Difference] | None = None
    place: FilePlace | None = None
    follows_place: FilePlace | None = None

    @property
    def group(self) -> str:
        """Under which differences of the same cause are gathered: the fact, or the fingerprint."""
        return self.fact or self.fingerprint
