"""The limits that pages name are those of the code."""

from __future__ import annotations

from typing import Final

import pytest

from necp_replay.cli.arguments import ENGINE_LIMIT_S, SPOOL_LIMIT_BYTES
from necp_replay.engines.external import TRACE_LIMIT_FACTOR
from necp_replay.events import json_lines
from necp_replay.events.user_buffer import MAX_POINTER_DEPTH, OUT_BUFFER_DIGEST_BYTES
from necp_replay.golden import reading_limits, source
from necp_replay.kernel.evaluation_cache import CACHE_ENTRIES
from necp_replay.outcomes.sides import LINE_CHARACTERS, SIDE_LINES
from necp_replay.report.html.contents import DIFFERENCES
from necp_replay.trace import limits, repeated_records
from necp_replay.trace.engine_messages import MAX_MESSAGE_BYTES
from necp_replay.trace.frames import MAX_CONTENT_BYTES
from tests.docs.markdown import ROOT


def _size(count: int) -> str:
    """``64 MiB``: a size in the largest unit that it is a whole number of."""
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024 or count % 1024:
            return f"{count} {unit}"
        count //= 1024
    return f"{count} GiB"


_STANZA: Final = (
    f"{reading_limits.MAX_STANZA_LINES:,} lines, {_size(reading_limits.MAX_STANZA_BYTES)},"
    f" {_size(source.MAX_LINE_BYTES)} a line, {reading_limits.MAX_DEPTH} levels"
)
_WHOLE: Final = (
    f"{reading_limits.MAX_GOLDEN_LINES:,} lines, {_size(reading_limits.MAX_GOLDEN_BYTES)}"
)
NAMED: Final = {
    "robustness.md": (
        f"| a record or final state in a golden | {_STANZA} |",
        f"by `accept --fingerprint` and `review` | {_WHOLE};",
        f"| a message of an engine | {_size(MAX_MESSAGE_BYTES)}, {limits.MAX_FIELDS:,} fields |",
        f"copied to a temporary file | {_size(SPOOL_LIMIT_BYTES)}, `--spool-limit SIZE`",
        f"| LZ4 bombs | at the declared size, at most {_size(MAX_CONTENT_BYTES)} |",
        f"| user buffers that nest | {MAX_POINTER_DEPTH} deep |",
        f"what a buffer can show ({_size(OUT_BUFFER_DIGEST_BYTES)})",
        f"{_size(json_lines.MAX_LINE_BYTES)} (64 KiB where the line begins no object)",
        f"{json_lines.MAX_PARTS // 1_000_000} million commas and brackets",
    ),
    "performance.md": (
        f"At most {repeated_records.MAX_RECORDS:,} records of at most"
        f" {_size(repeated_records.MAX_RECORD_BYTES)} are kept.",
        f"most {CACHE_ENTRIES:,} evaluations are kept",
    ),
    "reports.md": (
        f"A page has up to {DIFFERENCES:,} differences",
        f"An outcome has up to {SIDE_LINES:,} lines of {LINE_CHARACTERS:,} characters",
    ),
    "engines.md": (
        f"the engine gave no answer within {ENGINE_LIMIT_S:g} s",
        f"a trace took more than {TRACE_LIMIT_FACTOR} times that",
    ),
}


@pytest.mark.parametrize("page", NAMED)
def test_a_page_names_the_limits_of_the_code(page: str) -> None:
    text = " ".join((ROOT / "docs" / page).read_text("utf-8").split())
    assert [phrase for phrase in NAMED[page] if phrase not in text] == []
