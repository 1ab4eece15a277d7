"""The golden file: one stanza per outcome, then the final state.

Grammar (docs/goldens-and-rules.md has it with an example)::

    file   = "necp-replay golden 1" LF stanza* "final state" LF node*
    stanza = NUMBER SP TITLE " -> " STATUS LF node*
    node   = INDENT KEY [": " VALUE] LF          two spaces of indent per depth, at least one

A document and its text convert into each other without loss, and the same text means the same
behaviour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from necp_replay.abi.policy import SessionAction
from necp_replay.errors import GoldenError
from necp_replay.golden.foreign_lines import check_line
from necp_replay.outcomes.node import Node, lines_of, parse_lines

FIRST_LINE = "necp-replay golden 1"
FINAL_LINE = "final state"
ARROW = " -> "

MAX_LINE_BYTES: Final = 16 * 1024 * 1024
MAX_STANZA_BYTES: Final = 32 * 1024 * 1024
MAX_STANZA_LINES: Final = 1_000_000
MAX_DEPTH: Final = 100
"""Limits of one record or final state. A line that is compared takes up to 400 bytes of memory as a
node, so a record stays below 1 GiB. Real ones are far smaller, and less than 20 levels deep."""

_CLIENT_ACTION: Final = "necp_client_action"
_SESSION_ACTION: Final = "necp_session_action"
_SESSION_ACTIONS: Final = {str(int(action)): action.name for action in SessionAction}


@dataclass(slots=True)
class Stanza:
    """One record: its title, the status that the call returned, and the rest of its outcome."""

    number: int
    title: str
    status: str
    nodes: list[Node] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The lines of the stanza's text."""
        yield f"{self.number} {self.title}{ARROW}{self.status}"
        yield from lines_of(self.nodes, 1)


@dataclass(slots=True)
class GoldenDocument:
    """All stanzas of a trace in order, and the final state."""

    stanzas: list[Stanza] = field(default_factory=list)
    final: list[Node] = field(default_factory=list)

    def text(self) -> str:
        """The text of the file, with a line end at its end."""
        lines = [FIRST_LINE]
        for stanza in self.stanzas:
            lines.extend(stanza.lines())
        lines.append(FINAL_LINE)
        lines.extend(lines_of(self.final, 1))
        return "\n".join(lines) + "\n"


def parse_golden(text: str) -> GoldenDocument:
    """Parse the text of a golden. Raises GoldenError with the number of the wrong line."""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        check_line(line, number)
    if lines[0] != FIRST_LINE:
        raise GoldenError(f"the first line is not {FIRST_LINE!r}", line=1)
    if lines[-1] != "":
        raise GoldenError("the last line is cut short", line=len(lines))
    while lines[-2:] == ["", ""]:
        # Editors leave blank lines at the end.
        del lines[-1]
    document = GoldenDocument()
    block: list[tuple[int, str]] = []
    nodes: list[Node] | None = None
    ended = False
    for number, line in enumerate(lines[1:-1], 2):
        if line.startswith(" "):
            if nodes is None:
                raise GoldenError("an indented line before the first record", line=number)
            block.append((number, line))
            if len(block) > MAX_STANZA_LINES:
                raise too_many_lines(number)
            continue
        _finish(nodes, block)
        block = []
        if ended:
            raise GoldenError(f"a record after {FINAL_LINE!r}", line=number)
        if line == FINAL_LINE:
            ended = True
            nodes = document.final
            continue
        stanza = parse_head(line, number)
        document.stanzas.append(stanza)
        nodes = stanza.nodes
    _finish(nodes, block)
    if not ended:
        raise GoldenError(f"no {FINAL_LINE!r}: the file is cut short", line=len(lines))
    return document


def too_many_lines(line: int) -> GoldenError:
    """The refusal of a record that would take too much memory."""
    return GoldenError(
        f"a record of more than {MAX_STANZA_LINES:,} lines", line=line, hint=TOO_LARGE
    )


TOO_LARGE: Final = "No record of a trace is that long: restore the file, or accept it again."


def kind_of_title(title: str) -> str:
    """The kind of a record by its title: a golden holds no more of the input.

    The same as :func:`~necp_replay.outcomes.render_input.kind_of_input` returns for the input.
    """
    words = title.split(" ")
    if words[0] == _CLIENT_ACTION and len(words) > 1:
        return words[1]
    if words[0] == _SESSION_ACTION:
        for word in words:
            key, _, number = word.partition("=")
            if key == "action" and number in _SESSION_ACTIONS:
                return _SESSION_ACTIONS[number]
    return words[0]


def parse_head(line: str, number: int) -> Stanza:
    """Parse the head line of a stanza. Raises GoldenError with the number of the line."""
    digits, _, rest = line.partition(" ")
    title, arrow, status = rest.partition(ARROW)
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18 or not arrow:
        raise GoldenError("not a record line 'NUMBER TITLE -> STATUS'", line=number)
    if digits != str(int(digits)):
        raise GoldenError("a record number with leading zeros", line=number)
    return Stanza(int(digits), title, status)


def _finish(nodes: list[Node] | None, block: list[tuple[int, str]]) -> None:
    if nodes is not None:
        nodes.extend(parse_lines(block, base_depth=1, max_depth=MAX_DEPTH))
