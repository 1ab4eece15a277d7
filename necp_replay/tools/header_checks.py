"""Checks of what a trace says of itself."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator

from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.names import canonical_tag
from necp_replay.tools.findings import Severity
from necp_replay.trace.header import Header, OutcomeDetail
from necp_replay.trace.recovery import LOST_BYTES, LOST_HEADER, LOST_RECORDS


def check_header(header: Header, *, records: int, outcomes: int) -> Iterator[tuple[Severity, str]]:
    """What is wrong with a header, given how many records and outcomes the trace holds."""
    if not header.release:
        yield Severity.WARNING, "names no release"
    elif canonical_tag(header.release) not in RELEASES:
        yield Severity.WARNING, f"release {header.release!a} is not modelled"
    if not records:
        yield Severity.WARNING, "the trace holds no records"
    if outcomes and header.outcome_detail is OutcomeDetail.NONE:
        yield Severity.WARNING, "says that no outcome was recorded, but there are some"
    if records and not outcomes and header.outcome_detail is not OutcomeDetail.NONE:
        yield Severity.WARNING, "says that outcomes were recorded, but there are none"
    yield from _check_texts(header)
    for key, count in Counter(key for key, _ in header.properties).items():
        if count > 1:
            yield Severity.ERROR, f"property {key!a} occurs {count} times"
        elif key in (LOST_BYTES, LOST_HEADER, LOST_RECORDS):
            value = dict(header.properties)[key]
            yield Severity.WARNING, f"recovered with loss: {key} {value!a}"
    names = Counter(attachment.name for attachment in header.attachments)
    for name, count in names.items():
        if count > 1:
            yield Severity.WARNING, f"{count} attachments are called {name!a}"
        if name in ("", ".", "..") or "/" in name or "\\" in name or "\0" in name:
            yield Severity.ERROR, f"an attachment is called {name!a}, which is not a file name"


def _check_texts(header: Header) -> Iterator[tuple[Severity, str]]:
    texts = {
        "release": header.release,
        "name": header.name,
        "source": header.source,
        "tool version": header.tool_version,
    }
    texts.update({f"property {key!a}": key + value for key, value in header.properties})
    for what, text in texts.items():
        if any(unicodedata.category(character) == "Cc" for character in text):
            yield Severity.WARNING, f"{what} holds control characters: {text[:80]!a}"
