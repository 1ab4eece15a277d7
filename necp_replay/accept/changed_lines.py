"""What changes in the text of a golden, as a unified diff that takes linear time.

Goldens are compared by lines, as `git diff` does. In version 1 a record that was added changes
the numbers of later records and their names of ids. So there stanzas are aligned first, and then
the lines of corresponding stanzas are compared. A text that is not a golden is compared by lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from necp_replay.align.edit_script import Move
from necp_replay.align.lines import LineMatcher, Opcode, joined_opcodes, line_opcodes
from necp_replay.align.sequences import align
from necp_replay.errors import GoldenError
from necp_replay.golden.document import FINAL_LINE, GoldenDocument, StanzaWriter
from necp_replay.golden.reader import parse_golden
from necp_replay.golden.stanza import Stanza
from necp_replay.golden.stanza_entries import (
    StanzaComparator,
    StanzaEntry,
    stanza_entries,
    with_ids,
)
from necp_replay.golden.versions import VERSIONS
from necp_replay.replay.progress import OnRecords

_CONTEXT_LINES: Final = 2
_MOST_CHARACTERS: Final = 32 * 1024 * 1024
_MOST_LINES: Final = 1_000_000
"""A longer text is not compared by lines: that takes several hundred bytes of memory for each."""


def is_comparable(text: str) -> bool:
    """Whether a text is short enough for :func:`changed_lines`."""
    return len(text) <= _MOST_CHARACTERS and text.count("\n") <= _MOST_LINES


def changed_lines(before: str, after: str, on_records: OnRecords | None = None) -> Iterator[str]:
    """The hunks of a unified diff of two goldens, each with its head line."""
    old, new = _lines_of(before), _lines_of(after)
    opcodes = _opcodes(before, after, old, new, on_records)
    for group in LineMatcher(opcodes).get_grouped_opcodes(_CONTEXT_LINES):
        (_, i1, _, j1, _), (_, _, i2, _, j2) = group[0], group[-1]
        yield f"@@ -{_place(i1, i2)} +{_place(j1, j2)} @@"
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (f" {line}" for line in old[i1:i2])
                continue
            yield from (f"-{line}" for line in old[i1:i2])
            yield from (f"+{line}" for line in new[j1:j2])


def _lines_of(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _place(begin: int, end: int) -> str:
    """A range of lines as a unified diff writes it."""
    length = end - begin
    if length == 1:
        return f"{begin + 1}"
    return f"{begin + 1 if length else begin},{length}"


def _opcodes(
    before: str, after: str, old: list[str], new: list[str], on_records: OnRecords | None
) -> list[Opcode]:
    try:
        documents = parse_golden(before), parse_golden(after)
    except GoldenError:
        return line_opcodes(old, new)
    if not all(VERSIONS[document.version].is_numbered for document in documents):
        return line_opcodes(old, new)
    return joined_opcodes(_stanza_opcodes(*documents, on_records))


def _stanza_opcodes(
    old: GoldenDocument, new: GoldenDocument, on_records: OnRecords | None
) -> Iterator[Opcode]:
    comparator = StanzaComparator()
    lefts, rights = iter(old.stanzas), iter(new.stanzas)
    here, there = 1, 1
    yield "equal", 0, here, 0, there
    for edit in align(stanza_entries(old.stanzas), stanza_entries(new.stanzas), comparator):
        for _ in range(edit.same):
            left, right = next(lefts), next(rights)
            lines = _line_count(left)
            yield "equal", here, here + lines, there, there + lines
            here, there = here + lines, there + _line_count(right)
        if edit.move is not Move.MATCH:
            removed = [] if edit.left is None else _lines(next(lefts))
            added = [] if edit.right is None else _lines(_shown(edit.right, comparator))
            if edit.right is not None:
                next(rights)
            yield from _moved(line_opcodes(removed, added), here, there)
            here, there = here + len(removed), there + len(added)
        if on_records is not None:
            on_records(edit.same or 1)
    shown = with_ids(new.final.text, comparator.renaming.replacements)
    finals = [[FINAL_LINE, *text.splitlines()] for text in (old.final.text, shown)]
    yield from _moved(line_opcodes(*finals), here, there)


def _shown(entry: StanzaEntry, comparator: StanzaComparator) -> Stanza:
    return comparator.in_left_ids(entry).stanza


def _lines(stanza: Stanza) -> list[str]:
    """The lines of a stanza, without its number."""
    return StanzaWriter(1).plain(stanza)[:-1].split("\n")


def _line_count(stanza: Stanza) -> int:
    return 1 + (stanza.body.count("\n") + 1 if stanza.body else 0)


def _moved(opcodes: list[Opcode], here: int, there: int) -> Iterator[Opcode]:
    for tag, i1, i2, j1, j2 in opcodes:
        yield tag, here + i1, here + i2, there + j1, there + j2
