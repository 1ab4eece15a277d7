"""The golden file: one stanza for each record, then the final state.

Grammar since version 2 (docs/goldens-and-rules.md has it with an example)::

    file   = "necp-replay golden 3" LF stanza* "final state" LF node*
    stanza = TITLE " -> " STATUS LF node*
           | TITLE LF node+ "-> " STATUS LF node*
    node   = INDENT KEY [": " VALUE] LF          two spaces of indent per depth, at least one

The nodes before ``-> `` are what the input passed, those after it the outcome. Version 1 has a
number before each title and does not show what was passed. :mod:`necp_replay.golden.versions` has
all differences between the versions. A document and its text convert into each other without loss,
and the same text means the same behaviour.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.golden.local_ids import LocalIds
from necp_replay.golden.stanza import ARROW, GENERATED_LINE, BodyText, Stanza
from necp_replay.golden.version_1 import title_to_version_1
from necp_replay.golden.version_2 import title_in
from necp_replay.golden.versions import VERSION, VERSIONS

FINAL_LINE: Final = "final state"


@dataclass(slots=True)
class GoldenDocument:
    """All stanzas of a trace in order, and the final state. Titles are those of the version."""

    stanzas: list[Stanza] = field(default_factory=list)
    final: BodyText = field(default_factory=BodyText)
    version: int = VERSION

    def text(self) -> str:
        """The text of the file, with a line end at its end."""
        writer = StanzaWriter(self.version)
        pieces = [writer.beginning(), *map(writer.stanza, self.stanzas), writer.end(self.final)]
        return "".join(pieces)

    def in_version(self, version: int) -> GoldenDocument:
        """The same in a version that is not newer."""
        stanzas = [stanza_in(each, self.version, version) for each in self.stanzas]
        return GoldenDocument(stanzas, self.final, version)


def stanza_in(stanza: Stanza, have: int, wanted: int) -> Stanza:
    """A record of a golden of one version, for one of another version that is not newer."""
    title = title_in(stanza.title, have, wanted)
    return stanza if title is stanza.title else replace(stanza, title=title)


class StanzaWriter:
    """Gives the text of a golden piece by piece, in a version. Titles have to be those of it."""

    def __init__(self, version: int = VERSION) -> None:
        """A file of this version that has no text yet."""
        self.version = version
        self._is_numbered = VERSIONS[version].is_numbered
        self.ids = LocalIds()
        """The names of the ids that the records so far generated."""

    def beginning(self) -> str:
        """The first line."""
        return f"{VERSIONS[self.version].first_line}\n"

    def stanza(self, stanza: Stanza) -> str:
        """The text of the next record."""
        if self._is_numbered:
            return f"{stanza.number} {self.plain(stanza)}"
        generated = stanza.generated if GENERATED_LINE in stanza.passed else 0
        return self.next_stanza(stanza, generated)

    def next_stanza(self, stanza: Stanza, generated: int) -> str:
        """The same for a record that generated so many ids. Only in the version that is written."""
        if generated:
            self.ids.declare(stanza.title, generated)
        return self.ids.to_local(self.plain(stanza))

    def once_more(self, stanza: Stanza) -> str:
        """The text of the last record with another outcome. Only in the version that is written."""
        return self.ids.to_local(self.plain(stanza))

    def plain(self, stanza: Stanza) -> str:
        """The text of a record without its number, with ids as in a process."""
        body = f"{stanza.body}\n" if stanza.body else ""
        if self._is_numbered:
            return f"{title_to_version_1(stanza.title)}{ARROW}{stanza.status}\n{body}"
        if stanza.passed:
            return f"{stanza.title}\n{stanza.passed}\n{ARROW[1:]}{stanza.status}\n{body}"
        return f"{stanza.title}{ARROW}{stanza.status}\n{body}"

    def end(self, final: BodyText) -> str:
        """The final state."""
        text = final.text if self._is_numbered else self.ids.to_local(final.text)
        return f"{FINAL_LINE}\n{text}\n" if text else f"{FINAL_LINE}\n"
