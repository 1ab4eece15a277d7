"""Compares outcomes in what is known of them, whole or as conformance vectors measure.

``==`` on outcomes leaves out the fields declared with ``compare=False``. The engine fills those in
and vectors do not have them. Unmeasured parts are never compared.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final, get_args

from necp_replay.events.effects import BEYOND_VECTORS, Effect, TypeConfusionMark
from necp_replay.events.outcome import Answer, Outcome, TypeConfused
from necp_replay.events.unmeasured import comparable, knows_nothing


class Likeness(enum.Enum):
    """How two outcomes compare."""

    SAME = "same"
    IN_PART = "identical where known"
    UNKNOWN = "nothing is known of one of them"
    DIFFERENT = "different"


Compare = Callable[[Outcome, Outcome], Likeness]
"""Compares a recorded outcome with a replayed one."""


def compare_for(*, beyond_vectors: bool, shown_only: bool) -> Compare:
    """How outcomes of a trace are compared.

    ``beyond_vectors`` includes the fields that vectors do not measure. With ``shown_only`` the
    trace holds what was observed, so that what an outcome leaves out is unmeasured.
    """
    same = same_whole if beyond_vectors else same_as_measured

    def compare(recorded: Outcome, replayed: Outcome) -> Likeness:
        is_whole = not recorded.unmeasured and not replayed.unmeasured
        if is_whole and same(recorded, replayed):
            return Likeness.SAME
        known, answered = comparable(recorded, replayed, shown_only=shown_only)
        if knows_nothing(known):
            return Likeness.UNKNOWN
        if not same(known, answered):
            return Likeness.DIFFERENT
        return Likeness.IN_PART if known.unmeasured else Likeness.SAME

    return compare


def same_as_measured(measured: Outcome, replayed: Outcome) -> bool:
    """Whether a replayed outcome equals a measured one in the fields and effects of the vectors."""
    if replayed == measured:
        return True
    if measured.unmeasured != replayed.unmeasured:
        measured, replayed = comparable(measured, replayed)
    return as_measured(replayed) == as_measured(measured)


def same_whole(recorded: Outcome, replayed: Outcome) -> bool:
    """Whether two outcomes are equal in what is known, including what vectors do not measure."""
    if recorded != replayed:
        if recorded.unmeasured == replayed.unmeasured:
            return False
        recorded, replayed = comparable(recorded, replayed)
        if recorded != replayed:
            return False
    details = _DETAILS.get(type(recorded.answer))
    if details is not None and details(recorded.answer) != details(replayed.answer):
        return False
    if recorded.effects:
        for old, new in zip(recorded.effects, replayed.effects, strict=True):
            details = _DETAILS.get(type(old))
            if details is not None and details(old) != details(new):
                return False
    return True


def as_measured(outcome: Outcome) -> Outcome:
    """An outcome without the effects that vectors never record.

    Of a call with a type confusion, vectors record only that it was one. Fields with
    ``compare=False`` stay: ``==`` ignores them.
    """
    effects = outcome.effects
    if not any(isinstance(effect, _UNMEASURED) for effect in effects):
        return outcome
    if any(isinstance(effect, TypeConfusionMark) for effect in effects):
        return Outcome(answer=TypeConfused(), unmeasured=outcome.unmeasured)
    measured = tuple(effect for effect in effects if not isinstance(effect, BEYOND_VECTORS))
    return Outcome(outcome.errno, outcome.retval, outcome.answer, measured, outcome.unmeasured)


def _detail_getters() -> dict[type, Callable[[Any], object]]:
    """For each class with fields that ``==`` leaves out: a function that reads those fields."""
    getters: dict[type, Callable[[Any], object]] = {}
    for class_ in (*get_args(Effect), *get_args(Answer)):
        beyond = [entry.name for entry in fields(class_) if not entry.compare]
        if beyond:
            getters[class_] = attrgetter(*beyond)
    return getters


_DETAILS: Final[Mapping[type, Callable[[Any], object]]] = _detail_getters()
_UNMEASURED: Final = (*BEYOND_VECTORS, TypeConfusionMark)
