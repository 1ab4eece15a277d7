"""Byte strings that are text when they are valid UTF-8, for fields a process fills freely."""

from __future__ import annotations

from typing import Annotated

Text = Annotated[bytes, "text"]
"""Bytes that JSON shows as a string where they are valid UTF-8, and as ``{"hex": ...}`` else."""
