"""Refuses command lines that name one file twice: for two outputs, or to read and to write."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from necp_replay.errors import UsageError
from necp_replay.files.folded_names import folded
from necp_replay.files.walk import real_path

Named = tuple[str, Path | None]
"""An option or argument as people type it, and the file that it names; None if it is not given."""


def refuse_named_twice(outputs: Sequence[Named], inputs: Sequence[Named] = ()) -> None:
    """Raise UsageError where an output is also another output, or an input.

    Paths are the same if they lead to one file, or differ only in case or Unicode normal form:
    some file systems take such names for one.
    """
    before = [(what, path, False) for what, path in inputs]
    for what, path in outputs:
        if path is None:
            continue
        for other, other_path, is_output in before:
            if other_path is not None and _is_same(path, other_path):
                raise UsageError(
                    f"{other} and {what} name the same file",
                    file=str(path),
                    hint="Name two files."
                    if is_output
                    else f"Name another file for {what}: it would replace what is read.",
                )
        before.append((what, path, True))


def _is_same(one: Path, other: Path) -> bool:
    try:
        if os.path.samefile(one, other):
            return True
    except (OSError, ValueError):
        # One of them is not there, so only the names can be the same.
        pass
    return _place(one) == _place(other)


def _place(path: Path) -> str:
    return folded(os.fspath(real_path(path.parent) / path.name))
