"""The option ``--scheduler``: traces are worked on by the workers of a Dask scheduler."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from necp_replay.cli.say import say

if TYPE_CHECKING:
    from necp_replay.accept.trace_plan import PlanOptions, TracePlan
    from necp_replay.api.parts import RunPart
    from necp_replay.cluster.run import Cluster
    from necp_replay.cluster.trials import ClusterTrials
    from necp_replay.cluster.work import ClusterWork
    from necp_replay.errors import NecpReplayError
    from necp_replay.minimize.trial_work import TrialWork
    from necp_replay.outcomes.report_table import ReportTable
    from necp_replay.outcomes.trace_report import TraceReport
    from necp_replay.replay.progress import TraceProgress
    from necp_replay.trace.find import FoundTrace


def add_scheduler(parser: argparse.ArgumentParser, more: str = "") -> None:
    """``--scheduler ADDRESS``; ``more`` ends its help text."""
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="let the workers of this Dask scheduler do the work, such as tcp://10.0.0.1:8786"
        f" (docs/scaling.md); needs the extra `dask`{more}",
    )


def check_scheduler(
    options: argparse.Namespace, paths: Iterable[Path], *, takes_urls: bool = False
) -> None:
    """Raise UsageError where ``--scheduler`` is given with what cannot be combined with it."""
    from necp_replay.errors import UsageError

    if options.scheduler is None:
        return
    if getattr(options, "jobs", 1) != 1:
        raise UsageError(
            "--jobs and --scheduler cannot be combined: the workers are those of the scheduler",
            hint="Leave one of them out.",
        )
    for path in paths:
        url = None if takes_urls else url_of(path)
        if url is not None:
            raise UsageError(
                "traces at a URL can be replayed only",
                file=url,
                hint="Copy them to a folder that the workers have under the same path.",
            )


def open_cluster(address: str) -> Cluster:
    """Connect to a scheduler. Raises UsageError if none answers."""
    from necp_replay.cluster.run import Cluster

    return Cluster(address, _say)


def trials_on(cluster: Cluster, work: TrialWork) -> ClusterTrials:
    """The workers of a cluster, which try the parts of a trace."""
    from necp_replay.cluster.trials import ClusterTrials

    return ClusterTrials(cluster, work)


def work_on_cluster(
    address: str,
    items: Sequence[Any],
    work: ClusterWork,
    order: Sequence[int],
    costs: Sequence[float],
    table: ReportTable,
    *,
    costs_are_seconds: bool = False,
    until: Callable[[TraceReport], bool] | None = None,
) -> str:
    """Put the reports into a table. Returns why the work stopped before it was done, else nothing.

    Raises UsageError.
    """
    from necp_replay.cluster.run import Cluster, SchedulerLostError
    from necp_replay.replay.progress import TraceProgress

    try:
        with (
            Cluster(address, _say) as cluster,
            TraceProgress(len(order), is_shown=sys.stderr.isatty()) as bar,
        ):
            found = cluster.reports(
                items,
                work,
                order,
                costs,
                costs_are_seconds=costs_are_seconds,
                on_time=bar.on_time,
            )
            for index, report in found:
                table[index] = report
                bar.on_trace()
                if until is not None and until(report):
                    break
    except SchedulerLostError as error:
        return str(error)
    return ""


class ClusterReports:
    """Reports of traces that a cluster works on. ``stopped`` is why it did not do all of them."""

    def __init__(self, address: str, traces: Sequence[FoundTrace], work: ClusterWork) -> None:
        """``work`` gives the report of a trace."""
        self.stopped = ""
        self._address = address
        self._traces = traces
        self._work = work

    def of(self, indices: Sequence[int]) -> Iterator[tuple[int, TraceReport]]:
        """The reports of traces by their indices, as they are finished. Raises UsageError."""
        from necp_replay.cluster.run import Cluster, SchedulerLostError
        from necp_replay.suite.times import RunTimes, costs_of

        costs = costs_of(self._traces, RunTimes(), None)
        largest_first = sorted(indices, key=lambda index: (-costs[index], index))
        try:
            with Cluster(self._address, _say) as cluster:
                yield from cluster.reports(self._traces, self._work, largest_first, costs)
        except SchedulerLostError as error:
            self.stopped = str(error)


class ClusterRun:
    """The work of a command on a cluster. ``lost`` is the error that ended it early."""

    def __init__(self, address: str, bar: TraceProgress) -> None:
        """``bar`` counts the items that are done."""
        self.lost: NecpReplayError | None = None
        self._address = address
        self._bar = bar

    def results(
        self,
        items: Sequence[Any],
        work: ClusterWork,
        order: Sequence[int],
        costs: Sequence[float],
    ) -> Iterator[tuple[int, Any]]:
        """What work gives for items, or its NecpReplayError, in any order. Raises UsageError."""
        from necp_replay.cluster.run import Cluster, SchedulerLostError

        try:
            with Cluster(self._address, _say) as cluster:
                found = cluster.results(items, work, order, costs, on_time=self._bar.on_time)
                for index, result in found:
                    self._bar.on_trace()
                    yield index, result
        except SchedulerLostError as error:
            self.lost = error


class ClusterPlanner(ClusterRun):
    """Plans the acceptance of traces."""

    def plans(
        self, traces: Sequence[FoundTrace], how: PlanOptions
    ) -> Iterator[tuple[int, TracePlan | NecpReplayError]]:
        """The plan of each trace, or its error."""
        from necp_replay.accept.trace_plan import PlanWork
        from necp_replay.cluster.same_path import current_folder
        from necp_replay.suite.times import RunTimes, costs_of

        if not traces:
            return
        costs = costs_of(traces, RunTimes(), None)
        order = sorted(range(len(traces)), key=lambda index: (-costs[index], index))
        # A plan replays its trace on every release, twice.
        costs = [cost * _RELEASES_OF_PLAN for cost in costs]
        yield from self.results(traces, PlanWork(how, current_folder()), order, costs)


_RELEASES_OF_PLAN: Final = 20
"""About how many replays a plan takes."""


def replayed_remotely(options: argparse.Namespace, url: str) -> RunPart:
    """Replay the traces below a URL, which the workers read.

    Raises UsageError for options that need files here.
    """
    from necp_replay.api.basis import basis_of
    from necp_replay.api.parts import NamedReports, RunPart
    from necp_replay.cli.arguments import day_of, engine_of
    from necp_replay.cli.report_files import kept_for_page
    from necp_replay.cli.suite_options import stops_run
    from necp_replay.cluster.remote import find_remote, remote_work
    from necp_replay.errors import UsageError
    from necp_replay.golden.store import GoldenStore
    from necp_replay.outcomes.report_table import ReportTable
    from necp_replay.outcomes.safe_text import escape
    from necp_replay.replay.run import ReplayOptions
    from necp_replay.rules.book import RuleBook

    refused = ("golden", "rules", "shard", "times", "failed_first")
    given = [name for name in refused if getattr(options, name)]
    if given or len(options.paths) > 1:
        what = f"--{given[0].replace('_', '-')}" if given else "a second path"
        raise UsageError(
            f"{what} cannot be used with a URL",
            file=url,
            hint="Name one URL of a folder of traces; goldens and rules are read beside it.",
        )
    suite = find_remote(url, use_rules=not options.no_rules)
    book = RuleBook(suite.rules, day_of(options))
    with_goldens = suite.has_project and not options.no_golden
    how = ReplayOptions(
        options.release,
        GoldenStore(Path("golden")) if with_goldens else None,
        engine_of(options),
        rules=book,
        extra_examples=kept_for_page(options, len(suite.traces)),
        recorded_only=not with_goldens,
    )
    costs = [float(trace.size_bytes) for trace in suite.traces]
    order = sorted(range(len(costs)), key=lambda index: (-costs[index], index))
    until = stops_run if options.until_different else None
    reports = ReportTable(len(costs))
    stopped = work_on_cluster(
        options.scheduler, suite.traces, remote_work(how), order, costs, reports, until=until
    )
    names = [trace.name for trace in suite.traces]
    basis = basis_of(
        names,
        release=options.release,
        complete=suite.has_project,
        unused_goldens=suite.unused_goldens if with_goldens else (),
        rules=book.rules,
        today=book.today,
    )
    return RunPart(
        basis,
        NamedReports(reports, names),
        {index: escape(suite.traces[index].path) for index in reports.missing()},
        stopped=stopped,
    )


def url_of(path: Path) -> str | None:
    """The URL that was typed as a path, None for a path."""
    text = str(path)
    if not _URL.match(text):
        return None
    scheme, _, rest = text.partition(":/")
    # A path has lost one of the slashes.
    return f"{scheme}://{'/' if scheme == 'file' else ''}{rest}"


def _say(text: str) -> None:
    say(f"necp-replay: {text}", stream=sys.stderr)


_URL: Final = re.compile(r"[a-z][a-z0-9+.-]+:/[^/]")
