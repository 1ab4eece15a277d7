"""Options of `replay` for a suite that is run repeatedly: order, shards, cache."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from necp_replay.cli.arguments import given_path, golden_folder_of

if TYPE_CHECKING:
    from necp_replay.outcomes.trace_report import TraceReport
    from necp_replay.project.gather import Gathered
    from necp_replay.replay.findings.run_report import ShardOfRun
    from necp_replay.rules.book import RuleBook
    from necp_replay.suite.known_traces import KnownTraces
    from necp_replay.suite.shards import Shard
    from necp_replay.suite.times import RunTimes
    from necp_replay.trace.find import FoundTrace


def add_suite_options(parser: argparse.ArgumentParser) -> None:
    """Add the options, in a group of their own."""
    group = parser.add_argument_group("suites", "runs that are repeated, see docs/suites.md")
    group.add_argument(
        "--failed-first",
        action="store_true",
        help="begin with the traces that did not pass last time",
    )
    group.add_argument(
        "--until-different",
        action="store_true",
        help="stop at the first trace that differs or cannot run, and say what was not run",
    )
    group.add_argument(
        "--shard",
        type=_shard,
        metavar="I/N",
        help="replay only part I of N, balanced by remembered times; `report merge` judges all",
    )
    group.add_argument(
        "--times",
        type=given_path,
        metavar="FILE",
        help="the file with remembered times (default: one in the cache)",
    )
    add_cache_options(group)


def add_cache_options(parser: argparse._ActionsContainer) -> None:
    """``--cache DIR`` and ``--no-cache``."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--cache",
        type=given_path,
        metavar="DIR",
        help="the folder for what is remembered (default: $NECP_REPLAY_CACHE, else below the"
        " user's cache)",
    )
    which.add_argument("--no-cache", action="store_true", help="remember nothing")


def _shard(text: str) -> Shard:
    from necp_replay.suite.shards import shard_from

    try:
        return shard_from(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


class SuiteRun:
    """A run of a suite by its options: which traces, in which order, and what it remembers.

    Times are read when they are first asked for: a run that knows all verdicts needs none.
    """

    def __init__(
        self,
        options: argparse.Namespace,
        traces: Sequence[FoundTrace],
        project: Path | None,
        cache: Path | None,
    ) -> None:
        """Choose the traces. Raises UsageError for an impossible shard."""
        from necp_replay.trace.find import names_of

        self._options = options
        self._traces = traces
        self._names = names_of(traces)
        self._project = project
        self._cache = cache
        self.selected: Sequence[int] = range(len(traces))
        """The indices of the traces of this run."""
        self.shard: ShardOfRun | None = None
        if options.shard is not None:
            self._take_shard(options.shard.index, options.shard.count)
        elif options.times is not None:
            from necp_replay.cli.report_files import check_report_file

            # Checked before the run, because it is written at the end.
            check_report_file(options.times)

    def _take_shard(self, index: int, count: int) -> None:
        from necp_replay.replay.findings.run_report import ShardOfRun
        from necp_replay.suite.shards import divide, plan_digest

        shards = divide(self._costs, self._names, count)
        self.selected = [each for each in self.selected if shards[each] == index]
        plan = plan_digest(self._names, shards)
        self.shard = ShardOfRun(index, count, len(self._names), plan)

    @property
    def until(self) -> Callable[[TraceReport], bool] | None:
        """After which report the run stops."""
        return stops_run if self._options.until_different else None

    @property
    def costs(self) -> tuple[Sequence[float], bool]:
        """What each trace costs, and whether that is in seconds."""
        return self._costs, bool(self._times.seconds)

    def order(self, indices: Iterable[int]) -> Sequence[int]:
        """The order in which traces are worked on."""
        from necp_replay.suite.order import order_of_work
        from necp_replay.suite.times import key_of

        failed: set[int] = set()
        if self._options.failed_first:
            keys = self._times.failed
            failed = {
                each
                for each in self.selected
                if key_of(self._names[each], self._options.release) in keys
            }
        return order_of_work(indices, self._costs, failed)

    def remember(self, reports: Iterable[tuple[int, TraceReport]], *, complete: bool) -> None:
        """Remember the times of traces that were replayed.

        A shard does not: with changed times the next shard would divide the suite in another way.
        Raises WriteError for a file that the user named. A file in the cache that cannot be written
        is ignored.
        """
        from necp_replay.errors import WriteError
        from necp_replay.outcomes.trace_report import Verdict
        from necp_replay.suite.times import key_of, write_times

        file = self._file
        if file is None or self.shard is not None:
            return
        for index, report in reports:
            passed = report.verdict is Verdict.IDENTICAL
            key = key_of(self._names[index], self._options.release)
            self._times.note(key, report.seconds, passed=passed)
        if complete and self._options.release is None:
            self._times.keep_only(self._names)
        is_named = self._options.times is not None
        try:
            write_times(file, self._times, private=not is_named)
        except WriteError:
            if is_named:
                raise

    @cached_property
    def _costs(self) -> Sequence[float]:
        from necp_replay.suite.times import costs_of

        return costs_of(self._traces, self._times, self._options.release)

    @cached_property
    def _times(self) -> RunTimes:
        from necp_replay.suite.times import RunTimes, read_times, remembered_times

        file = self._file
        if file is None:
            return RunTimes()
        return remembered_times(file) if self._options.times is None else read_times(file)

    @cached_property
    def _file(self) -> Path | None:
        from necp_replay.suite.times import file_in_cache

        named: Path | None = self._options.times
        if named is not None or self._cache is None:
            return named
        return file_in_cache(self._cache, self._project, self._options.engine)


def known_traces(
    options: argparse.Namespace,
    gathered: Gathered,
    book: RuleBook,
    cache: Path | None,
    *,
    recorded_only: bool,
) -> KnownTraces | None:
    """What is known of the traces from earlier runs.

    None without a cache, and for an external engine, because nothing tells whether it changed.
    """
    if cache is None or options.engine is not None:
        return None
    from necp_replay.suite.engine_digest import engine_digest
    from necp_replay.suite.inputs import VerdictKeys
    from necp_replay.suite.known_traces import KnownTraces
    from necp_replay.suite.verdicts import KnownVerdicts, file_of_project

    engine = engine_digest()
    if engine is None:
        return None
    home = gathered.home
    goldens = None if home is None or options.no_golden else golden_folder_of(options, home)
    keys = VerdictKeys(
        engine,
        book,
        goldens,
        homeless=None if gathered.homeless is None else gathered.homeless.reason,
        recorded_only=recorded_only,
        release=options.release,
        record_limit_s=options.record_limit,
    )
    file = file_of_project(cache, None if home is None else home.folder)
    return KnownTraces(KnownVerdicts(file), keys, engine, goldens, options.release)


def cache_of(options: argparse.Namespace) -> Path | None:
    """The folder of the cache, made if it is missing; None without one.

    Raises UsageError for a folder that was named. For the default folder a warning is printed
    instead, and the run goes on without a cache.
    """
    from necp_replay.errors import UsageError
    from necp_replay.suite.cache_folder import chosen_folder, open_folder

    if options.no_cache:
        return None
    folder = chosen_folder(options.cache)
    if folder is None:
        return None
    try:
        return open_folder(folder)
    except UsageError as error:
        if options.cache is not None:
            raise
        from necp_replay.cli.say import say
        from necp_replay.outcomes.safe_text import visible

        say(visible(f"necp-replay: nothing is remembered: {error}"), stream=sys.stderr)
        return None


def stops_run(report: TraceReport) -> bool:
    """Whether ``--until-different`` stops after a trace: it differs, or could not run."""
    return report.error is not None or report.differs or report.missing_golden
