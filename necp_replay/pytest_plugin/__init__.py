"""pytest collects ``.necptrace`` files as tests, one for each trace and release (docs/pytest.md).

pytest imports this package in every session, so it leaves all work to modules that are imported
when there is a trace.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

TRACE_SUFFIX = ".necptrace"
FOUND = "necp_found"
"""The attribute of tests and their reports with what a replay found."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options, and the settings of ``pytest.ini`` or ``pyproject.toml``."""
    group = parser.getgroup("necp-replay", "replaying .necptrace files")
    group.addoption(
        "--necp-golden",
        metavar="DIR",
        help="folder of goldens, mirrors that of the traces (default: necp_golden of the ini file,"
        " else what necp-replay.toml says, else `golden` in the root directory)",
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
        help="write goldens of what the engine does now instead of comparing; not while CI is set",
    )
    group.addoption(
        "--necp-rules",
        metavar="FILE",
        help="the file with rules for expected differences (default: necp_rules of the ini file,"
        " else necp-replay.toml in the root directory or above it)",
    )
    group.addoption(
        "--necp-engine",
        metavar="CMD",
        help="replay through this program, which speaks the engine protocol (default: necp_engine"
        " of the ini file, else our own engine)",
    )
    group.addoption(
        "--necp-engine-limit",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="what one answer of that program may take; a trace may take 60 times that"
        " (default: 10)",
    )
    parser.addini("necp_engine", "program that speaks the engine protocol", default="")
    parser.addini("necp_golden", "folder of goldens, seen from this file", default="")
    parser.addini("necp_rules", "file of expected differences, seen from this file", default="")
    parser.addini("necp_releases", "releases on which to replay every trace", "args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Register what the session needs, and refuse what cannot be done before anything runs."""
    from necp_replay.errors import NecpReplayError
    from necp_replay.pytest_plugin.session import LastWords, TraceSession
    from necp_replay.pytest_plugin.settings import check_settings

    # The markers of areas are registered when traces are found there.
    config.addinivalue_line("markers", "necp: replays a .necptrace file; necp_AREA: of that area")
    try:
        check_settings(config)
    except NecpReplayError as error:
        raise pytest.UsageError(f"{error}. {error.hint}") from None
    if not hasattr(config, "workerinput"):
        # Workers of xdist only run tests; their reports come together in the session that began.
        session = TraceSession(config)
        config.pluginmanager.register(session, "necp_replay_session")
        config.pluginmanager.register(LastWords(session), "necp_replay_last_words")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect traces; every other file is somebody else's."""
    if file_path.suffix != TRACE_SUFFIX:
        return None
    from necp_replay.pytest_plugin.collect import TraceFile

    return TraceFile.of_path(parent, file_path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Send what a replay found along with its report, for the session's summary."""
    report = yield
    if call.when == "call" and (found := getattr(item, FOUND, None)) is not None:
        from necp_replay.pytest_plugin.found import plain_of

        vars(report)[FOUND] = plain_of(found)
    return report
