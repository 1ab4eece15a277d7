"""Finds the files of interrupted commands: files that were never complete."""

from __future__ import annotations

from pathlib import Path

from necp_replay.files.atomic import PARTIAL_SUFFIX
from necp_replay.files.walk import walk_files


def leftovers_below(folder: Path) -> list[Path]:
    """Files below a folder that are not complete, sorted.

    A command that runs at this moment has some as well.
    """
    return list(walk_files(folder, PARTIAL_SUFFIX).files)


def advice_on(leftover: Path) -> str:
    """What to do about a leftover: the end of a sentence that begins with its path."""
    if leftover.name.startswith("."):
        return "was left behind by an interrupted command, unless one is running: remove it"
    return (
        "is not complete, unless it is being written: `necp-replay recover` keeps the records of a"
        " trace"
    )
