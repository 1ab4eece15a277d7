"""The name of a file as text that can be stored and shown."""

from __future__ import annotations

import os
from pathlib import Path


def stored_name(path: Path) -> str:
    """The last part of a path. Bytes that do not print are written as ``%FF``."""
    return "".join(
        each if each.isprintable() else "".join(f"%{byte:02X}" for byte in os.fsencode(each))
        for each in path.name
    )
