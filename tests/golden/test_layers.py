"""A golden read from its text says of every node which layer it belongs to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from necp_replay.engines.engine import open_machine
from necp_replay.golden.document import GoldenDocument, parse_golden
from necp_replay.outcomes.node import Layer, Node
from necp_replay.releases.lineage import RELEASES
from necp_replay.replay.golden_document import document_of
from necp_replay.trace.find import FoundTrace, find_traces

TRACES = Path(__file__).parents[2] / "traces"
SCENARIOS = [
    trace
    for trace in find_traces([TRACES])
    if not trace.name.startswith(("measured/", "sessions/"))
]


@pytest.mark.parametrize("release", list(RELEASES))
@pytest.mark.parametrize("trace", SCENARIOS, ids=lambda trace: trace.name)
def test_text_and_engine_agree_on_layers(trace: FoundTrace, release: str) -> None:
    document = document_of(trace.path, release, open_machine)
    assert list(layers(parse_golden(document.text()))) == list(layers(document))


def layers(document: GoldenDocument) -> Iterator[tuple[str, str, Layer]]:
    """Every node's place, key and layer."""
    for stanza in document.stanzas:
        yield from _layers(stanza.title, stanza.nodes, Layer.OUTPUT)
    yield from _layers("final state", document.final, Layer.OUTPUT)


def _layers(place: str, nodes: list[Node], inherited: Layer) -> Iterator[tuple[str, str, Layer]]:
    for node in nodes:
        layer = node.layer or inherited
        yield place, node.key, layer
        yield from _layers(f"{place} > {node.key}", node.children, layer)
