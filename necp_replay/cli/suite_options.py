"""Options of `replay` about a suite that runs again: order, shards, what is remembered."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from necp_replay.cli.arguments import given_path

if TYPE_CHECKING:
    from necp_replay.outcomes.trace_report import TraceReport
    from necp_replay.replay.findings.run_report import ShardOfRun
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


@dataclass(slots=True)
class SuitePlan:
    """Which traces of a suite a run replays, in which order, and what it remembers of them.

    ``order`` are indices of ``traces``. ``shard`` is None for a run of all traces.
    """

    traces: Sequence[FoundTrace]
    order: list[int]
    until: Callable[[TraceReport], bool] | None
    shard: ShardOfRun | None
    _release: str | None
    _times: RunTimes
    _file: Path | None
    _is_private: bool

    def remember(self, reports: Mapping[int, TraceReport], *, complete: bool) -> None:
        """Remember times and verdicts. A shard does not: the next one would divide otherwise.

        Raises WriteError for a file that was named. Nothing depends on one in the cache.
        """
        from necp_replay.errors import WriteError
        from necp_replay.outcomes.trace_report import Verdict
        from necp_replay.suite.times import key_of, write_times

        if self._file is None or self.shard is not None:
            return
        for index, report in reports.items():
            passed = report.verdict is Verdict.IDENTICAL
            key = key_of(self.traces[index].name, self._release)
            self._times.note(key, report.seconds, passed=passed)
        if complete and self._release is None:
            self._times.keep_only(each.name for each in self.traces)
        if self._is_private:
            with suppress(WriteError):
                write_times(self._file, self._times, private=True)
        else:
            write_times(self._file, self._times, private=False)


def suite_plan(
    options: argparse.Namespace, traces: Sequence[FoundTrace], project: Path | None
) -> SuitePlan:
    """Plan a run by its options. Raises UsageError."""
    from necp_replay.replay.findings.run_report import ShardOfRun
    from necp_replay.suite.order import order_of_work
    from necp_replay.suite.shards import divide, plan_digest
    from necp_replay.suite.times import RunTimes, costs_of, key_of, read_times, remembered_times

    cache = None if options.times is not None else cache_of(options)
    file = options.times
    times = RunTimes()
    if file is not None:
        times = read_times(file)
    elif cache is not None:
        from necp_replay.suite.times import file_in_cache

        file = file_in_cache(cache, project, options.engine)
        times = remembered_times(file)
    names = [trace.name for trace in traces]
    costs = costs_of(traces, times, options.release)
    failed = (
        {name for name in names if key_of(name, options.release) in times.failed}
        if options.failed_first
        else set()
    )
    order = order_of_work(names, costs, failed)
    shard = None
    if options.shard is not None:
        index, count = options.shard.index, options.shard.count
        shards = divide(costs, names, count)
        order = [each for each in order if shards[each] == index]
        shard = ShardOfRun(index, count, len(traces), plan_digest(names, shards))
    until = stops_run if options.until_different else None
    return SuitePlan(
        traces, order, until, shard, options.release, times, file, options.times is None
    )


def cache_of(options: argparse.Namespace) -> Path | None:
    """The folder of the cache, made if it is missing; None without one.

    Raises UsageError for a folder that was named. Another one that cannot be used is told, and the
    run goes on without it.
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
