"""Rewrites goldens of older versions in the current one, without changing what they say.

No engine runs. What the old version does not show is taken from the trace: titles as they are
written now, and what the inputs passed. All else is taken from the golden. The new text is read
again before it is planned, and has to say what the old one said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from necp_replay.accept.plan import FileChange, text_of
from necp_replay.dataclass import dataclass
from necp_replay.errors import GoldenError
from necp_replay.files.atomic import check_target
from necp_replay.golden.document import GoldenDocument
from necp_replay.golden.packed import PackedText
from necp_replay.golden.reader import parse_golden
from necp_replay.golden.stanza import Stanza
from necp_replay.golden.store import GoldenStore
from necp_replay.golden.version_2 import title_in
from necp_replay.golden.versions import VERSION, VERSIONS
from necp_replay.replay.progress import PROGRESS_RECORDS, OnRecords
from necp_replay.replay.stanza_renderer import StanzaRenderer
from necp_replay.trace.find import FoundTrace
from necp_replay.trace.reader import TraceReader


@dataclass(slots=True)
class Reformat:
    """Plans to rewrite the goldens of many traces.

    ``current`` counts goldens that have the present version already.
    """

    goldens: GoldenStore
    on_records: OnRecords | None = None
    current: int = 0

    def plan(self, trace: FoundTrace) -> list[FileChange]:
        """The changes of files of one trace. Raises GoldenError, TraceError."""
        inputs: list[Stanza] | None = None
        changes = []
        for path in self.goldens.files(trace.name):
            old = self.goldens.read(path)
            if old.version == VERSION:
                self.current += 1
                continue
            if inputs is None:
                inputs = self._inputs(trace)
            check_target(path)
            new = _with_inputs(old, inputs, path)
            changes.append(FileChange(path, text_of(path), PackedText.of([new.text().encode()])))
        return changes

    def _inputs(self, trace: FoundTrace) -> list[Stanza]:
        """The records of a trace without their outcomes."""
        renderer = StanzaRenderer()
        found = []
        with TraceReader(trace.path) as reader:
            for number, step, _ in reader.records(shared=True):
                found.append(renderer.stanza(number, step, None))
                if self.on_records is not None and number % PROGRESS_RECORDS == 0:
                    self.on_records(PROGRESS_RECORDS)
        return found


def _with_inputs(old: GoldenDocument, inputs: Sequence[Stanza], path: Path) -> GoldenDocument:
    """The same golden in the present version. Raises GoldenError if that would not be the same."""
    _check_titles(old, inputs, path)
    shows_passed = VERSIONS[old.version].shows_passed
    stanzas = [
        replace(
            stanza,
            title=each.title,
            passed=stanza.passed if shows_passed else each.passed,
            line=0,
        )
        for stanza, each in zip(old.stanzas, inputs, strict=True)
    ]
    new = GoldenDocument(stanzas, old.final)
    read = parse_golden(new.text())
    if read.in_version(old.version).text() != old.text():
        raise GoldenError("it would not say the same in the current version", file=str(path))
    return new


def _check_titles(old: GoldenDocument, inputs: Sequence[Stanza], path: Path) -> None:
    """Raise GoldenError for a golden with other records than the trace."""
    titles = (
        [stanza.title for stanza in old.stanzas],
        [title_in(each.title, VERSION, old.version) for each in inputs],
    )
    if titles[0] == titles[1]:
        return
    pairs = zip(*titles, strict=False)
    number = next((n for n, pair in enumerate(pairs, 1) if pair[0] != pair[1]), None)
    if number is None:
        number = min(map(len, titles)) + 1
    place = old.stanzas[number - 1].line if number <= len(old.stanzas) else None
    raise GoldenError(
        f"it was made for other inputs: record {number:,} of the trace is another one",
        file=str(path),
        line=place,
        hint="`necp-replay replay` shows what differs. `necp-replay accept` writes it again.",
    )
