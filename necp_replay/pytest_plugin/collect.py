"""Traces as collectors, and what each of their tests does: replay one on one release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any, Final, NoReturn

import pytest

from necp_replay.errors import NecpReplayError
from necp_replay.golden.find import FoundTrace, find_traces
from necp_replay.golden.store import GoldenStore
from necp_replay.pytest_plugin.expected import expectations, xfail_reason
from necp_replay.pytest_plugin.failure import TraceFailure, represent
from necp_replay.pytest_plugin.found import Found
from necp_replay.pytest_plugin.settings import (
    Settings,
    seen_from,
    settings_of,
    typed_path,
)
from necp_replay.replay.node import escape, visible
from necp_replay.replay.report_model import TraceReport, Verdict
from necp_replay.trace.header import Header, SourceKind
from necp_replay.trace.reader import TraceReader

UNREADABLE: Final = "unreadable"
"""The name of the one test of a trace that does not say on which release it was recorded."""

_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class TraceFile(pytest.File):
    """A trace; its tests are named after releases."""

    @classmethod
    def of_path(cls, parent: pytest.Collector, path: Path) -> TraceFile:
        """The collector of a trace. What pytest prints of its path is fit for a terminal."""
        file: TraceFile = cls.from_parent(parent, path=path)
        if (name := visible(file.name)) == file.name:
            return file
        node_id = visible(file.nodeid)
        return cls.from_parent(parent, path=path, name=name, nodeid=node_id)

    def collect(self) -> Iterator[TraceItem]:
        """One test for each release asked for, else for the release it was recorded on.

        Only the header is read. What is wrong with it, the test says.
        """
        settings = settings_of(self.config)
        trace = self._trace()
        header = _read_header(self.path)
        kind = header.source_kind.name.lower() if header else UNREADABLE
        names = _releases(trace, header, settings) or [UNREADABLE]
        if settings.accepts:
            # Accepting writes the goldens of every release, and two workers would get in each
            # other's way.
            del names[1:]
        for name in names:
            release = None if name == UNREADABLE else name
            report = TraceReport(escape(str(trace.path)), release or "", error="could not run")
            test = Found(str(self.path), trace.name, name, names, report)
            if header is not None:
                test.is_own = release == header.release
                test.is_measured = header.source_kind is not SourceKind.SCENARIO
            item: TraceItem = TraceItem.from_parent(
                self, name=name, trace=trace, release=release, test=test
            )
            item.extra_keyword_matches.update((trace.name, kind))
            for marker in _markers(trace):
                _register(self.config, marker)
                item.add_marker(marker)
            yield item

    def _trace(self) -> FoundTrace:
        """The trace under the path to type where pytest was started, with its golden's name."""
        path = typed_path(self.config, self.path)
        (trace,) = find_traces([path], settings_of(self.config).traces)
        return trace


class TraceItem(pytest.Item):
    """One trace on one release; None is the release that the trace should have named."""

    necp_found: Found | None = None
    """What the replay found, once it was run."""

    def __init__(
        self, *, trace: FoundTrace, release: str | None, test: Found, **keywords: Any
    ) -> None:
        super().__init__(**keywords)
        self._trace = trace
        self._release = release
        self._test = test

    def runtest(self) -> None:
        """Replay and compare, or accept. Raises TraceFailure for a trace that does not pass."""
        settings = settings_of(self.config)
        found = self.necp_found = replace(self._test)
        try:
            if settings.error is not None:
                self._could_not(found, settings.error)
            elif settings.accepts:
                self._accept(found, settings)
            else:
                self._replay(found, settings)
        except TraceFailure as failure:
            found.painted = failure.painted
            raise

    def _replay(self, found: Found, settings: Settings) -> None:
        from necp_replay.golden.run import ReplayOptions, replay_trace

        options = ReplayOptions(
            self._release,
            GoldenStore(settings.golden),
            settings.open_engine,
            rules=settings.book,
        )
        report = replay_trace(self._trace.path, self._trace.name, options)
        found.report = report
        self.user_properties += _properties(report, self.config.rootpath)
        if report.verdict is not Verdict.IDENTICAL:
            raise TraceFailure.of_report(report)
        rules = expectations(settings.book, found)
        if rules.vanished is not None:
            found.vanished = rules.vanished.number
            place = settings.project and typed_path(self.config, settings.project)
            raise TraceFailure.of_vanished(rules.vanished, report, place)
        if rules.known:
            pytest.xfail(xfail_reason(rules.known))

    def _accept(self, found: Found, settings: Settings) -> None:
        from necp_replay.golden.accept import accept_trace, is_measured

        try:
            if not is_measured(self._trace):
                # A program need not know every release; the trace's own is always accepted.
                releases = None if settings.is_own_engine else ()
                changes = accept_trace(
                    self._trace, GoldenStore(settings.golden), releases, settings.open_engine
                )
                found.written = [
                    f"{change.verb} {escape(seen_from(self.config.rootpath, change.path))}"
                    for change in changes
                ]
        except NecpReplayError as error:
            self._could_not(found, error)

    def _could_not(self, found: Found, error: NecpReplayError) -> NoReturn:
        found.report = replace(found.report, error=visible(str(error)), hint=visible(error.hint))
        raise TraceFailure.of_error(error) from None

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report as text; our own traceback says nothing about a trace."""
        if isinstance(excinfo.value, TraceFailure):
            return represent(excinfo, excinfo.value)
        if isinstance(excinfo.value, pytest.xfail.Exception):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the test is: the trace itself."""
        name = f"on {self.name}" if self._release else f"({self.name})"
        return self.path, None, f"{visible(str(self._trace.path))} {name}"


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
        properties.append(("golden", seen_from(root, Path(report.golden))))
    if report.expected:
        properties.append(("expected", report.expected))
        properties.append(("rules", ", ".join(map(str, sorted(report.hidden)))))
    fingerprints = dict.fromkeys(example.fingerprint for example in report.examples)
    properties += [("fingerprint", fingerprint) for fingerprint in fingerprints if fingerprint]
    return properties
