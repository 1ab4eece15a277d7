"""Builds the golden of a trace from what an engine does."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from necp_replay.engines.engine import Engine, EngineFactory, open_for_trace
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome, Panicked, TypeConfused
from necp_replay.golden.document import GoldenDocument, Stanza
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.render_input import title
from necp_replay.outcomes.render_outcome import render_outcome
from necp_replay.outcomes.render_snapshot import snapshot_nodes
from necp_replay.releases.names import canonical_tag
from necp_replay.replay.progress import PROGRESS_RECORDS, OnRecords
from necp_replay.trace.reader import TraceReader


def document_of(
    path: Path, release: str, open_engine: EngineFactory, on_records: OnRecords | None = None
) -> GoldenDocument:
    """Replay a trace, and return its outcomes as a golden document. Raises TraceError."""
    with TraceReader(path) as reader:
        recorded_on = canonical_tag(reader.header.release)
        builder = GoldenBuilder(open_for_trace(open_engine, release, recorded_on))
        for number, step, _ in reader:
            builder.add(number, step, builder.engine.submit(step))
            if on_records is not None and number % PROGRESS_RECORDS == 0:
                on_records(PROGRESS_RECORDS)
    return builder.finish()


@dataclass(slots=True)
class GoldenBuilder:
    """Collects outcomes into a golden document."""

    engine: Engine
    document: GoldenDocument = field(default_factory=GoldenDocument)
    names: StableNames = field(default_factory=StableNames)
    ended: bool = False

    def add(self, number: int, step: Step, outcome: Outcome) -> None:
        """Append the stanza of one record."""
        self.names.learn(step)
        self.ended = self.ended or has_ended(outcome)
        rendered = render_outcome(step.input, outcome, self.names)
        stanza = Stanza(number, title(step.input, self.names), rendered.status, rendered.nodes)
        self.document.stanzas.append(stanza)

    def finish(self) -> GoldenDocument:
        """Append the final state and return the document."""
        self.document.final = final_nodes(self.engine, self.names, ended=self.ended)
        return self.document


def has_ended(outcome: Outcome) -> bool:
    """Whether the system stopped with this outcome, by a panic or a type confusion."""
    return isinstance(outcome.answer, (Panicked, TypeConfused))


def final_nodes(engine: Engine, names: StableNames, *, ended: bool) -> list[Node]:
    """The final state as nodes of a golden; a system that stopped has none."""
    if ended:
        return [Node("undefined", "the system went down")]
    return snapshot_nodes(engine.snapshot(), names, beyond_vectors=True)
