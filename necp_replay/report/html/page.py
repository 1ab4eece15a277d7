"""Builds the page: contents, scripts and styles in one HTML file.

Traces come from strangers, so the contents are not trusted. They are in a script element of a type
that browsers do not execute, and every character that could end this element is escaped. The script
shows them as text only. A Content-Security-Policy allows only this script and this style, and no
requests.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from string import Template
from typing import Final

from necp_replay.outcomes.safe_text import safe_lines
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.html.contents import DIFFERENCES, document_of
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
_NO_EXPLANATIONS: Final[Mapping[int, ExplainedSides]] = {}
LARGE_BYTES: Final = 5_000_000
"""From this size on a browser takes noticeably long to open the page."""


def page_of(
    report: RunReport,
    explained: Mapping[int, ExplainedSides] = _NO_EXPLANATIONS,
    differences: int = DIFFERENCES,
) -> str:
    """The whole page. The same run always gives the same text.

    ``explained`` are explanations of differences (:func:`explanations_of`); ``differences`` is how
    many of them the page contains at most.
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
    return Template(_source("page.html")).substitute(
        policy=policy,
        style=style,
        contents=json_in_html(_safe(document_of(report, explained, differences))),
        script=script,
    )


def json_in_html(document: object) -> str:
    """JSON in ASCII that is safe inside a script element."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=True)
    # These characters occur in strings only, where JSON allows them as escapes too.
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _safe(document: object) -> object:
    """The same with every text made safe, since a browser would turn text around, too."""
    match document:
        case str():
            return safe_lines(document)
        case dict():
            return {key: _safe(value) for key, value in document.items()}
        case list() | tuple():
            return [_safe(each) for each in document]
        case _:
            return document


def _source(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
