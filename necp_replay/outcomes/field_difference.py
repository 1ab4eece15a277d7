"""One field in which two outcomes differ."""

from __future__ import annotations

from dataclasses import dataclass

from necp_replay.outcomes.layers import Layer


@dataclass(slots=True)
class FieldDifference:
    """One field that differs: where it stands, and both values; None where one side lacks it.

    ``delta`` is how much more the actual value is, for counters.
    """

    layer: Layer
    path: str
    expected: str | None
    actual: str | None
    delta: int | None = None
