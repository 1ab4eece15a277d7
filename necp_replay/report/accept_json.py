"""Goldens that were accepted, or would be, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, TypedDict

from necp_replay.accept.plan import FileChange, NeedsNoGolden
from necp_replay.errors import NecpReplayError
from necp_replay.report.json_schema import Count
from necp_replay.report.json_text import error_texts, json_text


class GoldenChangeObject(TypedDict):
    """One golden that was written or removed. With ``--reformat`` each is ``changed``."""

    golden: str
    change: Literal["new", "changed", "removed"]


class AcceptDocument(TypedDict):
    """Goldens that were written or removed; with ``dry_run`` those that would be.

    ``unchanged`` counts the traces whose goldens are up to date, with ``reformat`` the goldens that
    have the present version. ``need_none`` counts the traces that hold every outcome themselves, by
    where it is from. ``unused`` are goldens of no trace that are left. ``stopped`` is why the work
    ended before all traces had run, and ``not_run`` are those that had not. ``errors`` are traces
    that could not run, and goldens that could not be written.
    """

    schema_version: Literal[1]
    dry_run: bool
    reformat: bool
    goldens: list[GoldenChangeObject]
    unchanged: Count
    need_none: dict[Annotated[str, NeedsNoGolden], Count]
    unused: list[str]
    not_run: list[str]
    stopped: str | None
    errors: list[str]


def accept_json(
    changes: Iterable[FileChange],
    *,
    dry_run: bool,
    unchanged: int,
    need_none: Mapping[NeedsNoGolden, int],
    unused: Iterable[Path] = (),
    not_run: Sequence[str] = (),
    stopped: str | None = None,
    errors: Iterable[NecpReplayError] = (),
    reformat: bool = False,
) -> str:
    """The goldens as JSON."""
    document: AcceptDocument = {
        "schema_version": 1,
        "dry_run": dry_run,
        "reformat": reformat,
        "goldens": [{"golden": str(each.path), "change": each.verb} for each in changes],
        "unchanged": unchanged,
        "need_none": {each.value: need_none.get(each, 0) for each in NeedsNoGolden},
        "unused": [str(path) for path in unused],
        "not_run": list(not_run),
        "stopped": stopped,
        "errors": error_texts(errors),
    }
    return json_text(document)
