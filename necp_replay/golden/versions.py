"""The versions of the golden file, each with its first line."""

from __future__ import annotations

from typing import Final

VERSION: Final = 2
"""The version that is written."""
FIRST_LINES: Final = {
    1: "necp-replay golden 1",
    2: "necp-replay golden 2",
}
"""The first line of each version that is read."""
