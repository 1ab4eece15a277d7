"""The fingerprint of a difference: the same for all differences of one kind, in any trace.

It is made from the kind of the record and the text of the fields that differ, so that a difference
between goldens has the same fingerprint as one between outcomes. Numbers, ids and bytes are left
out: a difference of another client or of another length is the same kind of difference. A field is
named with its layer in rules, so that fingerprints stay the same when a layer is divided.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer, layer_in_rules

FINGERPRINT_CHARACTERS: Final = 10
_FORM: Final = "1"
"""The version of the method. It is part of every fingerprint, since rules name fingerprints."""

_VARIABLE: Final = re.compile(r"0x[0-9a-f]+|#\+?\d+|\b[0-9a-f]{32}\b|\d+")
_SHOWN: Final = frozenset({Layer.RETURN, Layer.EFFECTS})
"""Layers in which the values are part of the fingerprint. In the others only the path is."""


def fingerprint_of(kind: str, differences: Sequence[FieldDifference]) -> str:
    """The fingerprint: ten hexadecimal digits."""
    lines = {"|".join(_line(kind, difference)) for difference in differences}
    text = "\n".join([_FORM, kind, *sorted(lines)])
    return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_CHARACTERS]


def _line(kind: str, difference: FieldDifference) -> tuple[str, str, str, str]:
    layer = layer_in_rules(kind, difference.layer, difference.path)
    shown = layer in _SHOWN
    return (
        layer.value,
        plain(difference.path),
        _side(difference.expected, shown),
        _side(difference.actual, shown),
    )


def _side(value: str | None, shown: bool) -> str:
    if value is None:
        return "-"
    return plain(value) if shown else "+"


def plain(text: str) -> str:
    """Text with numbers, ids and bytes replaced by ``N``."""
    return _VARIABLE.sub("N", text)
