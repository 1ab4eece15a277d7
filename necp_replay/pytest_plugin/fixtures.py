"""What the fixtures of the plugin give to tests: a system to drive, and a golden to compare with.

The golden of a test is kept beside its file: ``necp_goldens/test_vpn/test_split_tunnel.golden``. It
holds for every release, as the golden of a trace does, and is compared by the same code.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path, PurePosixPath
from typing import Final

import pytest

from necp_replay.accept.plan import accept_trace
from necp_replay.errors import NecpReplayError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.files.atomic import write_bytes
from necp_replay.golden.store import GoldenStore
from necp_replay.outcomes.safe_text import safe_lines
from necp_replay.outcomes.shell_text import command_line
from necp_replay.outcomes.trace_report import Verdict
from necp_replay.pytest_plugin.failure import TraceFailure
from necp_replay.pytest_plugin.settings import settings_of
from necp_replay.releases.lineage import NEWEST
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.scenario.system import System
from necp_replay.trace.find import TRACE_SUFFIX, FoundTrace
from necp_replay.trace.header import Header, OutcomeDetail, SourceKind
from necp_replay.trace.writer import TraceWriter

GOLDENS: Final = "necp_goldens"
"""The folder of the goldens of tests, beside the file of the tests."""
_UNUSUAL: Final = re.compile(r"[^A-Za-z0-9_.-]+")


class DrivenSystem:
    """A system of a release, and everything that was done to it so far."""

    def __init__(self, release: str, name: str) -> None:
        """A new system; ``name`` determines the ids that its generator returns."""
        self.release = release
        self.records: list[tuple[Step, Outcome]] = []
        self.system = System.of_release(
            release, name, lambda step, outcome: self.records.append((step, outcome))
        )


class TestGolden:
    """The golden of a test: ``check()`` compares all that the system did so far with it.

    ``necp_system`` has to be a fixture of the same test.
    """

    __test__ = False

    def __init__(self, driven: DrivenSystem, request: pytest.FixtureRequest, folder: Path) -> None:
        self._driven = driven
        self._request = request
        self._trace = FoundTrace(folder / f"{driven_name(request)}{TRACE_SUFFIX}", _name(request))

    @property
    def path(self) -> Path:
        """The golden that holds from the oldest release on."""
        return self._store.path(self._trace.name)

    @property
    def _store(self) -> GoldenStore:
        return GoldenStore(self._request.path.parent / GOLDENS)

    def check(self) -> None:
        """Compare with the golden, or accept with ``--necp-accept``; a difference fails the test.

        The trace of what the system did is kept in the folder of temporary files, and named in the
        failure.
        """
        __tracebackhide__ = True
        self._write_trace()
        settings = settings_of(self._request.config)
        try:
            if settings.accepts:
                releases = None if settings.is_own_engine else ()
                accept_trace(self._trace, self._store, releases, settings.open_engine)
                return
        except NecpReplayError as error:
            pytest.fail(safe_lines(f"{error}\n{error.hint}"))
        options = ReplayOptions(self._driven.release, self._store, settings.open_engine)
        report = replay_trace(self._trace.path, self._trace.name, options)
        if report.missing_golden and report.error is None and not report.differs:
            shown = command_line("necp-replay", "show", self._trace.path)
            pytest.fail(
                safe_lines(f"no golden\nTo look at it: {shown}\nTo accept it: {self._accepting}")
            )
        if report.verdict is not Verdict.IDENTICAL:
            pytest.fail(safe_lines(self._failure_text(TraceFailure.of_report(report))))

    @property
    def _accepting(self) -> str:
        """The command that accepts what the test does."""
        return command_line("pytest", self._request.node.nodeid, "--necp-accept")

    def _failure_text(self, failure: TraceFailure) -> str:
        """The headline first, which pytest shows in its summary; then all, and what to do next."""
        again = self._accepting
        # Commands that replay this trace would not compare it with this golden.
        lines = [line for line in str(failure).splitlines() if "Run again:" not in line]
        return "\n".join([failure.headline, *lines, "", f"To accept it: {again}"])

    def _write_trace(self) -> None:
        header = Header(
            release=self._driven.release,
            name=driven_name(self._request),
            source_kind=SourceKind.SCENARIO,
            source=self._request.node.nodeid,
            outcome_detail=OutcomeDetail.FULL,
        )
        content = io.BytesIO()
        with TraceWriter(content, header) as writer:
            for step, outcome in self._driven.records:
                writer.write(step, outcome)
        write_bytes(self._trace.path, content.getvalue())


def releases_to_run(config: pytest.Config) -> tuple[str, ...]:
    """The releases on which tests with a system run: those asked for, else the newest."""
    return settings_of(config).releases or (NEWEST,)


def driven_name(request: pytest.FixtureRequest) -> str:
    """The name of a test as that of a trace: without its release, in plain characters."""
    name = request.node.name
    release = getattr(request.node, "callspec", None)
    tag = None if release is None else release.params.get("necp_release")
    if tag is not None:
        # The name has the release besides the other parameters of the test.
        name = name.replace(f"[{tag}]", "").replace(f"{tag}-", "").replace(f"-{tag}", "")
    return _UNUSUAL.sub("_", name).strip("_.")


def _name(request: pytest.FixtureRequest) -> str:
    module = PurePosixPath(os.path.basename(request.path)).stem
    owner = getattr(request.cls, "__name__", None)
    parts = [module, *([owner] if owner else []), driven_name(request)]
    return "/".join(_UNUSUAL.sub("_", part) for part in parts)
