"""What one test found, plain enough to travel from a worker of xdist to where the session began."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from necp_replay.replay.compare import Difference
from necp_replay.replay.node import Layer
from necp_replay.replay.report_model import KindCount, RecordDifference, TraceReport, Truth


@dataclass(slots=True)
class Found:
    """What one trace did as one test. ``path`` is absolute, ``tests`` names all of the trace's.

    ``name`` is the trace's below its root. ``report`` is the replay's, an error until there is one;
    its path is the one to type where pytest was started. ``is_own`` says that the trace was
    replayed on the release it was recorded on, ``is_measured`` that it needs no golden.
    ``written`` says which goldens were accepted, ``painted`` is a failure's text in colour, and
    ``vanished`` the number of a rule whose difference the trace should have shown.
    """

    path: str
    name: str
    test: str
    tests: list[str]
    report: TraceReport
    is_own: bool = False
    is_measured: bool = False
    written: list[str] = field(default_factory=list)
    painted: str = ""
    vanished: int | None = None


def plain_of(value: Any) -> Any:
    """A dataclass as nothing but dictionaries, lists, text and numbers."""
    if isinstance(value, enum.Enum):
        return value.name
    if is_dataclass(value):
        return {each.name: plain_of(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, list | tuple):
        return [plain_of(each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain_of(each) for key, each in value.items()}
    return value


def found_of(plain: Mapping[str, Any]) -> Found:
    """What a test found, from its plain form."""
    return Found(**{**plain, "report": _report_of(plain["report"])})


def _report_of(plain: Mapping[str, Any]) -> TraceReport:
    rebuilt = {
        "examples": [_difference_of(example) for example in plain["examples"]],
        "kinds": {group: KindCount(**count) for group, count in plain["kinds"].items()},
        "hidden": {int(rule): count for rule, count in plain["hidden"].items()},
    }
    return TraceReport(**{**plain, **rebuilt})


def _difference_of(plain: Mapping[str, Any]) -> RecordDifference:
    golden = plain["from_golden"]
    rebuilt = {
        "truth": Truth[plain["truth"]],
        "differences": _fields_of(plain["differences"]),
        "from_golden": None if golden is None else _fields_of(golden),
        # A session keeps no whole outcomes: only the page does, which another command makes.
        "sides": None,
    }
    return RecordDifference(**{**plain, **rebuilt})


def _fields_of(plain: Sequence[Mapping[str, Any]]) -> list[Difference]:
    return [Difference(**{**each, "layer": Layer[each["layer"]]}) for each in plain]
