"""The contents of a page, as its script reads them: with the members that are left out."""

from __future__ import annotations

import json
from typing import Any

from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.html.contents import PageLimits, contents_json

_LOOK = {"fact": None, "rule": None, "golden": None, "more_fields": 0, "headline": 0}
_ROW = (
    *("trace", "record", "look", "follows", "followers", "sides"),
    *("context", "place", "follows_place", "explained"),
)


def contents_of(page: str) -> Any:
    """The contents of a page, extracted like in a browser."""
    start = page.index('id="contents">') + len('id="contents">')
    return whole(json.loads(page[start : page.index("</script", start)]))


def document_of(run: RunReport, limits: PageLimits | None = None) -> Any:
    """The contents of the page of a run."""
    return whole(json.loads("".join(contents_json(run, {}, limits or PageLimits(), ()))))


def whole(document: Any) -> Any:
    """The contents with differences that are whole, and traces that have their timelines."""
    for trace in document["traces"]:
        timeline = trace.get("timeline")
        trace["timeline"] = None if timeline is None else document["timelines"][timeline]
    rows = (dict(zip(_ROW, row, strict=False)) for row in document["differences"])
    document["differences"] = [_difference(document, row) for row in rows]
    return document


def _difference(document: Any, row: dict[str, Any]) -> dict[str, Any]:
    found = {**dict.fromkeys(_ROW), **_LOOK, **document["looks"][row["look"]], **row}
    for name in ("sides", "explained"):
        if found[name] is not None:
            found[name] = document[name][found[name]]
    return found
