"""Builds the golden of a trace from what an engine does."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from necp_replay.engines.engine import Engine, EngineFactory, open_for_trace
from necp_replay.events.equality import same_whole
from necp_replay.events.outcome import Outcome, Panicked, TypeConfused
from necp_replay.golden.stanza import BodyText
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.render_snapshot import snapshot_nodes
from necp_replay.releases.names import canonical_tag
from necp_replay.replay.progress import PROGRESS_RECORDS, OnRecords
from necp_replay.replay.stanza_renderer import RenderedRecord, StanzaRenderer
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import NumberedRecord

_KEPT_RECORDS: Final = 1024
"""A trace with more records is read again for each run, so that memory does not grow with it."""


class GoldenTexts:
    """The goldens of one trace on any releases, which say the same of most records.

    Of a trace with few records the records are kept, with the texts that they had on the releases
    so far. An outcome that was met before is not rendered again: at the same place in the trace
    the same ids have names.
    """

    def __init__(self, path: Path) -> None:
        """Nothing is read yet."""
        self._path = path
        self._recorded_on = ""
        self._kept: list[NumberedRecord] | None = None
        self._known: list[list[RenderedRecord]] = []
        self._states: list[tuple[Outcome, bytes]] = []

    def on(
        self, release: str, open_engine: EngineFactory, on_records: OnRecords | None = None
    ) -> Iterator[bytes]:
        """Replay the trace, and give the text of its golden in pieces. Raises TraceError."""
        with ExitStack() as stack:
            records = self._records(stack)
            engine = open_for_trace(open_engine, release, self._recorded_on)
            renderer = StanzaRenderer()
            yield renderer.beginning()
            ended = False
            for number, step, _ in records:
                outcome = engine.submit(step)
                ended = ended or type(outcome.answer) in ENDS
                if number <= len(self._known):
                    yield renderer.known_block(number, step, outcome, self._known[number - 1])
                else:
                    yield renderer.block(number, step, outcome)[0]
                if on_records is not None and number % PROGRESS_RECORDS == 0:
                    on_records(PROGRESS_RECORDS)
            yield self._end(engine, renderer, ended=ended)

    def _records(self, stack: ExitStack) -> Iterable[NumberedRecord]:
        """All records: those that are kept, or those of the file."""
        if self._kept is not None:
            return self._kept
        reader = stack.enter_context(TraceReader(self._path))
        self._recorded_on = canonical_tag(reader.header.release)
        records = iter(reader.records(shared=True))
        first = list(itertools.islice(records, _KEPT_RECORDS + 1))
        if len(first) > _KEPT_RECORDS:
            return itertools.chain(first, records)
        self._kept = first
        self._known = [[] for _ in first]
        return first

    def _end(self, engine: Engine, renderer: StanzaRenderer, *, ended: bool) -> bytes:
        if ended:
            return renderer.end(BodyText.of(final_nodes(engine, renderer.names, ended=True)))
        state = Outcome(answer=engine.snapshot())
        for known, text in self._states:
            if same_whole(known, state):
                return text
        nodes = snapshot_nodes(engine.snapshot(), renderer.names, beyond_vectors=True)
        text = renderer.end(BodyText.of(nodes))
        if self._kept is not None:
            self._states.append((state, text))
        return text


ENDS: Final = (Panicked, TypeConfused)
"""The answers after which the system has stopped."""


def final_nodes(engine: Engine, names: StableNames, *, ended: bool) -> list[Node]:
    """The final state as nodes of a golden; a system that stopped has none."""
    if ended:
        return [Node("undefined", "the system went down")]
    return snapshot_nodes(engine.snapshot(), names, beyond_vectors=True)
