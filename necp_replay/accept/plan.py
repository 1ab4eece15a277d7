"""Plans and makes the changes of golden files that accept what the engine does on a trace now."""

from __future__ import annotations

import enum
import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Final, Literal

from necp_replay.accept.pending import Decide, PendingChanges, find_pending
from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import EngineFactory, afresh, open_machine
from necp_replay.errors import GoldenError, UsageError
from necp_replay.files.atomic import check_target
from necp_replay.files.conflicts import conflict_line
from necp_replay.files.folded_names import told_apart
from necp_replay.files.folders import make_folder
from necp_replay.files.refusals import cannot_write
from necp_replay.files.walk import real_path
from necp_replay.files.write_together import write_together
from necp_replay.golden.beginning import BEGINNING_BYTES, check_replaceable
from necp_replay.golden.foreign_lines import conflict
from necp_replay.golden.packed import PackedGolden, PackedText, digest_of
from necp_replay.golden.source import cannot_read
from necp_replay.golden.store import GoldenStore, is_golden_file, read_whole
from necp_replay.golden.versions import VERSION
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.names import canonical_tag
from necp_replay.releases.span import span_of
from necp_replay.replay.golden_document import golden_text
from necp_replay.replay.golden_parts import LONG_BYTES, texts_in_processes
from necp_replay.replay.golden_runs import runs_differ, texts_by_release
from necp_replay.replay.progress import OnRecords
from necp_replay.rules.book import RuleBook
from necp_replay.trace.find import TRACE_SUFFIX, FoundTrace
from necp_replay.trace.knowledge import is_measured, takes_golden
from necp_replay.trace.reader import TraceReader


class NeedsNoGolden(enum.Enum):
    """Why a trace needs no golden: every outcome is in the trace itself."""

    MEASURED = "measured"
    """They were measured on real code."""
    RECORDED = "recorded"
    """An engine or another tool recorded them."""


_NOT_CI: Final = ("", "0", "false", "no", "off")
"""Values of ``CI`` that mean: this is not continuous integration."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A change of one golden file. ``before`` None: it is new; ``after`` None: it is removed."""

    path: Path
    before: PackedText | None
    after: PackedText | None

    @property
    def verb(self) -> Literal["new", "changed", "removed"]:
        """``new``, ``changed`` or ``removed``."""
        if self.before is None:
            return "new"
        return "removed" if self.after is None else "changed"


def refuse_in_ci() -> None:
    """Raise UsageError if ``CI`` is set, because what is accepted there is not reviewed."""
    if os.environ.get("CI", "").lower() not in _NOT_CI:
        raise UsageError(
            "goldens are not written while CI is set in the environment",
            hint="Run this on your own machine, review the change, and commit it.",
        )


def skipped_for(trace: FoundTrace) -> NeedsNoGolden | None:
    """Why a trace needs no golden; None if it takes one. Raises TraceError."""
    with TraceReader(trace.path) as reader:
        if takes_golden(reader):
            return None
        return NeedsNoGolden.MEASURED if is_measured(reader.header) else NeedsNoGolden.RECORDED


def accept_trace(
    trace: FoundTrace,
    goldens: GoldenStore,
    releases: Sequence[str] | None = None,
    open_engine: EngineFactory = open_machine,
) -> list[FileChange]:
    """Accept everything that the engine does on a trace; see :func:`plan_acceptance`."""
    refuse_in_ci()
    changes = plan_acceptance(trace, goldens, releases, open_engine=open_engine)
    apply_changes(changes)
    return changes


def plan_acceptance(
    trace: FoundTrace,
    goldens: GoldenStore,
    releases: Sequence[str] | None = None,
    decide: Decide | None = None,
    *,
    open_engine: EngineFactory = open_machine,
    rules: RuleBook | None = None,
    on_records: OnRecords | None = None,
    jobs: int = 1,
) -> list[FileChange]:
    """The changes of files that would accept what the engine does on a trace, on every release.

    The file without a release holds from the oldest release on. A release gets a file of its own
    where its outcomes differ from those of the release before. ``decide`` says which changes are
    accepted. None accepts all of them, whatever the goldens say now. Every golden is given by
    two runs, the second time in a new program if it is one. A difference between both is refused.
    ``on_records`` is told how many more records were worked on. A long trace is worked on in up to
    ``jobs`` processes, which tell nothing.
    """
    now = goldens_by_release(trace, releases, open_engine, on_records, jobs)
    if decide is None:
        return plan_files(trace, goldens, now)
    pending = find_pending(trace, goldens, now, rules or RuleBook(), on_records)
    return plan_pending(pending, goldens, decide)


def plan_pending(pending: PendingChanges, goldens: GoldenStore, decide: Decide) -> list[FileChange]:
    """The changes of files that would accept some changes of a trace. Empty if none is accepted."""
    if not any(decide(change) for change in pending.changes):
        return []
    return plan_files(pending.trace, goldens, pending.goldens(decide))


def goldens_by_release(
    trace: FoundTrace,
    releases: Sequence[str] | None,
    open_engine: EngineFactory,
    on_records: OnRecords | None = None,
    jobs: int = 1,
) -> dict[str, PackedGolden]:
    """What the engine does on a trace, by release; the release it was recorded on comes first.

    ``releases`` None stands for all modelled releases on which the trace can run. Releases that do
    the same share a golden. Raises GoldenError if two runs differ.
    """
    with TraceReader(trace.path) as reader:
        own_release = canonical_tag(reader.header.release)
        span = span_of(reader.header.properties)
    others = span.modelled() if releases is None else releases
    wanted = tuple(dict.fromkeys((own_release, *others)))
    distinct: dict[PackedText, PackedGolden] = {}
    found: dict[str, PackedGolden] = {}
    texts = {}
    if open_engine is open_machine:
        if jobs > 1 and len(wanted) > 2 and trace.path.stat().st_size >= LONG_BYTES:
            texts = texts_in_processes(trace.path, wanted, jobs)
        else:
            texts = texts_by_release(trace.path, wanted, on_records)
    for release in wanted:
        text = texts.get(release) or _text_of_two_runs(trace, release, open_engine, on_records)
        found[release] = distinct.setdefault(text, PackedGolden(text))
    return found


def _text_of_two_runs(
    trace: FoundTrace, release: str, open_engine: EngineFactory, on_records: OnRecords | None
) -> PackedText:
    """The text of the golden of a release.

    The second run shares no state with the first: an engine that depends on it is found.
    """
    text = PackedText.of(golden_text(trace.path, release, open_engine, on_records))
    again = golden_text(trace.path, release, afresh(open_engine), on_records)
    if digest_of(again) != text.digest:
        raise runs_differ(trace.path, release)
    return text


def plan_files(
    trace: FoundTrace, goldens: GoldenStore, now: Mapping[str, PackedGolden | None]
) -> list[FileChange]:
    """The files to write and remove so that each given release has its golden.

    A file holds from its release on until the next one on the lineage. So the oldest given release
    gets the file that holds for it, and a later one a file of its own where its golden differs from
    that of the release before. A release whose golden is None keeps what it has. Files of releases
    that are not given stay. A file keeps its version: a change of it shows what is accepted, and
    nothing else.
    """
    planned: dict[Path, PackedGolden | None] = {}
    in_force: PackedGolden | PackedText | None = None
    none_before = False
    find = goldens.finder(trace.name)
    for release in (*RELEASES, *(tag for tag in now if tag not in RELEASES)):
        golden = now.get(release)
        own = goldens.path(trace.name, release)
        holder = find(release)
        if golden is None:
            none_before = none_before or (release in now and holder is None)
            if holder == own:
                in_force = text_of(own)
        elif in_force is None or release not in RELEASES:
            # The file without a release would hold for an older release that is to have none.
            planned[holder or (own if none_before else goldens.path(trace.name))] = golden
            in_force = golden
        else:
            planned[own] = None if golden.says(in_force) else golden
            in_force = golden
    changes = []
    for path, golden in planned.items():
        before = text_of(path)
        version = None if before is None else before.version
        after = None if golden is None else golden.in_version(version or VERSION)
        if before != after:
            changes.append(FileChange(path, before, after))
    _refuse_shared_names(trace, goldens, changes)
    for change in changes:
        # A trace whose goldens are accepted in part would be judged by the one that is there.
        check_target(change.path)
        _refuse_unread(change)
    return changes


def apply_changes(changes: Sequence[FileChange]) -> None:
    """Write and remove the files of one trace: all of them, or none.

    Raises GoldenError if one has changed since ``before`` was read, WriteError if one cannot be
    written or removed.
    """
    for change in changes:
        check_target(change.path)
        if text_of(change.path) != change.before:
            raise GoldenError(
                "the file changed during the review, so it was not replaced",
                file=str(change.path),
                hint="Review it again, then accept it.",
            )
    texts = {change.path: change.after.pieces() for change in changes if change.after is not None}
    for path in texts:
        make_folder(path.parent)
    write_together(texts)
    for change in changes:
        if change.after is None:
            try:
                change.path.unlink()
            except OSError as error:
                raise cannot_write(error, change.path) from None


def _refuse_unread(change: FileChange) -> None:
    """Refuse to replace a golden that changed since it was reviewed.

    Also refused: a golden with marks of a merge, one that a newer version wrote, and a pointer to
    content elsewhere (Git LFS).
    """
    if change.before is None:
        return
    try:
        check_replaceable(change.before.beginning(BEGINNING_BYTES))
        line = conflict_line(change.before.text)
        if line is not None:
            raise conflict(line)
    except GoldenError as error:
        error.name_file(str(change.path))
        raise


def _refuse_shared_names(
    trace: FoundTrace, goldens: GoldenStore, changes: Sequence[FileChange]
) -> None:
    """Refuse traces and goldens whose names are equal on some file systems.

    There both traces would share one golden: that of the trace that was accepted last.
    """
    file = PurePath(trace.name + TRACE_SUFFIX)
    pairs = [
        (root, file)
        for path in (Path(os.path.abspath(trace.path)), real_path(trace.path))
        for root in (path.parents[len(file.parts) - 1 : len(file.parts)])
        if root / file == path
    ]
    pairs += [(goldens.root, change.path.relative_to(goldens.root)) for change in changes]
    for root, path in pairs:
        other = goldens.names.other(root, path)
        if other is not None:
            name, taken = told_apart(os.path.relpath(root / path), os.path.relpath(other))
            raise GoldenError(
                f"its name is that of {taken} where a file system ignores case or Unicode normal"
                " form, so both would have one golden",
                file=name,
                hint="Rename one of them, or remove it.",
            )


def text_of(path: Path) -> PackedText | None:
    """The text of a file, which need not be a golden; None without a file. Raises GoldenError."""
    if not is_golden_file(path):
        return None
    try:
        return PackedText.of([read_whole(path)])
    except OSError as error:
        raise cannot_read(error, path) from None
