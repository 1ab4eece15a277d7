"""The index page of traces, and checkpoints beside long ones, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, TypedDict

from necp_replay.errors import NecpReplayError
from necp_replay.report.json_schema import Count
from necp_replay.report.json_text import error_texts, json_text

PageState = Literal["written", "up to date", "out of date", "not written"]
"""What became of a page, or what ``--check`` found. It is not written if a trace is unreadable."""


class IndexDocument(TypedDict):
    """An index page, and how many traces it lists. ``errors`` are traces that cannot be read."""

    schema_version: Literal[1]
    page: str
    state: PageState
    traces: Count
    errors: list[str]


class CheckpointsObject(TypedDict):
    """The checkpoints of one trace. ``file`` is null without any, and ``why_none`` says why."""

    trace: str
    records: Count
    file: str | None
    checkpoints: Count
    bytes: Count
    why_none: str | None


class CheckpointsDocument(TypedDict):
    """Checkpoints that were written beside traces. ``errors`` are traces that have none."""

    schema_version: Literal[1]
    traces: list[CheckpointsObject]
    errors: list[str]


def index_json(
    page: Path, state: PageState, traces: int, errors: Iterable[NecpReplayError] = ()
) -> str:
    """A page as JSON."""
    document: IndexDocument = {
        "schema_version": 1,
        "page": str(page),
        "state": state,
        "traces": traces,
        "errors": error_texts(errors),
    }
    return json_text(document)


def checkpoints_json(traces: Sequence[CheckpointsObject], errors: Iterable[NecpReplayError]) -> str:
    """Checkpoints as JSON."""
    document: CheckpointsDocument = {
        "schema_version": 1,
        "traces": list(traces),
        "errors": error_texts(errors),
    }
    return json_text(document)
