"""Sorts the fields that differ by how much they mean, for reports that do not show all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer

_LAYERS: Final = (
    Layer.RESULT,
    Layer.FLOWS,
    Layer.CLIENTS,
    Layer.INSTALLED,
    Layer.RETURN,
    Layer.EFFECTS,
    Layer.OUTPUT,
    Layer.STATISTICS,
    Layer.INPUT,
    Layer.STATE,
)
"""The layers of an outcome, from decisions to counters."""
_FIRST: Final = ("POLICY_RESULT", "POLICY_RESULT_PARAMETER", "INTERFACE_INDEX", "FLAGS")
"""Fields of a client's result that the others follow from."""
_FOLLOWS: Final = "readable"
"""The field of an fd that follows from its clients."""
_LENGTH: Final = re.compile(r"(^|[ _])(length|bytes|size)$")
_SUCCESS: Final = "ok"


def by_meaning(fields: Sequence[FieldDifference]) -> list[FieldDifference]:
    """The fields: errors first, then results, flows, effects; lengths are last.

    A return value that only says how long the answer is says less than the answer. Fields of one
    rank keep their order.
    """
    return sorted(fields, key=_rank)


def most_meaningful(fields: Sequence[FieldDifference], limit: int) -> list[FieldDifference]:
    """The fields with the most meaning, at most ``limit`` of them, in their own order."""
    kept = {id(field) for field in by_meaning(fields)[:limit]}
    return [field for field in fields if id(field) in kept]


def _is_length(value: str | None) -> bool:
    return value is not None and value.endswith(" bytes")


def _rank(field: FieldDifference) -> tuple[int, int]:
    name = field.path.rpartition("> ")[2]
    if name == "status":
        sides = (field.expected, field.actual)
        succeeds = all(side is None or side.startswith(_SUCCESS) for side in sides)
        return (len(_LAYERS) + 1, 0) if succeeds and None not in sides else (0, 0)
    if _LENGTH.search(name) or (_is_length(field.expected) and _is_length(field.actual)):
        return len(_LAYERS) + 1, 1
    within = _FIRST.index(name) if name in _FIRST else len(_FIRST) + (name == _FOLLOWS)
    return 1 + _LAYERS.index(field.layer), within
