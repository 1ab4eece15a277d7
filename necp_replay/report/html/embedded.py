"""JSON inside an HTML page: in ASCII, without markup, and with every text made safe."""

from __future__ import annotations

import json
from typing import Any

from necp_replay.outcomes.safe_text import safe_lines


def json_in_html(document: object) -> str:
    """JSON in ASCII that is safe inside a script element."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=True)
    # These characters occur in strings only, where JSON allows them as escapes too.
    for character in "<>&":
        if character in text:
            text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def safe_json(document: object) -> str:
    """The same without control characters in texts: a browser obeys those of text direction."""
    return json_in_html(_safe(document))


def _safe(document: Any) -> Any:
    match document:
        case str():
            return safe_lines(document)
        case dict():
            return {key: _safe(value) for key, value in document.items()}
        case list() | tuple():
            return [_safe(each) for each in document]
        case _:
            return document
