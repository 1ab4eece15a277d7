"""What a session was asked for: options of its command line, else settings of its ini file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from necp_replay.errors import UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    """``releases`` empty: every trace on the release it was recorded on."""

    golden: Path
    releases: tuple[str, ...]
    accepts: bool


_SETTINGS = pytest.StashKey[Settings]()


def settings_of(config: pytest.Config) -> Settings:
    """The settings of a session, read once."""
    if _SETTINGS not in config.stash:
        config.stash[_SETTINGS] = Settings(
            golden=_place(config, "necp_golden", "golden"),
            releases=releases_asked_for(config),
            accepts=config.getoption("necp_accept"),
        )
    return config.stash[_SETTINGS]


def releases_asked_for(config: pytest.Config) -> tuple[str, ...]:
    """The releases of ``--necp-release``, else of ``necp_releases``, each once."""
    given: Sequence[str] = config.getoption("necp_release") or config.getini("necp_releases")
    return tuple(dict.fromkeys(given))


def check_settings(config: pytest.Config) -> None:
    """Raise UsageError for what is asked for and cannot be done; cheap when nothing is."""
    if config.getoption("necp_accept"):
        from necp_replay.golden.accept import refuse_in_ci

        refuse_in_ci()
    if releases := releases_asked_for(config):
        from necp_replay.releases.chain import RELEASES

        for release in releases:
            if release not in RELEASES:
                raise UsageError(
                    f"release {release!r} is not modelled",
                    hint=f"Choose from {', '.join(RELEASES)} with --necp-release or necp_releases.",
                )


def _place(config: pytest.Config, name: str, default: str) -> Path:
    """A path of the command line counts from where that was typed, one of a file from the file."""
    if typed := config.getoption(name):
        return Path(config.invocation_params.dir, typed)
    ini_folder = config.inipath.parent if config.inipath else config.rootpath
    return Path(ini_folder, config.getini(name) or default)
