"""JSON for machines, which every parser reads, also with names of files of any bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from necp_replay.errors import NecpReplayError
from necp_replay.outcomes.safe_text import safe_lines

# Bytes of a file name that are not UTF-8 are lone surrogates in Python. Some parsers refuse these.
_ESCAPES: Final = re.compile(
    r"(?P<kept>\\\\|\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2})|\\(?P<lone>ud[89a-f][0-9a-f]{2})"
)


JSON_FORMAT: Final = 1
"""What every document has as ``schema_version``."""


def json_text(document: Mapping[str, Any]) -> str:
    """An object as indented JSON."""
    return without_lone_surrogates(json.dumps(document, indent=2))


def error_texts(errors: Iterable[NecpReplayError]) -> list[str]:
    """What was wrong with single files, as an output tells it beside its results."""
    return [safe_lines(str(error)) for error in errors]


def json_line(document: Mapping[str, Any]) -> str:
    """An object as JSON in one line."""
    return without_lone_surrogates(json.dumps(document, separators=(",", ":")))


def without_lone_surrogates(text: str) -> str:
    """The same ASCII JSON, with a backslash escape as text in place of each lone surrogate."""
    return _ESCAPES.sub(lambda found: found["kept"] or f"\\\\{found['lone']}", text)
