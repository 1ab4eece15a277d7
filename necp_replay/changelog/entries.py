"""Makes the entries of the release notes: one for each fact that a release changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from necp_replay.changelog.fact_example import FactExample, find_example
from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact
from necp_replay.releases.lineage import RELEASES, steps
from necp_replay.releases.profile import DifferingFact, Profile, differing_facts
from necp_replay.trace.find import TRACE_SUFFIX


@dataclass(frozen=True, slots=True)
class ChangelogEntry:
    """A fact that changed, and an example if a trace shows one."""

    fact: DifferingFact
    example: FactExample | None
    vulnerability: str | None = None
    """The id in docs/vulnerabilities.md of the security fault that the newer release fixed."""

    @property
    def declaration(self) -> Fact:
        """The declaration of the fact: its title and meanings."""
        return self.fact.fact

    @property
    def is_seen(self) -> bool:
        """Whether programs can see the change."""
        return not self.declaration.not_observable


@dataclass(frozen=True, slots=True)
class ChangelogStep:
    """What one release changed from the one before it."""

    old: str
    new: str
    entries: Sequence[ChangelogEntry]


def changelog(old: str, new: str, traces: Path | None) -> Iterator[ChangelogStep]:
    """The steps from one release to another along the lineage, in their order.

    ``traces`` is the folder of the traces that facts name; None leaves the examples out. A trace
    that is not there gives no example. Raises TraceError for one that cannot be read.
    """
    for before, after in steps(old, new):
        yield changelog_step(before, after, traces)


def changelog_step(old: str, new: str, traces: Path | None) -> ChangelogStep:
    """What a release changed from its neighbour. Arguments and errors as for :func:`changelog`."""
    entries = []
    for before, after, fact in _single_changes(RELEASES[old], RELEASES[new]):
        paths = [] if traces is None else _traces_of(fact.fact, traces)
        values = (getattr(profile, fact.name) for profile in (before, after))
        fixed = fact.fact.fixed_vulnerability(*values)
        entries.append(ChangelogEntry(fact, find_example(before, after, paths), fixed))
    return ChangelogStep(old, new, entries)


def _single_changes(old: Profile, new: Profile) -> Iterator[tuple[Profile, Profile, DifferingFact]]:
    """For each fact the profiles before and after it changes, in the order that ``diff`` uses.

    Facts are changed one after the other, since some show only together with earlier ones.
    """
    before = old
    for fact in differing_facts(old, new):
        change: dict[str, Any] = {fact.name: getattr(new, fact.name)}
        after = replace(before, **change)
        yield before, after, fact
        before = after


def _traces_of(fact: Fact, folder: Path) -> list[Path]:
    paths = (folder / f"{name}{TRACE_SUFFIX}" for name in fact.traces)
    return [path for path in paths if path.is_file()]
