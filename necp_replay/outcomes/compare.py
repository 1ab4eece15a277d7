"""Compares two outcomes of one input, field by field in all layers."""

from __future__ import annotations

from dataclasses import replace

from necp_replay.events.equality import as_measured
from necp_replay.events.inputs import Input
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.events.unmeasured import comparable
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.hidden_bytes import hidden_differences
from necp_replay.outcomes.layers import Layer, layers_of_outcome
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node_differences import node_differences
from necp_replay.outcomes.render_outcome import Rendered, render_outcome
from necp_replay.outcomes.snapshot_parts import differing_parts


def outcome_differences(
    event: Input,
    expected: Outcome,
    actual: Outcome,
    names: StableNames,
    *,
    beyond_vectors: bool,
    shown_only: bool = False,
) -> list[FieldDifference]:
    """Every field in which two outcomes differ, in the order of the outcome.

    Bytes that differ but are decoded to the same text come last. Without ``beyond_vectors`` only
    what conformance vectors measure is compared. What is unmeasured in one of them is left out;
    ``shown_only`` is as for :func:`~necp_replay.events.unmeasured.comparable`.
    """
    expected, actual = comparable(expected, actual, shown_only=shown_only)
    if not beyond_vectors:
        expected, actual = as_measured(expected), as_measured(actual)

    def render(outcome: Outcome) -> Rendered:
        return render_outcome(event, outcome, names, beyond_vectors=beyond_vectors)

    before = render(expected)

    def looks_as_expected(mixed: Outcome) -> bool:
        if isinstance(expected.answer, Snapshot) and isinstance(mixed.answer, Snapshot):
            # One part differs. All others have the same text.
            one, other = differing_parts(expected.answer, mixed.answer)
            return render(replace(expected, answer=one)) == render(replace(mixed, answer=other))
        return render(mixed) == before

    found = rendered_differences(before, render(actual))
    found += hidden_differences(
        expected,
        actual,
        looks_as_expected,
        measured_only=not beyond_vectors,
        is_any_shown=bool(found),
    )
    return found


def rendered_differences(expected: Rendered, actual: Rendered) -> list[FieldDifference]:
    """Every field in which two rendered outcomes differ, such as a golden's and a replay's."""
    differences = []
    if expected.status != actual.status:
        differences.append(FieldDifference(Layer.RETURN, "status", expected.status, actual.status))
    differences += node_differences(expected.nodes, actual.nodes, layers_of_outcome(expected.kind))
    return differences
