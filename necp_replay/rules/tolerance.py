"""How far numbers may be apart: an absolute distance, or a part of what was expected."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

# A number that stands by itself. Parts of addresses, versions, flags in hexadecimal and stable
# names such as #1 are no quantities, and neither is what nobody could write down.
_NUMBER: Final = re.compile(
    r"(?:(?<=[\s=(,{\[])|(?<![\s\S]))-?\d{1,40}(?:\.\d{1,20})?(?=[\s,;)}\]]|\Z)"
)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """``distance`` is in the field's own unit, or where ``relative`` a part of the expected."""

    distance: Fraction
    relative: bool = False

    def accepts(self, expected: str | None, actual: str | None) -> bool:
        """Whether two values are the same but for their numbers, and those close enough."""
        if expected is None or actual is None:
            return False
        if _NUMBER.split(expected) != _NUMBER.split(actual):
            return False
        return all(
            self._is_close(Fraction(old), Fraction(new))
            for old, new in zip(_NUMBER.findall(expected), _NUMBER.findall(actual), strict=True)
        )

    def _is_close(self, expected: Fraction, actual: Fraction) -> bool:
        allowed = self.distance * abs(expected) if self.relative else self.distance
        return abs(actual - expected) <= allowed
