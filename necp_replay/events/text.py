"""The type of fields that hold text, but in which a process may put any bytes."""

from __future__ import annotations

from typing import Annotated

Text = Annotated[bytes, "text"]
"""Bytes. JSON has a string if they are valid UTF-8, and ``{"hex": ...}`` otherwise."""
