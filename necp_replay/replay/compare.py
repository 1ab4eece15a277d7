"""Two outcomes of one input compared, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final, get_args

from necp_replay.events.effects import BEYOND_VECTORS, Effect
from necp_replay.events.inputs import Input
from necp_replay.events.outcome import Answer, Outcome
from necp_replay.replay.difference import Difference
from necp_replay.replay.hidden_bytes import hidden_differences
from necp_replay.replay.names import StableNames
from necp_replay.replay.node import Layer
from necp_replay.replay.node_differences import node_differences
from necp_replay.replay.render_outcome import Rendered, render_outcome

__all__ = [
    "Difference",
    "outcome_differences",
    "rendered_differences",
    "same_as_measured",
    "same_whole",
]


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
    """Every field in which two outcomes differ, all layers, in the order of the outcome.

    What differs and is decoded to the same text comes last, as bytes.
    """

    def render(outcome: Outcome) -> Rendered:
        return render_outcome(event, outcome, names, beyond_vectors=beyond_vectors)

    before = render(expected)
    found = rendered_differences(before, render(actual))
    found += hidden_differences(
        expected,
        actual,
        lambda mixed: render(mixed) == before,
        measured_only=not beyond_vectors,
        is_any_shown=bool(found),
    )
    return found


def rendered_differences(expected: Rendered, actual: Rendered) -> list[Difference]:
    """The same for outcomes that are rendered already (those of a golden, say)."""
    differences = []
    if expected.status != actual.status:
        differences.append(Difference(Layer.RETURN, "status", expected.status, actual.status))
    differences += node_differences(expected.nodes, actual.nodes)
    return differences


def _detail_getters() -> dict[type, Callable[[Any], object]]:
    """For each class with fields that equality leaves out: what reads those fields."""
    getters: dict[type, Callable[[Any], object]] = {}
    for class_ in (*get_args(Effect), *get_args(Answer)):
        beyond = [entry.name for entry in fields(class_) if not entry.compare]
        if beyond:
            getters[class_] = attrgetter(*beyond)
    return getters


_DETAILS: Final[Mapping[type, Callable[[Any], object]]] = _detail_getters()
