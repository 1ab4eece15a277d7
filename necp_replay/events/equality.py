"""Whether two outcomes are the same: with everything engines know, or as far as was measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final, get_args

from necp_replay.events.effects import BEYOND_VECTORS, Effect, TypeConfusionMark
from necp_replay.events.outcome import Answer, Outcome, TypeConfused


def same_as_measured(measured: Outcome, replayed: Outcome) -> bool:
    """Whether a replayed outcome equals one measured on real code, in exactly the vectors' fields.

    Fields and effects that conformance vectors do not measure take no part.
    """
    return replayed == measured or as_measured(replayed) == as_measured(measured)


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


def as_measured(outcome: Outcome) -> Outcome:
    """What conformance vectors hold of an outcome; fields with ``compare=False`` stay in it.

    Effects that they never record are left out. Of a call with a type confusion they hold the fact
    alone, whatever it answered.
    """
    effects = outcome.effects
    if not any(isinstance(effect, _UNMEASURED) for effect in effects):
        return outcome
    if any(isinstance(effect, TypeConfusionMark) for effect in effects):
        return Outcome(answer=TypeConfused())
    measured = tuple(effect for effect in effects if not isinstance(effect, BEYOND_VECTORS))
    return Outcome(outcome.errno, outcome.retval, outcome.answer, measured)


def _detail_getters() -> dict[type, Callable[[Any], object]]:
    """For each class with fields that equality leaves out: what reads those fields."""
    getters: dict[type, Callable[[Any], object]] = {}
    for class_ in (*get_args(Effect), *get_args(Answer)):
        beyond = [entry.name for entry in fields(class_) if not entry.compare]
        if beyond:
            getters[class_] = attrgetter(*beyond)
    return getters


_DETAILS: Final[Mapping[type, Callable[[Any], object]]] = _detail_getters()
_UNMEASURED: Final = (*BEYOND_VECTORS, TypeConfusionMark)
