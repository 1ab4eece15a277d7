"""The pytest plugin: collects ``.necptrace`` files as tests, one for each trace and release.

This module declares the options and hooks (docs/pytest.md). pytest imports it in every session,
also where there are no traces, so it imports everything else only when it is needed.

Start with `collect.py`: a trace as a pytest collector, and its tests. Each test gives a
`TraceResult`, which `session.py` gathers, also from the workers of pytest-xdist. At the end
`session_report.py` judges rules and goldens by all of them.

    $ pytest traces -q -m necp_client --necp-release xnu-4570.41.2

`fixtures.py` has what tests of one's own use: a system to drive, and a golden to compare with.

May import: what the commands `replay` and `accept` use: `replay`, `accept`, `golden`, `project`,
`report`, `rules`, `engines`, `scenario` and what is below them; never `cli`.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from necp_replay.pytest_plugin.result_attribute import RESULT
from necp_replay.trace.find import TRACE_SUFFIX, may_have_project

if TYPE_CHECKING:
    from necp_replay.pytest_plugin.fixtures import DrivenSystem, TestGolden
    from necp_replay.scenario.system import System


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the command line options and the settings of the ini file."""
    group = parser.getgroup("necp-replay", "replaying .necptrace files")
    group.addoption(
        "--necp-golden",
        metavar="DIR",
        help="folder of goldens, with the same structure as that of traces (default: necp_golden of"
        " the ini file, else that of the project above the trace)",
    )
    group.addoption(
        "--necp-release",
        action="append",
        default=[],
        metavar="R",
        help="replay on this release; may be given several times (default: necp_releases of the"
        " ini file, else the release a trace was recorded on)",
    )
    group.addoption(
        "--necp-accept",
        action="store_true",
        help="accept the current outcomes as goldens instead of comparing; refused while CI is set",
    )
    group.addoption(
        "--necp-rules",
        metavar="FILE",
        help="the file with rules for expected differences (default: necp_rules of the ini file,"
        " else necp-replay.toml of the project above the trace)",
    )
    group.addoption(
        "--necp-engine",
        metavar="CMD",
        help="replay through this program, which speaks the engine protocol (default: necp_engine"
        " of the ini file, else the built-in engine)",
    )
    group.addoption(
        "--necp-engine-limit",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="time limit for one answer of that program; a whole trace may take 60 times that"
        " (default: 10)",
    )
    group.addoption(
        "--necp-record-limit",
        type=float,
        metavar="SECONDS",
        help="processor time that one record may take in the built-in engine; the test of a trace"
        " with a slower one fails (default: no limit)",
    )
    group.addoption(
        "--necp-cache",
        metavar="DIR",
        help="the folder for what is remembered (default: $NECP_REPLAY_CACHE, else below the user's"
        " cache)",
    )
    group.addoption(
        "--necp-no-cache",
        action="store_true",
        help="replay every trace, and remember nothing",
    )
    parser.addini("necp_engine", "program that speaks the engine protocol", default="")
    parser.addini("necp_golden", "folder of goldens, relative to this file", default="")
    parser.addini("necp_rules", "file of expected differences, relative to this file", default="")
    parser.addini("necp_releases", "releases on which to replay every trace", "args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Check the settings before any test runs, and register the plugins of the session."""
    from necp_replay.errors import NecpReplayError
    from necp_replay.pytest_plugin.session import SummaryWriter, TraceSession
    from necp_replay.pytest_plugin.settings import check_settings

    # A marker necp_AREA is registered when the first trace of that area is collected.
    config.addinivalue_line("markers", "necp: replays a .necptrace file; necp_AREA: of that area")
    try:
        check_settings(config)
    except NecpReplayError as error:
        from necp_replay.outcomes.safe_text import safe_lines

        raise pytest.UsageError(safe_lines(f"{error}. {error.hint}")) from None
    if not hasattr(config, "workerinput"):
        # Workers of xdist only run tests. The controller gathers the reports of all of them.
        session = TraceSession(config)
        config.pluginmanager.register(session, "necp_replay_session")
        config.pluginmanager.register(SummaryWriter(session), "necp_replay_summary")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that drives a system once for each release that is asked for."""
    if "necp_release" in metafunc.fixturenames:
        from necp_replay.pytest_plugin.fixtures import releases_to_run

        metafunc.parametrize("necp_release", releases_to_run(metafunc.config))


@pytest.fixture
def necp_driven(request: pytest.FixtureRequest, necp_release: str) -> DrivenSystem:
    """The system of `necp_system` with what was done to it."""
    from necp_replay.pytest_plugin.fixtures import DrivenSystem, driven_name

    return DrivenSystem(necp_release, driven_name(request))


@pytest.fixture
def necp_system(necp_driven: DrivenSystem) -> System:
    """A new system of the release, to drive as a scenario does."""
    return necp_driven.system


@pytest.fixture
def necp_golden(
    request: pytest.FixtureRequest, necp_driven: DrivenSystem, tmp_path: Path
) -> TestGolden:
    """The golden of the test: ``necp_golden.check()`` compares what the system did with it."""
    from necp_replay.pytest_plugin.fixtures import TestGolden

    return TestGolden(necp_driven, request, tmp_path)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect ``.necptrace`` files, and no others."""
    if file_path.suffix != TRACE_SUFFIX:
        return None
    from necp_replay.pytest_plugin.chosen import is_collected
    from necp_replay.pytest_plugin.collect import TraceFile

    return TraceFile.of_path(parent, file_path) if is_collected(parent.config, file_path) else None


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a folder of traces that cannot be read as a test that says so."""
    if not may_have_project(path):
        return None
    from necp_replay.pytest_plugin.unreadable import unreadable_folder

    return unreadable_folder(parent, path)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Add the traces to a folder that are links to nothing, which pytest passes over."""
    report = yield
    if (
        report.passed
        and isinstance(collector, pytest.Directory)
        and may_have_project(collector.path / f"any{TRACE_SUFFIX}")
    ):
        from necp_replay.pytest_plugin.unreadable import broken_links

        report.result = [*(report.result or ()), *broken_links(collector)]
    return report


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out linked folders of traces that lead back, or to what is collected anyway."""
    # Most links have no project above them, and are of no concern here.
    if not (collection_path.is_symlink() and may_have_project(collection_path)):
        return None
    from necp_replay.pytest_plugin.chosen import is_left_out

    return True if is_left_out(config, collection_path) else None


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Say in which decoded parts two answers of a scenario's calls, or two states, differ."""
    if not type(left).__module__.startswith(("necp_replay.scenario.", "necp_replay.events.")):
        return None
    from necp_replay.pytest_plugin.assertions import compared_answers

    return compared_answers(op, left, right)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach the result of a trace's test to its report, which xdist sends to the controller."""
    report = yield
    if hasattr(item, RESULT):
        # The names of folders are keywords. Bytes that are not UTF-8 cannot be sent as text.
        report.keywords = {
            name.encode("utf-8", "backslashreplace").decode("utf-8"): value
            for name, value in report.keywords.items()
        }
    if call.when == "call" and (result := getattr(item, RESULT, None)) is not None:
        from necp_replay.pytest_plugin.result import plain_of

        vars(report)[RESULT] = plain_of(result)
    return report
