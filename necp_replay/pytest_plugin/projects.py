"""The projects of a session: each trace is judged by the goldens and rules of its own."""

from __future__ import annotations

from dataclasses import field
from datetime import date
from pathlib import Path

import pytest

from necp_replay.dataclass import dataclass
from necp_replay.errors import NecpReplayError, UsageError
from necp_replay.golden.store import GoldenStore
from necp_replay.project.home import Home
from necp_replay.project.owners import Owners
from necp_replay.pytest_plugin.settings import path_to_type, settings_of
from necp_replay.rules.book import RuleBook
from necp_replay.rules.rule import RuleAction


@dataclass(frozen=True, slots=True)
class TraceProject:
    """What a trace is judged by.

    ``home`` and ``goldens`` are None if it belongs to no project; ``homeless`` says why. ``error``
    says why its project cannot be used; nothing is compared then.
    """

    home: Home | None = None
    book: RuleBook = field(default_factory=RuleBook)
    goldens: GoldenStore | None = None
    homeless: NecpReplayError | None = None
    error: NecpReplayError | None = None


class Projects:
    """Finds the project of each trace of a session."""

    def __init__(self, config: pytest.Config) -> None:
        settings = settings_of(config)
        self._config = config
        self._owners = Owners(settings.replaced)
        self._replaced = settings.replaced
        self._reports_known = settings.reports_known
        self._first: Home | None = None

    def of(self, trace: Path) -> TraceProject:
        """What a trace is judged by. Raises nothing."""
        try:
            home = self._owners.home_of(trace)
            if home is None:
                return TraceProject(homeless=self._owners.homeless(trace))
            self._refuse_second(home)
        except NecpReplayError as error:
            return TraceProject(error=error)
        rules = tuple(
            rule
            for rule in home.rules
            if not (self._reports_known and rule.action is RuleAction.KNOWN)
        )
        goldens = GoldenStore(path_to_type(self._config, home.goldens))
        return TraceProject(home, RuleBook(rules, date.today()), goldens)

    def _refuse_second(self, home: Home) -> None:
        """Refuse goldens or rules that are named for traces of several projects."""
        if self._replaced.goldens is None and self._replaced.rules is None:
            return
        self._first = self._first or home
        if home is not self._first:
            raise UsageError(
                f"traces of two projects, {self._first.folder} and {home.folder}, with one"
                " --necp-golden or --necp-rules",
                hint="Run pytest once for each project, or leave the option out.",
            )


_PROJECTS = pytest.StashKey[Projects]()


def projects_of(config: pytest.Config) -> Projects:
    """The projects of a session."""
    if _PROJECTS not in config.stash:
        config.stash[_PROJECTS] = Projects(config)
    return config.stash[_PROJECTS]
