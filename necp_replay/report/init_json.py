"""The files of a new project as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, TypedDict

from necp_replay.report.json_text import json_text


class InitDocument(TypedDict):
    """A new project in ``folder``: the ``files`` that were written, and what to run next in it."""

    schema_version: Literal[1]
    folder: str
    files: list[str]
    next: list[str]


def init_json(folder: Path, files: Iterable[Path], commands: Sequence[str]) -> str:
    """The new project as JSON."""
    document: InitDocument = {
        "schema_version": 1,
        "folder": str(folder),
        "files": [str(path) for path in files],
        "next": list(commands),
    }
    return json_text(document)
