"""One field in which two outcomes differ."""

from __future__ import annotations

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.layers import Layer


@dataclass(slots=True)
class FieldDifference:
    """One field that differs, by its path, and both values. A side without the field has None.

    ``delta`` is how much more the actual value is, for counters.
    """

    layer: Layer
    path: str
    expected: str | None
    actual: str | None
    delta: int | None = None
