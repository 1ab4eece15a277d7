"""What a difference is, apart from where it happened: its kind of record and its fingerprint.

Both are read from the text of titles and fields, which is all that a golden holds, so a difference
has the same fingerprint wherever it was found. Numbers, ids and bytes take no part: the same
difference about another client, at another length, is the same difference.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer

FINGERPRINT_CHARACTERS: Final = 10
_FORM: Final = "1"
"""Part of every fingerprint: another way of making them gives others."""

_VARIABLE: Final = re.compile(r"0x[0-9a-f]+|#\+?\d+|\b[0-9a-f]{32}\b|\d+")
_SHOWN: Final = frozenset({Layer.RETURN, Layer.EFFECTS})
"""Layers whose values say what kind of difference it is; of all others only the field does."""


def fingerprint_of(kind: str, differences: Sequence[FieldDifference]) -> str:
    """Ten hexadecimal digits that name this kind of difference in every trace."""
    lines = {"|".join(_line(difference)) for difference in differences}
    text = "\n".join([_FORM, kind, *sorted(lines)])
    return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_CHARACTERS]


def _line(difference: FieldDifference) -> tuple[str, str, str, str]:
    shown = difference.layer in _SHOWN
    return (
        difference.layer.value,
        plain(difference.path),
        _side(difference.expected, shown),
        _side(difference.actual, shown),
    )


def _side(value: str | None, shown: bool) -> str:
    if value is None:
        return "-"
    return plain(value) if shown else "+"


def plain(text: str) -> str:
    """Text without what differs from one place to another: numbers, ids, bytes."""
    return _VARIABLE.sub("N", text)
