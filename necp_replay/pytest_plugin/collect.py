"""Traces as collectors, and what each of their tests does: replay one on one release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any, Final

import pytest

from necp_replay.errors import NecpReplayError
from necp_replay.golden.find import FoundTrace, find_traces
from necp_replay.golden.store import GoldenStore
from necp_replay.pytest_plugin.failure import TraceFailure, causes_of, represent
from necp_replay.pytest_plugin.found import Found
from necp_replay.pytest_plugin.settings import Settings, settings_of
from necp_replay.replay.report_model import TraceReport, Truth, Verdict
from necp_replay.trace.header import Header, SourceKind
from necp_replay.trace.reader import TraceReader

UNREADABLE: Final = "unreadable"
"""The name of the one test of a trace that does not say on which release it was recorded."""

_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class TraceFile(pytest.File):
    """A trace; its tests are named after releases."""

    def collect(self) -> Iterator[TraceItem]:
        """One test for each release asked for, else for the release it was recorded on.

        Only the header is read. What is wrong with it, the test says.
        """
        settings = settings_of(self.config)
        trace = self._trace()
        header = _read_header(self.path)
        kind = header.source_kind.name.lower() if header else UNREADABLE
        names = _releases(trace, header, settings) or [UNREADABLE]
        for name in names:
            release = None if name == UNREADABLE else name
            item: TraceItem = TraceItem.from_parent(self, name=name, trace=trace, release=release)
            item.tests_of_trace = tuple(names)
            item.extra_keyword_matches.update((trace.name, kind))
            for marker in _markers(trace):
                _register(self.config, marker)
                item.add_marker(marker)
            yield item

    def _trace(self) -> FoundTrace:
        """The trace under the path to type where pytest was started, with its golden's name."""
        started = self.config.invocation_params.dir
        path = self.path
        if Path.cwd() == started and path.is_relative_to(started):
            path = path.relative_to(started)
        (trace,) = find_traces([path])
        return trace


class TraceItem(pytest.Item):
    """One trace on one release; None is the release that the trace should have named."""

    necp_found: Found | None = None
    """What the replay found, once it was run."""
    tests_of_trace: tuple[str, ...] = ()
    """The names of all tests of the same trace."""

    def __init__(self, *, trace: FoundTrace, release: str | None, **keywords: Any) -> None:
        super().__init__(**keywords)
        self._trace = trace
        self._release = release

    def runtest(self) -> None:
        """Replay and compare, or accept. Raises TraceFailure for a trace that does not pass."""
        settings = settings_of(self.config)
        found = Found(
            path=str(self.path),
            name=self._trace.name,
            shown=str(self._trace.path),
            test=self.name,
            tests=list(self.tests_of_trace),
        )
        self.necp_found = found
        try:
            if settings.accepts:
                self._accept(found, settings)
            else:
                self._replay(found, settings)
        except TraceFailure as failure:
            found.painted = failure.painted
            raise

    def _replay(self, found: Found, settings: Settings) -> None:
        from necp_replay.golden.run import ReplayOptions, replay_trace

        options = ReplayOptions(release=self._release, goldens=GoldenStore(settings.golden))
        report = replay_trace(self._trace.path, self._trace.name, options)
        self.user_properties += _properties(report, self.config.rootpath)
        if report.verdict is not Verdict.IDENTICAL:
            found.causes = causes_of(report)
            found.verdict = report.verdict.value
            found.may_be_accepted = all(
                example.truth is Truth.GOLDEN for example in report.examples
            )
            raise TraceFailure.of_report(report)

    def _accept(self, found: Found, settings: Settings) -> None:
        from necp_replay.golden.accept import accept_trace, is_measured

        try:
            if not is_measured(self._trace):
                changes = accept_trace(self._trace, GoldenStore(settings.golden))
                found.written = [
                    f"{change.verb} {_seen_from(self.config.rootpath, change.path)}"
                    for change in changes
                ]
        except NecpReplayError as error:
            found.verdict, found.causes = Verdict.ERROR.value, [(error.reason, error.reason)]
            raise TraceFailure.of_error(error, self._trace.path) from None

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report as text; our own traceback says nothing about a trace."""
        if isinstance(excinfo.value, TraceFailure):
            return represent(excinfo, excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the test is: the trace itself."""
        name = f"on {self.name}" if self._release else f"({self.name})"
        return self.path, None, f"{self._trace.path} {name}"


def _read_header(path: Path) -> Header | None:
    """The header of a trace, None where it cannot be read: the test will say why."""
    try:
        with TraceReader(path) as reader:
            return reader.header
    except NecpReplayError:
        return None


def _releases(trace: FoundTrace, header: Header | None, settings: Settings) -> list[str]:
    """The releases on which a trace is a test; none where it does not say a proper name of one.

    Of several that were asked for, those on which there is something to compare with: outcomes
    measured on one release say nothing about another.
    """
    own = header.release if header and _PLAIN_NAME.fullmatch(header.release) else None
    if not settings.releases or header is None:
        return [own] if own else []
    if header.source_kind is SourceKind.SCENARIO:
        return list(settings.releases)
    goldens = GoldenStore(settings.golden)
    comparable = [
        release
        for release in settings.releases
        if release == own or goldens.find(trace.name, release) is not None
    ]
    return comparable or list(settings.releases)


def _markers(trace: FoundTrace) -> list[str]:
    """``necp``, and a marker for each folder between the root of traces and the trace."""
    folders = PurePath(trace.name).parent.parts
    return ["necp", *(f"necp_{re.sub(r'[^A-Za-z0-9_]', '_', folder)}" for folder in folders)]


_REGISTERED = pytest.StashKey[set[str]]()


def _register(config: pytest.Config, marker: str) -> None:
    """Make a marker known, so that ``--strict-markers`` takes it."""
    registered = config.stash.setdefault(_REGISTERED, {"necp"})
    if marker not in registered:
        registered.add(marker)
        config.addinivalue_line("markers", f"{marker}: replays a .necptrace file of that area")


def _properties(report: TraceReport, root: Path) -> list[tuple[str, object]]:
    """What JUnit files say of the test besides its outcome."""
    properties: list[tuple[str, object]] = []
    if report.release:
        properties.append(("release", report.release))
    properties.append(("records", report.records))
    if report.golden is not None:
        properties.append(("golden", _seen_from(root, Path(report.golden))))
    fingerprints = dict.fromkeys(example.fingerprint for example in report.examples)
    properties += [("fingerprint", fingerprint) for fingerprint in fingerprints if fingerprint]
    return properties


def _seen_from(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
