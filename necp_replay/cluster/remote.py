"""Traces below a URL of fsspec: workers read them, with their goldens, into a folder of their own.

The URL names a folder of traces. It belongs to the project above it, as a folder on disk does: a
folder called ``traces`` has its goldens in ``golden`` and its rules in ``necp-replay.toml`` beside
it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import TraceError, UsageError
from necp_replay.golden.store import SUFFIX, GoldenStore
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.rules.project import MAX_BYTES, project_of
from necp_replay.rules.rule import Rule
from necp_replay.trace.find import PROJECT_FILE, TRACE_SUFFIX, TRACES_ROOT

_MOST_BYTES: Final = 64 << 30


@dataclass(frozen=True, slots=True)
class RemoteTrace:
    """A trace at a URL, its name below the folder of traces, and the URLs of its goldens."""

    path: str
    name: str
    size_bytes: int
    goldens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoteSuite:
    """The traces below a URL, and what belongs to their project."""

    traces: tuple[RemoteTrace, ...]
    rules: tuple[Rule, ...]
    unused_goldens: tuple[str, ...]
    has_project: bool


def is_url(text: str) -> bool:
    """Whether a path is a URL such as ``s3://bucket/traces``."""
    return "://" in text


def find_remote(url: str, *, use_rules: bool = True) -> RemoteSuite:
    """The traces below a URL. Raises UsageError, RulesError."""
    system, root = _opened(url)
    try:
        files = system.find(root, detail=True)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot be read: {escape(str(error))[:200]}", file=escape(url)) from None
    traces = {path: info for path, info in files.items() if path.endswith(TRACE_SUFFIX)}
    if not traces:
        raise UsageError(f"no {TRACE_SUFFIX} file below this URL", file=escape(url))
    folder = PurePosixPath(root)
    has_project = folder.name == TRACES_ROOT
    goldens: dict[str, list[str]] = {}
    rules: tuple[Rule, ...] = ()
    if has_project:
        goldens = _goldens_of(system, str(folder.parent / "golden"))
        rules = _rules_of(system, str(folder.parent / PROJECT_FILE)) if use_rules else ()
    found = []
    for path in sorted(traces):
        name = _below(path, root).removesuffix(TRACE_SUFFIX)
        its = tuple(system.unstrip_protocol(each) for each in sorted(goldens.pop(name, ())))
        size = int(traces[path].get("size") or 0)
        found.append(RemoteTrace(system.unstrip_protocol(path), name, size, its))
    unused = tuple(sorted(each for many in goldens.values() for each in many))
    return RemoteSuite(tuple(found), rules, unused, has_project)


def replay_remote(how: ReplayOptions, trace: RemoteTrace) -> TraceReport:
    """Read a trace and its goldens from their URLs, and replay it. Raises nothing."""
    with tempfile.TemporaryDirectory(prefix="necp-replay-") as folder:
        path = Path(folder, "traces", *PurePosixPath(f"{trace.name}{TRACE_SUFFIX}").parts)
        goldens = Path(folder, "golden")
        try:
            _fetch(trace.path, path)
            for url in trace.goldens:
                name = PurePosixPath(trace.name).with_name(PurePosixPath(url).name)
                _fetch(url, goldens.joinpath(*name.parts))
        except (OSError, ValueError, ImportError) as error:
            report = TraceReport(escape(trace.path), escape(how.release or ""))
            reason = f"cannot be read: {escape(str(error))[:200]}"
            report.fail(TraceError(reason, file=escape(trace.path), hint="Check the URL."))
            return report
        store = None if how.goldens is None else GoldenStore(goldens)
        report = replay_trace(path, trace.name, replace(how, goldens=store))
        return _with_urls(report, trace, str(path), str(goldens))


def remote_work(how: ReplayOptions) -> partial[TraceReport]:
    """The work on a trace at a URL, for a cluster."""
    return partial(replay_remote, how)


def _with_urls(report: TraceReport, trace: RemoteTrace, path: str, goldens: str) -> TraceReport:
    """A report that names the URLs, not the copies."""
    url = escape(trace.path)
    report.path = url
    if report.golden is not None:
        name = PurePosixPath(report.golden).name
        report.golden = next(each for each in trace.goldens if each.endswith(f"/{name}"))
    if report.error is not None:
        report.error = report.error.replace(path, url).replace(goldens, "golden")
    return report


def _fetch(url: str, target: Path) -> None:
    """Copy what is at a URL. Raises OSError, ValueError."""
    from necp_replay.files.atomic import AtomicFile

    target.parent.mkdir(parents=True, exist_ok=True)
    system, path = _opened(url)
    with system.open(path, "rb") as source, AtomicFile(target, private=True) as file:
        copied = 0
        while block := source.read(1 << 20):
            copied += len(block)
            if copied > _MOST_BYTES:
                raise ValueError("larger than 64 GiB")
            file.write(block)


def _goldens_of(system: Any, root: str) -> dict[str, list[str]]:
    """The goldens below a folder by the names that their traces can have."""
    try:
        paths: Iterable[str] = system.find(root)
    except OSError:
        return {}
    found: dict[str, list[str]] = {}
    for path in paths:
        if path.endswith(SUFFIX):
            name = _below(path, root).removesuffix(SUFFIX)
            common, at, release = name.rpartition("@")
            found.setdefault(common if at and "/" not in release else name, []).append(path)
    return found


def _rules_of(system: Any, path: str) -> tuple[Rule, ...]:
    try:
        content = system.cat_file(path, start=0, end=MAX_BYTES)
    except OSError:
        return ()
    return project_of(Path(PROJECT_FILE), content.decode("utf-8", "replace")).rules


def _below(path: str, root: str) -> str:
    return path[len(root.rstrip("/")) + 1 :]


def _opened(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it. Raises UsageError."""
    try:
        import fsspec
    except ImportError:
        raise UsageError(
            "URLs need fsspec", hint="Install it with `pip install 'necp-replay[dask]'`."
        ) from None
    try:
        system, path = fsspec.core.url_to_fs(url)
    except (ValueError, ImportError, OSError) as error:
        raise UsageError(f"{escape(str(error))[:200]}", file=escape(url)) from None
    return system, path.rstrip("/")
