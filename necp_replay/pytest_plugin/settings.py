"""The settings of a session, from the command line, else the ini file; and each trace's project."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError

if TYPE_CHECKING:
    from necp_replay.engines.engine import EngineFactory
    from necp_replay.project.home import HomeOptions


_MOST_SECONDS: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a session.

    ``replaced`` are the parts of projects that options replace; ``reports_known`` says that known
    differences are failures. ``releases`` are the requested releases; without any each trace runs
    on its recorded one. ``accepts`` is set by ``--necp-accept``. ``open_engine`` opens the engine
    for a trace. ``command_options`` make a `necp-replay` command use the same goldens, rules and
    engine.
    """

    replaced: HomeOptions
    reports_known: bool
    releases: tuple[str, ...]
    accepts: bool
    open_engine: EngineFactory
    is_own_engine: bool
    command_options: tuple[str, ...] = ()
    record_limit_s: float | None = None
    """How much processor time one record may take in the built-in engine."""


_SETTINGS = pytest.StashKey[Settings]()


def settings_of(config: pytest.Config) -> Settings:
    """The settings of a session. They are read once."""
    if _SETTINGS not in config.stash:
        config.stash[_SETTINGS] = _read_settings(config)
    return config.stash[_SETTINGS]


def releases_asked_for(config: pytest.Config) -> tuple[str, ...]:
    """The tags of the releases of ``--necp-release``, else of ``necp_releases``, each once."""
    given: Sequence[str] = config.getoption("necp_release") or config.getini("necp_releases")
    if not given:
        return ()
    from necp_replay.releases.names import canonical_tag

    return tuple(dict.fromkeys(map(canonical_tag, given)))


def check_settings(config: pytest.Config) -> None:
    """Raise NecpReplayError if a setting cannot be used. Without settings this imports nothing."""
    if not 0 < config.getoption("necp_engine_limit") <= _MOST_SECONDS:
        raise UsageError(
            f"--necp-engine-limit must be more than 0 and at most {_MOST_SECONDS:,.0f}", hint=""
        )
    record_limit_s: float | None = config.getoption("necp_record_limit")
    if record_limit_s is not None:
        if not 0 < record_limit_s <= _MOST_SECONDS:
            raise UsageError(
                f"--necp-record-limit must be more than 0 and at most {_MOST_SECONDS:,.0f}", hint=""
            )
        from necp_replay.engines.limited import check_limit_works

        check_limit_works()
    if config.getoption("necp_cache"):
        from necp_replay.suite.cache_folder import open_folder

        open_folder(Path(config.invocation_params.dir, config.getoption("necp_cache")))
    _check_engine(config)
    _check_goldens(config)
    if config.getoption("necp_accept"):
        from necp_replay.accept.plan import refuse_in_ci

        refuse_in_ci()
    if releases := releases_asked_for(config):
        from necp_replay.releases.lineage import RELEASES

        for release in releases:
            if release not in RELEASES:
                raise UsageError(
                    f"release {release!r} is not modelled",
                    hint=f"Choose from {', '.join(RELEASES)} with --necp-release or necp_releases.",
                )
    if config.getoption("necp_rules"):
        from necp_replay.rules.project import read_project

        read_project(path_to_type(config, Path(config.getoption("necp_rules"))))


def _check_goldens(config: pytest.Config) -> None:
    """Raise UsageError if ``--necp-golden`` names no folder. ``--necp-accept`` may make it."""
    typed: str | None = config.getoption("necp_golden")
    if typed is None:
        return
    if not typed:
        raise UsageError("--necp-golden is empty", hint="Name the folder that has the goldens.")
    folder = Path(config.invocation_params.dir, typed)
    is_there = os.path.lexists(folder)
    if folder.is_dir() or (config.getoption("necp_accept") and not is_there):
        return
    raise UsageError(
        f"--necp-golden names {typed}, which is {'not a folder' if is_there else 'not there'}",
        hint="Name the folder that has the goldens.",
    )


def _check_engine(config: pytest.Config) -> None:
    """Raise UsageError for a command that a shell would split into nothing."""
    given: str | None = config.getoption("necp_engine")
    if given is None:
        given = config.getini("necp_engine") or None
    if given is None:
        return
    import shlex

    try:
        words = shlex.split(given)
    except ValueError as error:
        raise UsageError(f"--necp-engine is not a command: {str(error).lower()}", hint="") from None
    if not words or not words[0]:
        raise UsageError("--necp-engine is empty", hint="Leave it out to use the built-in engine.")


def _read_settings(config: pytest.Config) -> Settings:
    from necp_replay.project.home import HomeOptions

    rules, golden = _place(config, "necp_rules"), _place(config, "necp_golden")
    command: str = config.getoption("necp_engine") or config.getini("necp_engine")
    words = ["--golden", str(path_to_type(config, golden))] if golden else []
    words += ["--engine", command] if command else []
    record_limit_s: float | None = config.getoption("necp_record_limit")
    words += [] if record_limit_s is None else ["--record-limit", f"{record_limit_s:g}"]
    words += ["--rules", str(path_to_type(config, rules))] if rules else []
    return Settings(
        replaced=HomeOptions(golden, rules and path_to_type(config, rules), makes_goldens=True),
        reports_known=config.getoption("runxfail"),
        releases=releases_asked_for(config),
        accepts=config.getoption("necp_accept"),
        open_engine=_engine(command, config.getoption("necp_engine_limit"), record_limit_s),
        is_own_engine=not command,
        command_options=tuple(words),
        record_limit_s=record_limit_s,
    )


def _engine(command: str, limit_s: float, record_limit_s: float | None) -> EngineFactory:
    """The function that opens an engine: the built-in one, or an external program."""
    from necp_replay.engines.engine import open_machine
    from necp_replay.engines.external import ExternalEngines
    from necp_replay.engines.limited import LimitedEngines

    if command:
        return ExternalEngines(command, min(limit_s, record_limit_s or limit_s))
    return open_machine if record_limit_s is None else LimitedEngines(open_machine, record_limit_s)


def _place(config: pytest.Config, name: str) -> Path | None:
    """The path of an option or setting, None if neither is given.

    An option is relative to the folder where pytest was started, a setting to that of the ini file.
    """
    if typed := config.getoption(name):
        return Path(config.invocation_params.dir, typed)
    ini_folder = config.inipath.parent if config.inipath else config.rootpath
    written: str = config.getini(name)
    return Path(ini_folder, written) if written else None


def path_to_type(config: pytest.Config, path: Path) -> Path:
    """A path as the user would type it: relative to where pytest was started, if it is below."""
    started = config.invocation_params.dir
    near = Path.cwd() == started and path.is_relative_to(started)
    return path.relative_to(started) if near else path


def node_path(root: Path, path: Path) -> str:
    """A path as node ids of pytest write it: relative to the root, if it is below."""
    absolute = Path(os.path.abspath(path))
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else str(path)
