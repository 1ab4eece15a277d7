"""Builds the golden of a trace from what an engine does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from necp_replay.engines.engine import Engine, EngineFactory, open_for_trace
from necp_replay.events.outcome import Panicked, TypeConfused
from necp_replay.golden.stanza import BodyText
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.render_snapshot import snapshot_nodes
from necp_replay.releases.names import canonical_tag
from necp_replay.replay.progress import PROGRESS_RECORDS, OnRecords
from necp_replay.replay.stanza_renderer import StanzaRenderer
from necp_replay.trace.reader import TraceReader


def golden_text(
    path: Path, release: str, open_engine: EngineFactory, on_records: OnRecords | None = None
) -> Iterator[bytes]:
    """Replay a trace, and give the text of its golden in pieces. Raises TraceError."""
    with TraceReader(path) as reader:
        engine = open_for_trace(open_engine, release, canonical_tag(reader.header.release))
        renderer = StanzaRenderer()
        yield renderer.beginning()
        ended = False
        for number, step, _ in reader.records(shared=True):
            outcome = engine.submit(step)
            ended = ended or type(outcome.answer) in ENDS
            yield renderer.block(number, step, outcome)[0]
            if on_records is not None and number % PROGRESS_RECORDS == 0:
                on_records(PROGRESS_RECORDS)
        yield renderer.end(BodyText.of(final_nodes(engine, renderer.names, ended=ended)))


ENDS: Final = (Panicked, TypeConfused)
"""The answers after which the system has stopped."""


def final_nodes(engine: Engine, names: StableNames, *, ended: bool) -> list[Node]:
    """The final state as nodes of a golden; a system that stopped has none."""
    if ended:
        return [Node("undefined", "the system went down")]
    return snapshot_nodes(engine.snapshot(), names, beyond_vectors=True)
