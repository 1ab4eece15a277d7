"""Anonymizes a trace: consistent pseudonyms everywhere, and a check that no verdict changed.

The trace is read twice. The first reading collects what the choice of pseudonyms depends on. In the
second, the trace and its anonymized form are replayed side by side. The outcomes of both replays
must be equal after the first is given pseudonyms. Where they are not, the recorded outcome is left
out of the anonymized trace.
"""

from __future__ import annotations

import json
from dataclasses import field
from pathlib import Path
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import Engine, EngineFactory, open_machine
from necp_replay.errors import UsageError, hint_for
from necp_replay.events.equality import compare_for, same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome, Panicked, TypeConfused
from necp_replay.files.atomic import refuse_existing, write_text
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import title
from necp_replay.releases.names import find_release
from necp_replay.tools.derived_header import PROGRESS_RECORDS, OnRecords
from necp_replay.tools.pseudonyms.events import (
    collect,
    rename_outcome,
    rename_snapshot,
    rename_step,
)
from necp_replay.tools.pseudonyms.keyed import Keyed
from necp_replay.tools.pseudonyms.names import Collector, Pseudonyms
from necp_replay.trace.header import Header
from necp_replay.trace.knowledge import compares_beyond_vectors, is_full
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

MAX_EXAMPLES: Final = 10
_MAKE_KEY: Final = "Make one with `head -c 32 /dev/urandom > key`, and keep it to yourself."
_MAX_KEY_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Changed:
    """A record with another verdict under pseudonyms; the title is that of the new trace."""

    record: int
    title: str
    lost_outcome: bool


@dataclass(slots=True)
class AnonymizeReport:
    """The result of anonymizing a trace: what was kept, and which verdicts changed."""

    output: Path
    release: str
    renames_interfaces: bool
    records: int = 0
    outcomes: int = 0
    """Recorded outcomes that were carried over."""
    lost_outcomes: int = 0
    changed: int = 0
    examples: list[Changed] = field(default_factory=list)
    """The first records with another verdict."""
    same_final_state: bool = True

    @property
    def is_proved(self) -> bool:
        """Whether every verdict, and the final state, is what it was."""
        return not self.changed and self.same_final_state


@dataclass(frozen=True, slots=True)
class AnonymizeOptions:
    """How to anonymize. ``pairs`` is where names and their pseudonyms go: as secret as the key."""

    keyed: Keyed
    renames_interfaces: bool = False
    pairs: Path | None = None
    open_engine: EngineFactory = open_machine
    on_records: OnRecords | None = None


def anonymize(path: Path, output: Path, options: AnonymizeOptions) -> AnonymizeReport:
    """Write a trace under pseudonyms into a new trace.

    The header keeps the release and what outcomes were recorded, and loses all free text and the
    attachments. Memory grows with the distinct ids and addresses of the trace. Raises UsageError
    for a release that is not modelled, WriteError for an output that is there already or cannot be
    written, TraceError for damage.
    """
    refuse_existing(output)
    if options.pairs is not None:
        refuse_existing(options.pairs)
    with TraceReader(path) as reader:
        collector = Collector(find_release(reader.header.release, under_way=True))
        for number, step, _ in reader:
            collect(collector, step)
            if options.on_records is not None and number % PROGRESS_RECORDS == 0:
                options.on_records(PROGRESS_RECORDS)
        names = Pseudonyms(
            options.keyed,
            collector,
            renames_interfaces=options.renames_interfaces,
            remembers=options.pairs is not None,
        )
        report = AnonymizeReport(output, reader.header.release, options.renames_interfaces)
        with TraceWriter.create(output, _header(reader.header), replaces=False) as writer:
            _Rewrite(reader, writer, names, report, options).run()
            if options.pairs is not None:
                # Before the trace is published: it is of little use to its owner without them.
                _write_pairs(options.pairs, names)
    return report


class _Rewrite:
    """The second reading: writes the trace, and compares both replays."""

    def __init__(
        self,
        reader: TraceReader,
        writer: TraceWriter,
        names: Pseudonyms,
        report: AnonymizeReport,
        options: AnonymizeOptions,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._names = names
        self._report = report
        self._on_records = options.on_records
        self._before: Engine = options.open_engine(report.release)
        self._after: Engine = options.open_engine(report.release)
        self._compare = compare_for(
            beyond_vectors=compares_beyond_vectors(reader.header),
            shown_only=not is_full(reader.header),
        )
        self._stable_names = StableNames()

    def run(self) -> None:
        """Write every record, then compare the final states."""
        ended = False
        for number, step, recorded in self._reader:
            renamed = rename_step(self._names, step)
            before, after = self._before.submit(step), self._after.submit(renamed)
            ended = ended or isinstance(before.answer, Panicked | TypeConfused)
            self._stable_names.learn(renamed)
            self._writer.write(renamed, self._carry(number, step, renamed, recorded, before, after))
            if self._on_records is not None and number % PROGRESS_RECORDS == 0:
                self._on_records(PROGRESS_RECORDS)
        self._report.records = self._writer.records
        if not ended:
            expected = rename_snapshot(self._names, self._before.snapshot())
            state = rename_snapshot(Collector(self._names.profile), self._after.snapshot())
            self._report.same_final_state = expected == state

    def _carry(
        self,
        number: int,
        step: Step,
        renamed: Step,
        recorded: Outcome | None,
        before: Outcome,
        after: Outcome,
    ) -> Outcome | None:
        """The recorded outcome under pseudonyms, unless its verdict is another one now."""
        report = self._report
        if recorded is None:
            expected = rename_outcome(self._names, step, renamed, before)
            if not same_whole(expected, after):
                self._tell(number, renamed, lost_outcome=False)
            return None
        carried = rename_outcome(self._names, step, renamed, recorded)
        if self._compare(carried, after) is self._compare(recorded, before):
            report.outcomes += 1
            return carried
        report.lost_outcomes += 1
        self._tell(number, renamed, lost_outcome=True)
        return None

    def _tell(self, number: int, renamed: Step, *, lost_outcome: bool) -> None:
        self._report.changed += 1
        if len(self._report.examples) < MAX_EXAMPLES:
            shown = title(renamed.input, self._stable_names)
            self._report.examples.append(Changed(number, shown, lost_outcome))


def _header(header: Header) -> Header:
    """Free text and attachments can tell anything about anybody, so they are left out."""
    return Header(
        release=header.release,
        name="",
        source_kind=header.source_kind,
        outcome_detail=header.outcome_detail,
        properties=(("anonymized", "names, ids, domains, accounts and addresses are pseudonyms"),),
        meaning=header.meaning,
    )


def _write_pairs(path: Path, names: Pseudonyms) -> None:
    """Write names and pseudonyms to a file that only its owner may read."""
    text = json.dumps(names.pairs, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    write_text(path, text, private=True, replaces=False)


def read_key(path: Path) -> Keyed:
    """The key in a file. Raises UsageError where it cannot be read, or is too short."""
    try:
        with path.open("rb") as stream:
            content = stream.read(_MAX_KEY_BYTES + 1)
        if len(content) > _MAX_KEY_BYTES:
            raise UsageError(
                f"the key has more than {_MAX_KEY_BYTES >> 10} KiB",
                file=str(path),
                hint=_MAKE_KEY,
            )
        return Keyed(content)
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read: {error.strerror or error}",
            hint=_MAKE_KEY if isinstance(error, FileNotFoundError) else hint_for(error),
        ) from error
