"""The commands of stepping, as a table: names, what follows them, and help."""

from __future__ import annotations

import shlex
from difflib import get_close_matches
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError
from necp_replay.outcomes.safe_text import escape

MOST_CHARACTERS: Final = 100_000
"""Longer lines are refused."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, short names, arguments, how many of them at most, and its help."""

    name: str
    short: tuple[str, ...]
    arguments: str
    most_words: int | None
    help: str


COMMANDS: Final = (
    Command("next", ("n",), "[N]", 1, "go forward, one record or N"),
    Command("back", ("b",), "[N]", 1, "go back, one record or N"),
    Command("to", ("t",), "N|start|end", 1, "go to a record"),
    Command(
        "find",
        ("f",),
        "GOAL",
        None,
        "go to the next wake-up, error, difference, change '#3', or selected record",
    ),
    Command("rfind", ("r",), "GOAL", None, "the same, backwards"),
    Command("record", (), "", 0, "show the whole record"),
    Command("changes", ("c",), "", 0, "show all that the record changed in the state"),
    Command("state", ("s",), "[PATH]", 1, "show the state, or a part such as client/#1/result"),
    Command("explain", ("e",), "[CLIENT]", 1, "explain the record, or a client such as '#1'"),
    Command(
        "what-if",
        ("w",),
        "EDIT",
        None,
        "drop | arg FIELD=VALUE | fact NAME[=RELEASE] | policy ID off: what differs then",
    ),
    Command("more", ("m",), "", 0, "show more of what differs"),
    Command("edits", (), "", 0, "list the edits of what-if that are in force"),
    Command("undo", ("u",), "[all]", 1, "take back the last edit, or all, and compare again"),
    Command("help", ("h", "?"), "", 0, "show the commands"),
    Command("quit", ("q", "exit"), "", 0, "end"),
)
_SHOWN_CHARACTERS: Final = 60
"""The most of a wrong name that an error shows."""
_BY_NAME: Final = {name: each for each in COMMANDS for name in (each.name, *each.short)}
NAMES: Final = tuple(each.name for each in COMMANDS)


def parse_command(line: str) -> tuple[Command, list[str]] | None:
    """The command of a line and the words after it; None for an empty line or a comment.

    A quoted text is one word, such as ``'#1'``; ``#`` begins a comment only at the start of a line.
    Raises UsageError for an unknown command, with a similar name.
    """
    if len(line) > MOST_CHARACTERS:
        raise UsageError("the line is too long", hint=f"At most {MOST_CHARACTERS:,} characters.")
    line = line.strip()
    if not line or line.startswith("#"):
        return None
    name, _, rest = line.partition(" ")
    command = _BY_NAME.get(name)
    if command is None:
        near = get_close_matches(name, NAMES, 1, 0.5)
        raise UsageError(
            f"there is no command {escape(name[:_SHOWN_CHARACTERS])}",
            hint=f"Did you mean {near[0]}?" if near else "help lists the commands.",
        )
    words = _words(rest)
    if command.most_words is not None and len(words) > command.most_words:
        takes = command.arguments or "nothing"
        raise UsageError(f"{command.name} takes {takes}", hint="help lists the commands.")
    return command, words


def _words(text: str) -> list[str]:
    """Words as a shell splits them, but quotes inside of a word stay: ``A="b c"`` is one word."""
    lexer = shlex.shlex(text, posix=False, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        words = list(lexer)
    except ValueError as error:
        reason = str(error).lower()
        raise UsageError(f"{escape(text)}: {reason}", hint="Close the quotes.") from None
    return [
        word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"" else word
        for word in words
    ]
