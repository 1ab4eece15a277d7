"""What is remembered of each trace between runs: how long it took, and whether it passed.

The file is JSON. A team can keep it beside its traces (``--times FILE``), so that every shard of a
run divides the traces in the same way.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError, WriteError, hint_for, why_no_json
from necp_replay.files.bounded_read import read_up_to
from necp_replay.files.private_read import read_private
from necp_replay.trace.find import FoundTrace

VERSION: Final = 1
MAX_BYTES: Final = 64 * 1024 * 1024
"""Bounds the memory for a file: a hundred bytes a trace for 600,000 traces."""
_MOST_SECONDS: Final = 1e9
_OVERHEAD_BYTES: Final = 2048
"""The cost of opening a trace, as the number of bytes whose replay takes as long."""
_FIELD: Final = "necp_replay_times"
_HINT: Final = "Name another file, or remove this one: the next run of all traces writes it anew."


@dataclass(slots=True)
class RunTimes:
    """The seconds of each trace's last replay, and the traces that did not pass, by key."""

    seconds: dict[str, float] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    def note(self, key: str, seconds: float, *, passed: bool) -> None:
        """Remember the last run of a trace."""
        self.seconds[key] = round(min(max(seconds, 0.0), _MOST_SECONDS), 6)
        if passed:
            self.failed.discard(key)
        else:
            self.failed.add(key)

    def keep_only(self, keys: Iterable[str]) -> None:
        """Forget the traces that are not among these."""
        kept = set(keys)
        self.seconds = {key: value for key, value in self.seconds.items() if key in kept}
        self.failed &= kept


def key_of(name: str, release: str | None) -> str:
    """The key of a trace: its name, with the release if it is not the recorded one."""
    return name if release is None else f"{name}@{release}"


def costs_of(traces: Sequence[FoundTrace], times: RunTimes, release: str | None) -> Sequence[float]:
    """What each trace costs: its remembered seconds, else an estimate by its size.

    Without any remembered time the unit is bytes. Only ratios matter.
    """
    sizes = array("q", (_size_bytes(trace) + _OVERHEAD_BYTES for trace in traces))
    if not times.seconds:
        return array("d", sizes)
    known = [times.seconds.get(key_of(trace.name, release)) for trace in traces]
    of_known = sum(size for size, each in zip(sizes, known, strict=True) if each is not None)
    seconds = math.fsum(each for each in known if each is not None)
    rate = seconds / of_known if seconds else 1.0
    if not seconds:
        known = [None] * len(sizes)
    pairs = zip(sizes, known, strict=True)
    return array("d", (size * rate if each is None else each for size, each in pairs))


def read_times(path: Path) -> RunTimes:
    """The times in a file that a user named. None of them if it is missing. Raises UsageError."""
    try:
        with path.open("rb") as stream:
            content = read_up_to(stream, MAX_BYTES)
    except FileNotFoundError:
        return RunTimes()
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise UsageError(reason, file=str(path), hint=hint_for(error)) from None
    if len(content) > MAX_BYTES:
        raise UsageError(f"larger than {MAX_BYTES >> 20} MiB", file=str(path), hint=_HINT)
    try:
        return _parse(content)
    except ValueError as error:
        reason = f"holds no remembered times: {error}"
        raise UsageError(reason, file=str(path), hint=_HINT) from None


def remembered_times(path: Path) -> RunTimes:
    """The times in a file of the cache. None of them if it is missing or damaged."""
    content = read_private(path, MAX_BYTES)
    if content is None:
        return RunTimes()
    try:
        return _parse(content)
    except ValueError:
        return RunTimes()


def write_times(path: Path, times: RunTimes, *, private: bool) -> None:
    """Write a file of times. Raises WriteError."""
    from necp_replay.files.atomic import write_text

    traces = {
        key: {"seconds": seconds} | ({"failed": True} if key in times.failed else {})
        for key, seconds in sorted(times.seconds.items())
    }
    text = json.dumps({_FIELD: VERSION, "traces": traces}, indent=0)
    if len(text) > MAX_BYTES:
        raise WriteError("too many traces for a file of times", file=str(path), hint="")
    write_text(path, f"{text}\n", private=private)


def file_in_cache(cache: Path, project: Path | None, engine: str | None) -> Path:
    """The file of a project in the cache; each external engine has its own."""
    words = ["" if project is None else os.path.realpath(project), engine or ""]
    name = hashlib.sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return cache / f"times-{name}.json"


def _parse(content: bytes) -> RunTimes:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"no JSON: {why_no_json(error)}") from None
    if not isinstance(document, dict) or document.get(_FIELD) != VERSION:
        raise ValueError(f"{_FIELD!r} is not {VERSION}")
    traces = document.get("traces")
    if not isinstance(traces, dict):
        raise ValueError("'traces' is not an object")
    times = RunTimes()
    for key, entry in traces.items():
        times.note(key, _seconds(key, entry), passed=entry.get("failed") is not True)
    return times


def _seconds(key: str, entry: Mapping[str, Any]) -> float:
    seconds = entry.get("seconds") if isinstance(entry, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ValueError(f"no seconds for {key[:100]!r}")
    if not 0 <= seconds <= _MOST_SECONDS:
        raise ValueError(f"{seconds!r:.40} seconds for {key[:100]!r}")
    return float(seconds)


def _size_bytes(trace: FoundTrace) -> int:
    try:
        return trace.path.stat().st_size
    except OSError:
        return 0
