"""The result of one test, and its form as plain data for sending it between processes.

With pytest-xdist a worker runs the test and the controller reports it. pytest sends only
dictionaries, lists, text and numbers.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Mapping, Sequence
from dataclasses import field, fields, is_dataclass
from typing import Any

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import (
    ChainLink,
    RecordDifference,
    Surroundings,
    Truth,
)
from necp_replay.outcomes.trace_report import KindCount, TraceReport


@dataclass(slots=True)
class TraceResult:
    """The result of one trace on one release.

    ``path`` is the absolute path of the trace and ``name`` its path below the root of traces.
    ``test`` is the name of this test, ``tests`` the names of all tests of the trace. ``report`` is
    the report of the replay, and an error before it ran. ``is_own`` says that the release is the
    recorded one, ``takes_golden`` that a golden can hold more than the trace. ``written`` has a
    line for each golden that was accepted. ``coloured`` is the text of a failure in colour.
    ``vanished`` is the number of a rule that expects a difference of this trace which did not
    occur. ``key`` is that of the verdict, if it may be remembered (``suite/inputs.py``).
    """

    path: str
    name: str
    test: str
    tests: list[str]
    report: TraceReport
    is_own: bool = False
    takes_golden: bool = True
    written: list[str] = field(default_factory=list)
    coloured: str = ""
    vanished: int | None = None
    key: str | None = None


def plain_of(value: Any) -> Any:
    """Turn a dataclass into dictionaries, lists, text and numbers."""
    if isinstance(value, enum.Enum):
        return value.name
    if is_dataclass(value):
        return {each.name: plain_of(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, str) and not value.isascii():
        # The path of a file can have bytes that are not UTF-8, which cannot be sent as text.
        return value if _is_utf8(value) else os.fsencode(value)
    if isinstance(value, list | tuple):
        return [plain_of(each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain_of(each) for key, each in value.items()}
    return value


def result_of(plain: Mapping[str, Any]) -> TraceResult:
    """Make a result from its plain form."""
    texts = {key: os.fsdecode(plain[key]) for key in ("path", "name")}
    return TraceResult(**{**plain, **texts, "report": _report_of(plain["report"])})


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _report_of(plain: Mapping[str, Any]) -> TraceReport:
    golden = plain["golden"]
    rebuilt = {
        "golden": None if golden is None else os.fsdecode(golden),
        "examples": [_difference_of(example) for example in plain["examples"]],
        "kinds": {group: KindCount(**count) for group, count in plain["kinds"].items()},
        "hidden": {int(rule): count for rule, count in plain["hidden"].items()},
    }
    return TraceReport(**{**plain, **rebuilt})


def _difference_of(plain: Mapping[str, Any]) -> RecordDifference:
    golden = plain["shown"]["from_golden"]
    rebuilt = {
        "truth": Truth[plain["truth"]],
        "fields": _fields_of(plain["fields"]),
        "chain": ChainLink(**plain["chain"]),
        # Whole outcomes are kept for the HTML page only, which the plugin does not write.
        "shown": Surroundings(
            plain["shown"]["context"], None if golden is None else _fields_of(golden)
        ),
    }
    return RecordDifference(**{**plain, **rebuilt})


def _fields_of(plain: Sequence[Mapping[str, Any]]) -> list[FieldDifference]:
    return [FieldDifference(**{**each, "layer": Layer[each["layer"]]}) for each in plain]
