"""Prints how each line of an imported file was used. Equal notes in a row are printed once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from necp_replay.cli.say import say
from necp_replay.outcomes.safe_text import escape

if TYPE_CHECKING:
    from necp_replay.importers.seen_call import LineNote


class ExplainedLines:
    """Takes notes in the order of lines, and prints each, or how many in a row are the same."""

    def __init__(self, source: Path, *, as_json: bool = False) -> None:
        """``source`` is the file. With ``as_json`` each note is printed as a line of JSON."""
        self._source = source
        self._as_json = as_json
        self._first: LineNote | None = None
        self._last_line = 0

    def add(self, note: LineNote) -> None:
        """Take a note."""
        first = self._first
        is_same = first is not None and not note.is_taken and not first.is_taken
        if first is not None and is_same and note.text == first.text:
            self._last_line = note.line
            return
        self.end()
        self._first, self._last_line = note, note.line

    def end(self) -> None:
        """Print what is left."""
        first = self._first
        if first is None:
            return
        verdict: Literal["taken", "left", "lost"] = "left"
        if first.is_taken or first.is_loss:
            verdict = "taken" if first.is_taken else "lost"
        self._first = None
        if self._as_json:
            from necp_replay.report.import_json import explained_line_json

            lines = (first.line, self._last_line)
            say(explained_line_json(self._source, lines, verdict, escape(first.text)))
            return
        where = f"{first.line:,}"
        if self._last_line != first.line:
            where += f" to {self._last_line:,}"
        say(f"  {where:>9}  {verdict:5}  {escape(first.text)}")
