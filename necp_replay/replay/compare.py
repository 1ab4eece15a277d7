"""Two outcomes of one input compared, layer by layer."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Final, get_args

from necp_replay.events.effects import BEYOND_VECTORS, Effect
from necp_replay.events.inputs import Input
from necp_replay.events.outcome import Answer, Outcome
from necp_replay.events.user_buffer import Unseen
from necp_replay.replay.names import StableNames
from necp_replay.replay.node import Layer, Node, lines_of
from necp_replay.replay.render_outcome import Rendered, render_outcome


@dataclass(slots=True)
class Difference:
    """One field that differs: where it stands, and both values; None where one side lacks it."""

    layer: Layer
    path: str
    expected: str | None
    actual: str | None


def same_as_measured(measured: Outcome, replayed: Outcome) -> bool:
    """Whether a replayed outcome equals one measured on real code, in exactly the vectors' fields.

    Fields and effects that conformance vectors do not measure take no part.
    """
    if replayed == measured:
        return True
    if not any(isinstance(effect, BEYOND_VECTORS) for effect in replayed.effects):
        return False
    effects = tuple(e for e in replayed.effects if not isinstance(e, BEYOND_VECTORS))
    return Outcome(replayed.errno, replayed.retval, replayed.answer, effects) == measured


def same_whole(recorded: Outcome, replayed: Outcome) -> bool:
    """Whether two engines' outcomes are the same, with all that engines know."""
    if recorded != replayed:
        return False
    details = _DETAILS.get(type(recorded.answer))
    if details is not None and details(recorded.answer) != details(replayed.answer):
        return False
    for old, new in zip(recorded.effects, replayed.effects, strict=True):
        details = _DETAILS.get(type(old))
        if details is not None and details(old) != details(new):
            return False
    return True


def outcome_differences(
    event: Input,
    expected: Outcome,
    actual: Outcome,
    names: StableNames,
    *,
    beyond_vectors: bool,
) -> list[Difference]:
    """Every field in which two outcomes differ, all layers, in the order of the outcome."""
    differences = rendered_differences(
        render_outcome(event, expected, names, beyond_vectors=beyond_vectors),
        render_outcome(event, actual, names, beyond_vectors=beyond_vectors),
    )
    if not differences and expected.answer != actual.answer:
        # Buffers that are not there and not shown look the same, and so does no answer at all.
        texts = [_unseen(outcome.answer) for outcome in (expected, actual)]
        differences.append(Difference(Layer.OUTPUT, "answer", *texts))
    return differences


def rendered_differences(expected: Rendered, actual: Rendered) -> list[Difference]:
    """The same for outcomes that are rendered already (those of a golden, say)."""
    differences = []
    if expected.status != actual.status:
        differences.append(Difference(Layer.RETURN, "status", expected.status, actual.status))
    differences += _node_differences(expected.nodes, actual.nodes, "", Layer.OUTPUT)
    return differences


def _unseen(answer: Answer | None) -> str | None:
    """An answer by its name in the schemas, and why which of its buffers are not seen."""
    if answer is None:
        return None
    values = [(field.name, getattr(answer, field.name)) for field in fields(answer)]
    reasons = [f"{name}: {value.value}" for name, value in values if isinstance(value, Unseen)]
    return f"{type(answer).__name__} {'; '.join(reasons)}".strip()


def _node_differences(
    expected: list[Node], actual: list[Node], path: str, layer: Layer
) -> Iterator[Difference]:
    """Align two lists of nodes, then compare the pairs and report what has no partner."""
    if expected == actual:
        return
    expected_keys = _identities(expected, actual)
    actual_keys = _identities(actual, expected)
    matcher = difflib.SequenceMatcher(a=expected_keys, b=actual_keys, autojunk=False)
    for tag, e1, e2, a1, a2 in matcher.get_opcodes():
        if tag == "equal":
            for old, new in zip(expected[e1:e2], actual[a1:a2], strict=True):
                yield from _pair_differences(old, new, path, layer)
            continue
        olds, news = expected[e1:e2], actual[a1:a2]
        paired = [i for i in range(min(len(olds), len(news))) if olds[i].key == news[i].key]
        for i in paired:
            yield from _pair_differences(olds[i], news[i], path, layer)
        for i, old in enumerate(olds):
            if i not in paired:
                yield Difference(_layer(old, layer), path + old.key, _whole(old), None)
        for i, new in enumerate(news):
            if i not in paired:
                yield Difference(_layer(new, layer), path + new.key, None, _whole(new))


def _identities(nodes: list[Node], others: list[Node]) -> list[str]:
    """What identifies a node among its siblings: its key, and where keys repeat what it holds."""
    repeated = {key for key, n in Counter(node.key for node in nodes).items() if n > 1}
    repeated |= {key for key, n in Counter(node.key for node in others).items() if n > 1}
    return [
        f"{node.key}: {node.value or _whole(node)}" if node.key in repeated else node.key
        for node in nodes
    ]


def _pair_differences(old: Node, new: Node, path: str, layer: Layer) -> Iterator[Difference]:
    layer = _layer(old, layer)
    here = path + old.key
    if old.value != new.value:
        yield Difference(layer, here, old.value or "(none)", new.value or "(none)")
    identity = f"[{old.value}]" if old.value == new.value and old.value and old.children else ""
    yield from _node_differences(old.children, new.children, f"{here}{identity} > ", layer)


def _layer(node: Node, inherited: Layer) -> Layer:
    return node.layer if node.layer is not None else inherited


def _whole(node: Node) -> str:
    """A node that only one side has, in one line."""
    head = node.value
    if node.children:
        inner = "; ".join(line.strip() for line in lines_of(node.children))
        head = f"{head} {{{inner}}}" if head else f"{{{inner}}}"
    return head or "(present)"


def _detail_getters() -> dict[type, Callable[[Any], object]]:
    """For each class with fields that equality leaves out: what reads those fields."""
    getters: dict[type, Callable[[Any], object]] = {}
    for class_ in (*get_args(Effect), *get_args(Answer)):
        beyond = [entry.name for entry in fields(class_) if not entry.compare]
        if beyond:
            getters[class_] = attrgetter(*beyond)
    return getters


_DETAILS: Final[Mapping[type, Callable[[Any], object]]] = _detail_getters()
