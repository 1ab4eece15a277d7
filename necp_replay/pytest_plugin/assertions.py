"""The explanation of a failing assertion on two answers or states: the parts that differ."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, Final

from necp_replay.events.notifications import TakeSnapshot
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.outcomes.compare import outcome_differences
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.snapshot_parts import differing_parts
from necp_replay.scenario.answers import CallAnswer

_MOST_LINES: Final = 20


def compared_answers(op: str, left: object, right: object) -> list[str] | None:
    """The lines of pytest's explanation of ``left == right``; None for anything else."""
    if op == "==" and isinstance(left, Snapshot) and isinstance(right, Snapshot):
        return ["the states differ", *_at_most(list(_differing_states(left, right)))]
    if op != "==" or not (isinstance(left, CallAnswer) and isinstance(right, CallAnswer)):
        return None
    lines = [f"{left!r} == {right!r}"]
    if type(left) is not type(right):
        return [*lines, f"a {type(left).__name__} is never a {type(right).__name__}"]
    differing = list(_differing(left, right))
    if not differing:
        return [*lines, "only bytes differ that are not decoded"]
    return [*lines, *_at_most(differing)]


def _at_most(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], *([f"and {more} more parts"] if more > 0 else [])]


def _differing_states(left: Snapshot, right: Snapshot) -> Iterator[str]:
    """One line for each part of two states that differs."""
    ours, theirs = (Outcome(answer=each) for each in differing_parts(left, right))
    names = StableNames()
    for each in outcome_differences(
        TakeSnapshot(full=True), ours, theirs, names, beyond_vectors=True, shown_only=False
    ):
        yield f"{each.path}: {each.expected or '-'} != {each.actual or '-'}"


def _differing(left: CallAnswer, right: CallAnswer) -> Iterator[str]:
    """One line for each part that is decoded and differs."""
    for name, _ in inspect.getmembers(type(left), lambda member: isinstance(member, property)):
        if name.startswith("_") or name in _NOT_DECODED:
            continue
        ours, theirs = getattr(left, name), getattr(right, name)
        if ours != theirs:
            yield f"{name}: {_shown(ours)} != {_shown(theirs)}"


def _shown(value: Any) -> str:
    if isinstance(value, bytes) and type(value) is bytes:
        return value.hex() or "empty"
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return repr(value)


_NOT_DECODED: Final = frozenset({"answer", "buffer", "whole_buffer"})
