"""Asks of each trace of a run whether its verdict is known, and remembers new ones."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from necp_replay.errors import WriteError
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.suite.engine_digest import engine_digest, is_settled
from necp_replay.suite.inputs import VerdictKeys
from necp_replay.suite.times import key_of
from necp_replay.suite.verdicts import KnownVerdicts
from necp_replay.trace.find import FoundTrace


class KnownTraces:
    """The traces of one project in one run.

    The key is made before a trace is replayed and again afterwards; the digest of the engine is
    made again at the end. If one of them changed, the verdict is not remembered.
    """

    def __init__(
        self,
        verdicts: KnownVerdicts,
        keys: VerdictKeys,
        engine: str,
        goldens: Path | None,
        release: str | None,
    ) -> None:
        """``engine`` is the digest with which ``keys`` are made."""
        self._verdicts = verdicts
        self._made = keys
        self._engine = engine
        self._goldens = goldens
        self._release = release
        self._keys: dict[str, str | None] = {}
        self._noted = False

    def report_of(self, trace: FoundTrace) -> TraceReport | None:
        """The report of a trace that needs no replay, None for every other."""
        key = self._keys[trace.name] = self._made.key_of(trace)
        if key is None:
            return None
        place = key_of(trace.name, self._release)
        return self._verdicts.report_of(place, key, escape(str(trace.path)), self._goldens)

    def key_after(self, trace: FoundTrace) -> str | None:
        """The key of a trace after its replay; None if it changed or cannot be made."""
        before = self._keys.get(trace.name)
        return before if before is not None and self._made.key_of(trace) == before else None

    def note(self, trace: FoundTrace, report: TraceReport) -> None:
        """Remember a trace that was replayed, if it was identical and its key did not change."""
        key = self.key_after(trace)
        if key is not None:
            self.note_key(trace.name, key, report)

    def note_key(self, name: str, key: str, report: TraceReport) -> None:
        """The same with the key that :meth:`key_after` returned, perhaps in another process."""
        self._verdicts.note(key_of(name, self._release), key, report, self._goldens)
        self._noted = True

    def save(self, names: Sequence[str] | None = None) -> None:
        """Write what was remembered, if the engine is still the same. Raises nothing.

        ``names`` are those of all traces of the project, None if they are not known.
        """
        if not self._noted or not is_settled() or engine_digest() != self._engine:
            return
        complete = names is not None and self._release is None
        with suppress(WriteError):
            self._verdicts.save(names if complete else None)
