"""The name of a file as text that can be stored and shown."""

from __future__ import annotations

import os
from pathlib import PurePath


def stored_path(path: PurePath) -> str:
    """A path with ``/`` between its parts, each as :func:`stored_name` writes it."""
    return "/".join(stored_name(part) for part in (*reversed(path.parents), path) if part.name)


def stored_name(path: PurePath) -> str:
    """The last part of a path. Bytes that do not print are written as ``%FF``."""
    return "".join(
        each if each.isprintable() else "".join(f"%{byte:02X}" for byte in os.fsencode(each))
        for each in path.name
    )
