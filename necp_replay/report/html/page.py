"""Builds the page: contents, scripts and styles in one HTML file.

Traces come from strangers, so the contents are not trusted. They are in a script element of a type
that browsers do not execute, and every character that could end this element is escaped. The script
shows them as text only. A Content-Security-Policy allows only this script and this style, and no
requests.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import Final

from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.html.contents import PageLimits, contents_json
from necp_replay.report.html.explained import ExplainedSides

SCRIPTS: Final = (
    "dom.js",
    "model.js",
    "filters.js",
    "changes.js",
    "bytes.js",
    "list.js",
    "timeline.js",
    "detail.js",
    "overview.js",
    "app.js",
)
"""The parts of the script, in the order in which they are joined: each uses those before it."""
STYLES: Final = ("style.css", "record.css", "narrow.css", "print.css")
_USUAL_LIMITS: Final = PageLimits()
_NO_EXPLANATIONS: Final[Mapping[int, ExplainedSides]] = {}
LARGE_BYTES: Final = 5_000_000
"""From this size on a browser takes noticeably long to open the page."""


def page_of(
    report: RunReport,
    explained: Mapping[int, ExplainedSides] = _NO_EXPLANATIONS,
    limits: PageLimits = _USUAL_LIMITS,
    words: Sequence[str] = (),
) -> Iterator[str]:
    """The page in pieces. The same run always gives the same text.

    ``explained`` are explanations of differences (:func:`explanations_of`). ``words`` are the
    options with which the command is repeated for one trace.
    """
    script = '"use strict";\n(() => {\n' + "".join(map(_source, SCRIPTS)) + "})();\n"
    style = "".join(map(_source, STYLES))
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(style)}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
    before, after = _source("page.html").split("$contents")
    yield Template(before).substitute(policy=policy, style=style)
    yield from contents_json(report, explained, limits, words)
    yield Template(after).substitute(script=script)


def _source(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
