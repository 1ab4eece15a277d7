"""The traces that were identical in an earlier run, by the key of all that a verdict depends on.

Theory of operation. Each project has a file in the cache. A trace has one place in it for each
release that it is replayed on: the key of the last run that found it identical (``inputs.py``), and
the counts of its report. A verdict is taken from there only if the key is the same. Nothing but
*identical* is remembered.

The first line of the file has its version and the digest of the rest. A file of another version, a
damaged file, and a file that another user may have written are treated as empty. If two runs write
at the same time, entries of one of them are lost. So a fault of the cache can cost time, but never
changes a verdict.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from necp_replay.files.oldest import remove_oldest
from necp_replay.files.private_read import read_private
from necp_replay.outcomes.trace_report import TraceReport, Verdict

_HEAD: Final = b"necp-replay verdicts 1 "
MAX_BYTES: Final = 128 * 1024 * 1024
"""Limits the size of a file: some 300 bytes a trace for 400,000 traces."""
_MOST_ENTRIES: Final = 400_000
_FOLDER_BYTES: Final = 512 * 1024 * 1024
"""Limits the size of the folder. The files with the oldest last write are removed first."""
_COUNTS: Final = (
    *("records", "identical", "in_part", "not_compared", "not_determined"),
    *("expected", "expected_apart"),
)


class KnownVerdicts:
    """The remembered verdicts of one project."""

    def __init__(self, file: Path) -> None:
        """Read them from ``file``, which need not exist."""
        self._file = file
        self._entries = _read(file)
        self._new: dict[str, list[Any]] = {}

    def report_of(
        self, place: str, key: str, path: str, goldens: Path | None
    ) -> TraceReport | None:
        """The report of a trace at ``path`` that was identical with this key; None for others.

        ``place`` is the trace's key of :func:`necp_replay.suite.times.key_of`.
        """
        entry = self._entries.get(place)
        if not isinstance(entry, list) or len(entry) != 2 or entry[0] != key:
            return None
        try:
            return _restored(entry[1], path, goldens)
        except (TypeError, ValueError, KeyError, OverflowError):
            return None

    def note(self, place: str, key: str, report: TraceReport, goldens: Path | None) -> None:
        """Remember a trace that was identical; others are not remembered."""
        if report.verdict is Verdict.IDENTICAL:
            self._new[place] = [key, _plain(report, goldens)]

    def save(self, places: Iterable[str] | None = None) -> None:
        """Write new entries, if there are any. ``places`` are all that the project has now.

        Raises WriteError.
        """
        if not self._new:
            return
        from necp_replay.files.atomic import write_bytes

        # Another run may have written meanwhile.
        entries = _read(self._file)
        if places is not None:
            kept = set(places)
            entries = {place: entry for place, entry in entries.items() if place in kept}
        for place, entry in self._new.items():
            entries.pop(place, None)
            entries[place] = entry
        for place in list(entries)[: max(0, len(entries) - _MOST_ENTRIES)]:
            del entries[place]
        rest = json.dumps(entries, separators=(",", ":")).encode()
        if len(rest) < MAX_BYTES:
            head = _HEAD + hashlib.blake2b(rest, digest_size=20).hexdigest().encode() + b"\n"
            write_bytes(self._file, head + rest, private=True)
            remove_oldest(self._file, "verdicts-*.json", _FOLDER_BYTES)
        self._entries, self._new = entries, {}


def file_of_project(cache: Path, project: Path | None) -> Path:
    """The file of a project in the cache. Traces that belong to no project share one."""
    place = "" if project is None else os.path.realpath(project)
    name = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return cache / f"verdicts-{name}.json"


def _read(file: Path) -> dict[str, Any]:
    content = read_private(file, MAX_BYTES)
    if content is None or not content.startswith(_HEAD):
        return {}
    head, _, rest = content.partition(b"\n")
    if head[len(_HEAD) :] != hashlib.blake2b(rest, digest_size=20).hexdigest().encode():
        return {}
    try:
        entries = json.loads(rest)
    except (ValueError, RecursionError):
        return {}
    return entries if isinstance(entries, dict) else {}


def _plain(report: TraceReport, goldens: Path | None) -> dict[str, Any]:
    """The fields of a report that differ between identical traces."""
    plain: dict[str, Any] = {"release": report.release}
    plain |= {name: value for name in _COUNTS if (value := getattr(report, name))}
    if report.hidden:
        plain["hidden"] = sorted(report.hidden.items())
    if report.first_not_determined is not None:
        plain["first_not_determined"] = report.first_not_determined
    if report.without_golden is not None:
        plain["without_golden"] = report.without_golden
    if report.golden is not None:
        plain["golden"] = os.path.relpath(report.golden, goldens or ".")
    if report.scenario:
        plain["scenario"] = report.scenario
    if report.is_measured:
        plain["is_measured"] = True
    return plain


def _restored(plain: dict[str, Any], path: str, goldens: Path | None) -> TraceReport:
    report = TraceReport(path, plain["release"], from_cache=True)
    for name in _COUNTS:
        setattr(report, name, int(plain.get(name, 0)))
    report.hidden = {int(rule): int(count) for rule, count in plain.get("hidden", ())}
    report.first_not_determined = plain.get("first_not_determined")
    report.without_golden = plain.get("without_golden")
    if "golden" in plain:
        report.golden = str((goldens or Path()) / plain["golden"])
    report.scenario = plain.get("scenario", "")
    report.is_measured = plain.get("is_measured", False)
    if report.verdict is not Verdict.IDENTICAL or not report.compared:
        raise ValueError("not the report of an identical trace")
    return report
