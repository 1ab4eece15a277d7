"""What sessions remember: identical traces are not replayed again until something changes.

Workers of xdist ask, and the controller writes at the end. Verdicts and times are those of
`necp-replay replay`: each uses what the other remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest

from necp_replay.errors import UsageError, WriteError
from necp_replay.outcomes.trace_report import Verdict
from necp_replay.project.home import Home
from necp_replay.pytest_plugin.projects import TraceProject, projects_of
from necp_replay.pytest_plugin.result import TraceResult
from necp_replay.pytest_plugin.settings import settings_of
from necp_replay.releases.under_way import UNDER_WAY
from necp_replay.suite.cache_folder import chosen_folder, open_folder
from necp_replay.suite.engine_digest import engine_digest
from necp_replay.suite.inputs import VerdictKeys
from necp_replay.suite.known_traces import KnownTraces
from necp_replay.suite.times import file_in_cache, key_of, remembered_times, write_times
from necp_replay.suite.verdicts import KnownVerdicts, file_of_project


class Remembered:
    """What is remembered of the projects of a session."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._folder = _folder_of(config)
        self._engine = None if self._folder is None else engine_digest()
        self._verdicts: dict[Path | None, KnownVerdicts] = {}
        self._known: dict[tuple[Path | None, str | None], KnownTraces] = {}

    def known(self, project: TraceProject, release: str | None) -> KnownTraces | None:
        """The known traces of a project on a release; None is each trace's own.

        None if nothing is remembered.
        """
        if self._folder is None or self._engine is None:
            return None
        folder = _folder_of_home(project.home)
        if folder not in self._verdicts:
            self._verdicts[folder] = KnownVerdicts(file_of_project(self._folder, folder))
        key = (folder, release)
        if key not in self._known:
            goldens = None if project.goldens is None else project.goldens.root
            keys = VerdictKeys(
                self._engine,
                project.book,
                goldens,
                homeless=None if project.homeless is None else project.homeless.reason,
                recorded_only=False,
                release=release,
                record_limit_s=settings_of(self._config).record_limit_s,
            )
            verdicts = self._verdicts[folder]
            self._known[key] = KnownTraces(verdicts, keys, self._engine, goldens, release)
        return self._known[key]

    def save(self, results: Iterable[TraceResult]) -> None:
        """Remember the results of a session. Raises nothing."""
        if self._folder is None or settings_of(self._config).accepts:
            return
        replayed: dict[Path | None, list[TraceResult]] = {}
        for result in results:
            if result.report.from_cache or not result.report.records:
                continue
            project = projects_of(self._config).of(Path(result.path))
            replayed.setdefault(_folder_of_home(project.home), []).append(result)
            known = self.known(project, _release_of(result))
            if known and result.key and result.report.release not in UNDER_WAY:
                known.note_key(result.name, result.key, result.report)
        for known in self._known.values():
            known.save()
        for folder, of_project in replayed.items():
            _save_times(file_in_cache(self._folder, folder, None), of_project)


def _save_times(file: Path, results: Iterable[TraceResult]) -> None:
    times = remembered_times(file)
    for each in results:
        passed = each.report.verdict is Verdict.IDENTICAL
        times.note(key_of(each.name, _release_of(each)), each.report.seconds, passed=passed)
    with suppress(WriteError):
        write_times(file, times, private=True)


def _release_of(result: TraceResult) -> str | None:
    return None if result.is_own else result.report.release


def _folder_of_home(home: Home | None) -> Path | None:
    return None if home is None else home.folder


def _folder_of(config: pytest.Config) -> Path | None:
    """The folder of the cache; None without a cache, and for an external engine."""
    if config.getoption("necp_no_cache") or not settings_of(config).is_own_engine:
        return None
    given: str | None = config.getoption("necp_cache")
    folder = chosen_folder(Path(config.invocation_params.dir, given) if given else None)
    try:
        return None if folder is None else open_folder(folder)
    except UsageError:
        # One that was named was checked when the session began.
        return None


_REMEMBERED = pytest.StashKey[Remembered]()


def remembered_of(config: pytest.Config) -> Remembered:
    """What is remembered in a session."""
    if _REMEMBERED not in config.stash:
        config.stash[_REMEMBERED] = Remembered(config)
    return config.stash[_REMEMBERED]
