"""One record whose outcome is not the expected one: in which fields, and how that was found."""

from __future__ import annotations

import enum
from dataclasses import field
from typing import Final, Literal

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.fingerprint import fingerprint_of
from necp_replay.outcomes.sides import Sides

FINAL_TITLE: Final = "final state"
"""The title of a difference between two final states, which belongs to no record."""
STATE_KIND: Final = "state"
"""The kind of a difference between the state after a record and the hash of it in the trace."""


class Truth(enum.Enum):
    """What an outcome was compared with."""

    RECORDED = "recorded"
    GOLDEN = "golden"
    RELEASE = "release"
    FILE = "file"


Move = Literal["changed", "replaced", "removed", "added"]


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where two files differ: the record's number in each, None in the file that lacks it.

    ``is_replaced`` says that both records have the same kind but different inputs.
    """

    left: int | None
    right: int | None
    is_replaced: bool = False

    @property
    def move(self) -> Move:
        """``changed``, ``replaced``, ``removed`` (only in the left) or ``added``."""
        if self.right is None:
            return "removed"
        if self.left is None:
            return "added"
        return "replaced" if self.is_replaced else "changed"

    def __str__(self) -> str:
        """``A 3, B 4``, or one of the two if only one file has the record."""
        sides = (("A", self.left), ("B", self.right))
        return ", ".join(f"{name} {number}" for name, number in sides if number is not None)


@dataclass(slots=True)
class ChainLink:
    """The place of a difference in its chain of cause and followers.

    ``follows`` is the record of the cause, None for the cause itself. ``follows_place`` is the same
    for two files. ``followers`` counts the followers of a cause.
    """

    follows: int | None = None
    follows_place: FilePlace | None = None
    followers: int = 0


@dataclass(slots=True)
class Surroundings:
    """What a report shows of a difference besides its fields. Only kept differences have it.

    ``context`` are titles of earlier records. ``from_golden`` is set for a record that differs from
    what was recorded, if its trace has a golden: the fields in which it differs from the golden
    too, empty if it equals the golden. ``sides`` are both outcomes whole.
    """

    context: list[str] = field(default_factory=list)
    from_golden: list[FieldDifference] | None = None
    sides: Sides | None = None


@dataclass(slots=True)
class RecordDifference:
    """One record whose outcome is not the expected one.

    The code that compares two outcomes makes it, with everything up to ``place``. ``record`` is
    None for the final state and for a record that only the expected side has. Of two files it is
    the number in the left one, or in the right one if only that has the record; ``place`` has both.
    ``kind`` is the name of the action (``REMOVE``) or of the input. ``fact`` is the profile's fact
    that explains the difference, if one does.

    ``fingerprint`` follows from kind and fields: it is the same for every difference of the same
    kind in any trace.

    The others are filled in later: ``rule``, the number of the rule that expects the difference, by
    the collector; ``chain`` by the chains; ``shown`` by the replay.
    """

    record: int | None
    title: str
    kind: str
    truth: Truth
    fields: list[FieldDifference]
    fact: str | None = None
    place: FilePlace | None = None
    fingerprint: str = ""
    rule: int | None = None
    chain: ChainLink = field(default_factory=ChainLink)
    shown: Surroundings = field(default_factory=Surroundings)

    def __post_init__(self) -> None:
        self.fingerprint = self.fingerprint or fingerprint_of(self.kind, self.fields)

    @property
    def group(self) -> str:
        """The key by which differences are reported together: the fact, or the fingerprint."""
        return self.fact or self.fingerprint

    def keep_fields(self, fields: list[FieldDifference]) -> None:
        """Reduce the difference to some of its fields, which gives it another fingerprint.

        A difference without any field left keeps the fingerprint it had.
        """
        self.fields = fields
        if fields:
            self.fingerprint = fingerprint_of(self.kind, fields)
