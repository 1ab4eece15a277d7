"""What the verdict on a trace depends on, as one key.

A key is made of the engine (``engine_digest.py``), the bytes of the trace, its name, every golden
that any release could take for it, the rules that have not expired, and the options of the run. Two
runs with the same key have the same verdict. Where a key cannot be made, nothing is remembered.
"""

from __future__ import annotations

import enum
import hashlib
import os
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from re import Pattern
from typing import TYPE_CHECKING, Any, Final

from necp_replay.files.digest import content_digest

if TYPE_CHECKING:
    from necp_replay.rules.book import RuleBook
    from necp_replay.trace.find import FoundTrace

GOLDEN_SUFFIX: Final = ".golden"


class VerdictKeys:
    """Makes the keys of the traces of one project in one run."""

    def __init__(
        self,
        engine: str,
        book: RuleBook,
        goldens: Path | None,
        *,
        homeless: str | None,
        recorded_only: bool,
        release: str | None,
        record_limit_s: float | None,
    ) -> None:
        """``engine`` is the digest of the engine, ``goldens`` the folder of goldens.

        ``homeless`` says why the traces belong to no project.
        """
        rules = [canonical(rule) for rule in book.rules if not book.has_expired(rule)]
        compared = (goldens is not None, homeless, recorded_only)
        run = (engine, rules, compared, release, record_limit_s)
        self._run = hashlib.blake2b(repr(run).encode("utf-8", "backslashreplace"), digest_size=20)
        self._goldens = None if goldens is None else os.fspath(goldens)
        self._listed: dict[str, tuple[tuple[int, ...], dict[str, list[str]]]] = {}

    def key_of(self, trace: FoundTrace) -> str | None:
        """The key of a trace; None where something cannot be read."""
        digest = self._run.copy()
        digest.update(f"{trace.name}\n".encode("utf-8", "surrogateescape"))
        try:
            digest.update(content_digest(os.fspath(trace.path)))
            if self._goldens is not None:
                for path in self._goldens_of(trace.name):
                    digest.update(os.fsencode(os.path.basename(path)) + b"\0")
                    digest.update(content_digest(path))
        except (OSError, ValueError):
            return None
        return digest.hexdigest()

    def _goldens_of(self, name: str) -> list[str]:
        """Every file that could be the golden of a trace on some release, in order."""
        folder, _, last = f"{self._goldens}/{name}".rpartition("/")
        now = _state_of(folder)
        before, names = self._listed.get(folder, ((), {}))
        if now != before:
            names = _golden_names(folder)
            self._listed[folder] = now, names
        return [f"{folder}/{each}" for each in names.get(_folded(last), ())]


def _state_of(folder: str) -> tuple[int, ...]:
    """What changes when a name in a folder does. Raises OSError."""
    try:
        found = os.stat(folder)
    except (FileNotFoundError, NotADirectoryError):
        return (0,)
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _golden_names(folder: str) -> dict[str, list[str]]:
    """The goldens in a folder, by the names that their traces can have. Raises OSError."""
    names: dict[str, list[str]] = {}
    try:
        listed = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return names
    for name in listed:
        form = _folded(name)
        if not form.endswith(GOLDEN_SUFFIX):
            continue
        form = form[: -len(GOLDEN_SUFFIX)]
        names.setdefault(form, []).append(name)
        common, at, _ = form.rpartition("@")
        if at:
            names.setdefault(common, []).append(name)
    return names


def _folded(name: str) -> str:
    """A name as it is compared by file systems that ignore case."""
    if name.isascii():
        return name.lower()
    from necp_replay.files.folded_names import folded

    return folded(name)


def canonical(value: Any) -> Any:
    """A rule as plain values whose ``repr`` is the same in every process."""
    if isinstance(value, Pattern):
        return value.pattern, value.flags
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, date | Fraction):
        return str(value)
    if is_dataclass(value):
        # The line of a rule in its file does not matter, but its number does.
        return [
            (each.name, canonical(getattr(value, each.name)))
            for each in fields(value)
            if each.name != "line"
        ]
    if isinstance(value, frozenset):
        return sorted(map(repr, map(canonical, value)))
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [canonical(each) for each in value]
    return value
