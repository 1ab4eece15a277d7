"""Accepting what the engine does now: goldens written, per release only where releases differ."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from necp_replay.errors import GoldenError, UsageError
from necp_replay.golden.find import FoundTrace
from necp_replay.golden.run import document_of
from necp_replay.golden.store import GoldenStore, write_atomically
from necp_replay.releases.chain import RELEASES
from necp_replay.replay.engine import EngineFactory, open_machine
from necp_replay.trace.header import SourceKind
from necp_replay.trace.reader import TraceReader


@dataclass(frozen=True, slots=True)
class GoldenChange:
    """One golden file that acceptance wrote or removed; ``before``/``after`` None: not there."""

    path: Path
    before: str | None
    after: str | None

    @property
    def verb(self) -> str:
        """``new``, ``changed`` or ``removed``."""
        if self.before is None:
            return "new"
        return "removed" if self.after is None else "changed"

    def diff(self) -> list[str]:
        """A unified diff of the text, line by line."""
        before = (self.before or "").splitlines()
        after = (self.after or "").splitlines()
        return list(
            difflib.unified_diff(before, after, "accepted before", "accepted now", lineterm="", n=2)
        )


def refuse_in_ci() -> None:
    """Raise UsageError when ``CI`` is set: what CI accepts nobody has reviewed."""
    if os.environ.get("CI"):
        raise UsageError(
            "goldens are not written while CI is set in the environment",
            hint="Run this on your own machine, review the change, and commit it.",
        )


def is_measured(trace: FoundTrace) -> bool:
    """Whether a trace carries outcomes of real code, so that it needs no golden."""
    with TraceReader(trace.path) as reader:
        return reader.header.source_kind is not SourceKind.SCENARIO


def accept_trace(
    trace: FoundTrace,
    goldens: GoldenStore,
    releases: Sequence[str] | None = None,
    open_engine: EngineFactory = open_machine,
) -> list[GoldenChange]:
    """Write what the engine does on a trace as its golden, for every release.

    The common file holds for the trace's own release; another release gets a file of its own where
    its outcomes differ. The engine runs twice, and a difference between both runs refuses.
    """
    refuse_in_ci()
    with TraceReader(trace.path) as reader:
        own_release = reader.header.release
    wanted = list(RELEASES) if releases is None else list(releases)
    if own_release not in wanted:
        wanted.append(own_release)
    texts = {release: _stable_text(trace, release, open_engine) for release in wanted}
    common = texts[own_release]
    planned: dict[Path, str | None] = {goldens.path(trace.name): common}
    for release, text in texts.items():
        if release != own_release:
            planned[goldens.path(trace.name, release)] = None if text == common else text
    # A file of the trace's own release would hide the common one, which says the same.
    planned[goldens.path(trace.name, own_release)] = None
    return [change for path, text in planned.items() if (change := _apply(path, text)) is not None]


def _stable_text(trace: FoundTrace, release: str, open_engine: EngineFactory) -> str:
    first = document_of(trace.path, release, open_engine).text()
    if document_of(trace.path, release, open_engine).text() != first:
        raise GoldenError(
            f"two runs on {release} differ, so nothing can be accepted",
            file=str(trace.path),
            hint="Look for what the engine depends on besides the trace.",
        )
    return first


def _apply(path: Path, text: str | None) -> GoldenChange | None:
    before = path.read_text("utf-8") if path.is_file() else None
    if before == text:
        return None
    if text is None:
        path.unlink()
    else:
        write_atomically(path, text)
    return GoldenChange(path, before, text)
