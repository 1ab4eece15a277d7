"""A trace as a pytest collector. Each of its tests replays it on one release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any, Final, NoReturn

import pytest

from necp_replay.errors import NecpReplayError, UsageError, error_of_trace
from necp_replay.golden.store import GoldenStore
from necp_replay.outcomes.safe_text import escape, visible
from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.pytest_plugin.expected import expectations, xfail_reason
from necp_replay.pytest_plugin.failure import TraceFailure, failure_representation
from necp_replay.pytest_plugin.projects import TraceProject, projects_of
from necp_replay.pytest_plugin.result import TraceResult
from necp_replay.pytest_plugin.settings import (
    Settings,
    node_path,
    path_to_type,
    settings_of,
)
from necp_replay.releases.names import canonical_tag
from necp_replay.releases.span import span_of
from necp_replay.trace.find import FoundTrace, find_traces
from necp_replay.trace.header import Header, SourceKind
from necp_replay.trace.knowledge import takes_golden
from necp_replay.trace.reader import TraceReader

UNREADABLE: Final = "unreadable"
"""The name of the only test of a trace whose header gives no usable release."""

_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class TraceFile(pytest.File):
    """A trace. Its tests are named after the releases that they replay it on."""

    @classmethod
    def of_path(cls, parent: pytest.Collector, path: Path) -> TraceFile:
        """Make the collector of a trace. Control characters in its name are printed as escapes."""
        file: TraceFile = cls.from_parent(parent, path=path)
        node_id = visible(file.nodeid)
        if node_id == file.nodeid:
            return file
        return cls.from_parent(parent, path=path, name=visible(file.name), nodeid=node_id)

    def collect(self) -> Iterator[TraceItem]:
        """Give one test for each requested release, else one for the recorded release.

        Only the header is read. If it is damaged, the test fails and says why.
        """
        settings = settings_of(self.config)
        project = projects_of(self.config).of(self.path)
        trace = self._trace(project)
        header = _read_header(self.path)
        kind = header.source_kind.name.lower() if header else UNREADABLE
        names = _releases(trace, header, settings, project.goldens)
        if settings.accepts:
            # One test accepts the goldens of all releases. Two tests in two workers would write
            # the same files.
            del names[1:]
        for name in names:
            release = None if name == UNREADABLE else name
            report = TraceReport(escape(str(trace.path)), release or "", error="could not run")
            test = TraceResult(str(self.path), trace.name, name, names, report)
            if header is not None:
                test.is_own = release == canonical_tag(header.release)
                test.takes_golden = _takes_golden(self.path)
            item: TraceItem = TraceItem.from_parent(
                self, name=name, trace=trace, release=release, test=test, project=project
            )
            item.extra_keyword_matches.update((trace.name, kind))
            for marker in _markers(trace):
                _register(self.config, marker)
                item.add_marker(marker)
            yield item

    def _trace(self, project: TraceProject) -> FoundTrace:
        """The trace with its path as the user would type it, and its name below the root."""
        (trace,) = find_traces([path_to_type(self.config, self.path)])
        name = None if project.home is None else project.home.name_of(self.path)
        return trace if name is None else replace(trace, name=name)


class TraceItem(pytest.Item):
    """One trace on one release. The release is None if the header gives none."""

    necp_result: TraceResult | None = None
    """The result, once the test has run."""

    def __init__(
        self,
        *,
        trace: FoundTrace,
        release: str | None,
        test: TraceResult,
        project: TraceProject,
        **keywords: Any,
    ) -> None:
        super().__init__(**keywords)
        self._project = project
        self._trace = trace
        self._release = release
        self._test = test

    def runtest(self) -> None:
        """Replay and compare, or accept. Raises TraceFailure if the trace does not pass."""
        settings = settings_of(self.config)
        result = self.necp_result = replace(self._test)
        try:
            if self._project.error is not None:
                self._fail(result, self._project.error)
            elif settings.accepts:
                self._accept(result, settings)
            else:
                self._replay(result, settings)
        except TraceFailure as failure:
            result.coloured = failure.coloured
            raise

    def _replay(self, result: TraceResult, settings: Settings) -> None:
        from necp_replay.pytest_plugin.remembered import remembered_of

        release = None if result.is_own else self._release
        known = remembered_of(self.config).known(self._project, release)
        report = None if known is None else known.report_of(self._trace)
        if report is None:
            report = self._replayed(settings)
            if known is not None and report.verdict is Verdict.IDENTICAL:
                result.key = known.key_after(self._trace)
        result.report = report
        self.user_properties += _properties(report, self.config.rootpath)
        if report.verdict is not Verdict.IDENTICAL:
            raise TraceFailure.of_report(report, settings.command_options)
        rules = expectations(self._project.book, result)
        if rules.vanished is not None:
            result.vanished = rules.vanished.number
            home = self._project.home
            place = path_to_type(self.config, home.file) if home and home.file else None
            raise TraceFailure.of_vanished(rules.vanished, report, place)
        if rules.known:
            pytest.xfail(xfail_reason(rules.known))

    def _replayed(self, settings: Settings) -> TraceReport:
        from necp_replay.replay.run import ReplayOptions, replay_trace

        options = ReplayOptions(
            self._release,
            self._project.goldens,
            settings.open_engine,
            rules=self._project.book,
            homeless=self._project.homeless,
        )
        return replay_trace(self._trace.path, self._trace.name, options)

    def _accept(self, result: TraceResult, settings: Settings) -> None:
        from necp_replay.accept.plan import accept_trace, skipped_for

        try:
            if skipped_for(self._trace) is None:
                if self._project.goldens is None:
                    raise self._project.homeless or UsageError("belongs to no project")
                # An external engine need not support every release, so only the recorded one is
                # accepted.
                releases = None if settings.is_own_engine else ()
                changes = accept_trace(
                    self._trace, self._project.goldens, releases, settings.open_engine
                )
                result.written = [
                    f"{change.verb} {escape(node_path(self.config.rootpath, change.path))}"
                    for change in changes
                ]
        except Exception as error:  # An error in one trace must not stop the others.
            self._fail(result, error_of_trace(error, str(self._trace.path)))
        result.report = replace(result.report, error=None)

    def _fail(self, result: TraceResult, error: NecpReplayError) -> NoReturn:
        result.report = replace(result.report)
        result.report.fail(error)
        raise TraceFailure.of_error(error) from None

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The failure as pytest prints it: the text of the report, without a traceback."""
        if isinstance(excinfo.value, TraceFailure):
            return failure_representation(excinfo, excinfo.value)
        if isinstance(excinfo.value, pytest.xfail.Exception):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """The location of the test: the trace."""
        name = f"on {self.name}" if self._release else f"({self.name})"
        return Path(visible(str(self.path))), None, f"{visible(str(self._trace.path))} {name}"


def _read_header(path: Path) -> Header | None:
    """The header of a trace, None if it cannot be read. The test reads it again and says why."""
    try:
        with TraceReader(path) as reader:
            return reader.header
    except Exception:  # An error in one trace must not stop the others.
        return None


def _takes_golden(path: Path) -> bool:
    """Whether a trace takes a golden. Without its index this is not known, and its test fails."""
    try:
        with TraceReader(path) as reader:
            return takes_golden(reader)
    except NecpReplayError:
        return True


def _releases(
    trace: FoundTrace, header: Header | None, settings: Settings, goldens: GoldenStore | None
) -> list[str]:
    """The names of a trace's tests: releases, or one other if its header gives no usable release.

    A trace of a scenario needs a golden on every release on which it can run. Any other has no test
    on a requested release where there is nothing to compare with: its outcomes are those of one
    release only, and another one needs a golden.
    """
    own = None if header is None else canonical_tag(header.release)
    if own is not None and not _PLAIN_NAME.fullmatch(own):
        own = None
    if not settings.releases or header is None:
        return [own] if own else [UNREADABLE]
    if header.source_kind is SourceKind.SCENARIO:
        span = span_of(header.properties)
        return [release for release in settings.releases if span.includes(release)]
    comparable = [
        release
        for release in settings.releases
        if release == own or _may_have_golden(goldens, trace, release)
    ]
    return comparable or list(settings.releases)


def _may_have_golden(goldens: GoldenStore | None, trace: FoundTrace, release: str) -> bool:
    """Whether there is a golden, or something in its place about which the test then tells."""
    try:
        return goldens is not None and goldens.find(trace.name, release) is not None
    except NecpReplayError:
        return True


def _markers(trace: FoundTrace) -> list[str]:
    """The markers of a trace: ``necp``, and one for each folder below the root of traces."""
    folders = PurePath(trace.name).parent.parts
    return ["necp", *(f"necp_{re.sub(r'[^A-Za-z0-9_]', '_', folder)}" for folder in folders)]


_REGISTERED = pytest.StashKey[set[str]]()


def _register(config: pytest.Config, marker: str) -> None:
    """Register a marker once, so that ``--strict-markers`` accepts it."""
    registered = config.stash.setdefault(_REGISTERED, {"necp"})
    if marker not in registered:
        registered.add(marker)
        config.addinivalue_line("markers", f"{marker}: replays a .necptrace file of that area")


def _properties(report: TraceReport, root: Path) -> list[tuple[str, object]]:
    """The properties of the test in JUnit files."""
    properties: list[tuple[str, object]] = []
    if report.release:
        properties.append(("release", report.release))
    properties.append(("records", report.records))
    counts = (
        *("in_part", "not_compared", "not_determined", "differing_states", "diverged_states"),
        "missing_records",
    )
    properties += [(name, count) for name in counts if (count := getattr(report, name))]
    if report.golden is not None:
        properties.append(("golden", visible(node_path(root, Path(report.golden)))))
    if expected := report.expected + report.expected_apart:
        properties.append(("expected", expected))
        properties.append(("rules", ", ".join(map(str, sorted(report.hidden)))))
    fingerprints = dict.fromkeys(example.fingerprint for example in report.examples)
    properties += [("fingerprint", fingerprint) for fingerprint in fingerprints if fingerprint]
    return properties
