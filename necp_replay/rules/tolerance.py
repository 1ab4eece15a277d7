"""A tolerance of numbers: an absolute distance, or a part of the expected value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from necp_replay.dataclass import dataclass

if TYPE_CHECKING:
    from fractions import Fraction

# A number that is a word of its own. Parts of addresses, versions, hexadecimal flags and names such
# as #1 are not quantities. The limits on digits keep arithmetic with hostile values cheap.
_NUMBER: Final = re.compile(
    r"(?:(?<=[\s=(,{\[])|(?<![\s\S]))-?\d{1,40}(?:\.\d{1,20})?(?=[\s,;)}\]]|\Z)"
)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a value may be from the expected one.

    ``distance`` is in the unit of the field; if ``relative``, it is a part of the expected value:
    5% is ``Tolerance(Fraction(5, 100), relative=True)``.
    """

    distance: Fraction
    relative: bool = False

    def accepts(self, expected: str | None, actual: str | None) -> bool:
        """Whether two values are equal except for numbers, and those are close enough."""
        from fractions import Fraction

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
