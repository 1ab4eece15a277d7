"""The goldens of one trace on many releases of our engine, from reading the trace once.

Theory of operation
-------------------
All machines get a step before any gets the next one (``release_runs.py``). Those whose
outcomes were the same so far have one text, which is rendered once. Where the outcomes of a record
differ, the text goes on as two, which share their beginning.

Invariants: each outcome in a text was given by two machines, so that an engine which depends on
anything but the steps is found. A text with one machine gets a second one of the same release.
The title of a record, and what its input passed, are the same in all texts.

Cost: reading the trace once, and a comparison for each record and machine. What is rendered,
compared as bytes and packed is counted by texts, not by releases. Memory: the machines, and the
packed texts.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from necp_replay.errors import GoldenError
from necp_replay.events.equality import same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.golden.packed import GrowingText, PackedText
from necp_replay.golden.stanza import BodyText
from necp_replay.releases.names import canonical_tag
from necp_replay.replay.golden_document import ENDS, final_nodes
from necp_replay.replay.progress import PROGRESS_RECORDS, OnRecords
from necp_replay.replay.release_runs import ReleaseRun, take_first, take_in_all
from necp_replay.replay.stanza_renderer import StanzaRenderer
from necp_replay.trace.reader import TraceReader

_KEPT_RECORDS: Final = 1024
"""So many first steps stay in memory for machines that are added later. More are read again."""
_OUTCOMES_REMEMBERED: Final = 8
"""How many texts of outcomes are kept for each step. Few differ: many releases answer alike."""


def texts_by_release(
    path: Path, releases: Sequence[str], on_records: OnRecords | None = None
) -> dict[str, PackedText]:
    """The text of the golden of each release, of which the first is the one it was recorded on.

    Raises TraceError for a trace that cannot be read, and GoldenError if two runs differ.
    """
    with TraceReader(path) as reader:
        return _GoldenRuns(path, reader, releases).texts(on_records)


def runs_differ(path: Path, release: str) -> GoldenError:
    """The refusal of a trace on which a release does not do the same twice."""
    return GoldenError(
        f"two runs on {release} differ, so nothing can be accepted",
        file=str(path),
        hint="Look for what the engine depends on besides the trace.",
    )


class _Text:
    """The text of a golden, and the runs that gave it."""

    __slots__ = ("ended", "packer", "runs")

    def __init__(self, runs: list[ReleaseRun], packer: GrowingText, *, ended: bool) -> None:
        self.runs = runs
        self.packer = packer
        self.ended = ended


class _GoldenRuns:
    """All runs of a trace, and their texts."""

    def __init__(self, path: Path, reader: TraceReader, releases: Sequence[str]) -> None:
        self._path = path
        self._steps = (step for _, step, _ in reader.records(shared=True))
        self._kept = list(itertools.islice(self._steps, _KEPT_RECORDS))
        self._renderer = StanzaRenderer(outcomes_remembered=_OUTCOMES_REMEMBERED)
        own = canonical_tag(reader.header.release)
        others = [release for release in releases if release != own]
        self._runs = [ReleaseRun((own,), makes_missing_ids=False)]
        if others:
            self._runs.append(ReleaseRun(others))
        self._doubles: dict[ReleaseRun, ReleaseRun] = {}
        """Second runs of a release, each with the first one."""
        packer = GrowingText()
        packer.add(self._renderer.beginning())
        self._texts = [_Text(self._runs.copy(), packer, ended=False)]

    def texts(self, on_records: OnRecords | None) -> dict[str, PackedText]:
        """Go through the trace. The text of each release."""
        number = 0
        for number, step in enumerate(itertools.chain(self._kept, self._steps), 1):
            self._take(number, step)
            self._render(number, step)
            if on_records is not None and number % PROGRESS_RECORDS == 0:
                on_records(PROGRESS_RECORDS)
        self._take(number + 1, None)
        return self._finished()

    def _first_steps(self, count: int) -> Iterable[Step]:
        if count <= len(self._kept):
            yield from self._kept[:count]
            return
        with TraceReader(self._path) as reader:
            for _, step, _ in itertools.islice(reader.records(shared=True), count):
                yield step

    def _take(self, number: int, step: Step | None) -> None:
        """Give all runs the next step, and divide the texts by what it gave."""
        for like, run in take_in_all(self._runs, number, step, self._first_steps):
            self._runs.append(run)
            next(text for text in self._texts if like in text.runs).runs.append(run)
        for text in self._texts.copy():
            if step is None and text.ended:
                continue
            first = text.runs[0].outcome
            others = [run for run in text.runs[1:] if not _is_same(first, run.outcome)]
            if others:
                self._divide(text, others)
        alone = [text for text in self._texts if len(text.runs) == 1]
        if alone:
            self._double(alone, number, step)

    def _divide(self, text: _Text, others: Iterable[ReleaseRun]) -> None:
        """Give runs texts of their own, one for each outcome."""
        parts: list[_Text] = []
        for run in others:
            text.runs.remove(run)
            for part in parts:
                if _is_same(part.runs[0].outcome, run.outcome):
                    part.runs.append(run)
                    break
            else:
                parts.append(_Text([run], text.packer.copy(), ended=text.ended))
        self._texts += parts
        for part in (text, *parts):
            for run in part.runs:
                if self._doubles.get(run, part.runs[0]) not in part.runs:
                    raise runs_differ(self._path, run.releases[0])

    def _double(self, alone: Sequence[_Text], number: int, step: Step | None) -> None:
        """Give each text that has one run a second one, which also takes the present step."""
        doubles = [text.runs[0].once_more() for text in alone]
        take_first(doubles, number - 1, self._first_steps)
        for text, double in zip(alone, doubles, strict=True):
            (run,) = text.runs
            double.take(step)
            if not _is_same(run.outcome, double.outcome):
                raise runs_differ(self._path, run.releases[0])
            self._doubles[double] = run
            text.runs.append(double)
        self._runs += doubles

    def _render(self, number: int, step: Step) -> None:
        """Add the record to each text."""
        render = self._renderer.first_block
        for text in self._texts:
            outcome = text.runs[0].outcome
            text.packer.add(render(number, step, outcome))
            render = self._renderer.another_block
            if type(outcome.answer) in ENDS:
                text.ended = True

    def _finished(self) -> dict[str, PackedText]:
        """Add the final states, and give the texts."""
        renderer = self._renderer
        states: list[tuple[Outcome, bytes]] = []
        found: dict[str, PackedText] = {}
        for text in self._texts:
            run = text.runs[0]
            end = next((end for known, end in states if _is_same(known, run.outcome)), None)
            if text.ended or end is None:
                nodes = final_nodes(run.machine, renderer.names, ended=text.ended)
                end = renderer.end(BodyText.of(nodes))
                if not text.ended:
                    states.append((run.outcome, end))
            text.packer.add(end)
            packed = text.packer.packed()
            for each in text.runs:
                if each not in self._doubles:
                    found |= dict.fromkeys(each.releases, packed)
        return found


def _is_same(one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes of a step are rendered to the same text."""
    return one is other or (one.unmeasured == other.unmeasured and same_whole(one, other))
