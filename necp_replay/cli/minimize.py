"""``necp-replay minimize``: the smallest trace that still shows a difference."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from necp_replay.cli.arguments import (
    Commands,
    add_engine,
    add_golden,
    add_jobs,
    add_json,
    add_output,
    add_release,
    engine_of,
    given_path,
    goldens_of,
    new_command,
    positive,
    release_name,
)
from necp_replay.cli.cluster import add_scheduler, check_scheduler, open_cluster, trials_on
from necp_replay.cli.progress import record_progress
from necp_replay.cli.say import say, say_prose
from necp_replay.cli.streams import say_on_stderr

if TYPE_CHECKING:
    from necp_replay.engines.engine import Engine, EngineFactory
    from necp_replay.minimize.options import MinimizeOptions, MinimizeReport
    from necp_replay.minimize.part_comparison import Pair
    from necp_replay.minimize.target import OnRecords
    from necp_replay.releases.profile import Profile

_EPILOG = """\
examples:
  necp-replay minimize bug.necptrace -o small.necptrace
  necp-replay minimize bug.necptrace --record 4021 -o small.necptrace
  necp-replay minimize day.necptrace --from macos-10.15.4 --to macos-11.3 -o small.necptrace
  necp-replay minimize bug.necptrace --jobs 4 -o small.necptrace
  necp-replay minimize bug.necptrace --scheduler tcp://10.0.0.1:8786 -o small.necptrace
  necp-replay minimize bug.necptrace --engine ./my-engine --attempts 5 -o small.necptrace

The difference is the first one, or that of --record or --fingerprint. With --from and --to it is
one between two releases, else one from what is recorded or from the golden, as for `replay`. What
is recorded cannot be asked again: a release that gives the same outcome stands for it. If there is
none, the records that the difference depends on are kept, and nothing else is tried.

At the end of the budget, the smallest trace so far is written. The work of a search that is
stopped, by its budget, by Ctrl-C or by a kill, is kept in OUT.work: the same command goes on from
there.
Exit status: 0 done, 2 could not run, 4 written, but stopped early or not seen in every replay.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "minimize",
        help="write the smallest trace that still shows a difference",
        description="Remove records and parts of records from a trace as long as it shows the same"
        " difference: the same fingerprint in the same record.",
        epilog=_EPILOG,
    )
    parser.add_argument("trace", type=given_path, metavar="TRACE", help="a .necptrace file")
    add_output(parser, "the trace to write")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--record", type=positive, metavar="N", help="the record that differs")
    which.add_argument(
        "--fingerprint", metavar="F", help="the fingerprint of the difference, as in reports"
    )
    parser.add_argument(
        "--from",
        dest="from_release",
        type=release_name,
        metavar="R1",
        help="the release whose outcomes are the expected ones",
    )
    parser.add_argument(
        "--to", dest="to_release", type=release_name, metavar="R2", help="the other release"
    )
    add_release(parser, "replay on this release (default: the recorded one)")
    add_golden(parser)
    add_engine(parser)
    parser.add_argument(
        "--attempts",
        type=positive,
        default=1,
        metavar="N",
        help="replay a part up to N times until it shows the difference, for an engine that does"
        " not always give the same outcomes (default: 1)",
    )
    parser.add_argument(
        "--budget", type=positive, metavar="N", help="stop after N replays of parts in this run"
    )
    add_jobs(parser, "replay this many parts at once, with the same result (default: 1)")
    add_json(parser)
    add_scheduler(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Minimize, print what was left, and return the exit status."""
    from necp_replay.errors import UsageError
    from necp_replay.report.minimize_text import minimize_json, minimize_text
    from necp_replay.report.style import style_for

    if options.trace.is_dir():
        raise UsageError(
            "this is a folder, but minimize takes one trace",
            file=str(options.trace),
            hint="Name the .necptrace file that `necp-replay replay` or `diff` shows.",
        )
    check_scheduler(options, [options.trace])
    report = _minimized(options)
    if options.json:
        say(minimize_json(report))
    else:
        say_prose(minimize_text(report, style_for(sys.stdout)))
    return 4 if report.stopped or report.shown < report.verified else 0


def _minimized(options: argparse.Namespace) -> MinimizeReport:
    """Minimize here, or with the workers of a scheduler."""
    from dataclasses import replace

    from necp_replay.minimize.minimize import minimize

    with record_progress() as on_records:
        how = _options(options, on_records)
        if options.scheduler is None:
            return minimize(options.trace, options.output, how)
        # Connected first: without workers the error comes before the trace is replayed.
        with open_cluster(options.scheduler) as cluster:
            how = replace(how, elsewhere=partial(trials_on, cluster))
            return minimize(options.trace, options.output, how)


def _options(options: argparse.Namespace, on_records: OnRecords) -> MinimizeOptions:
    from dataclasses import replace

    from necp_replay.errors import UsageError
    from necp_replay.minimize.kept_work import SUFFIX
    from necp_replay.minimize.options import MinimizeOptions
    from necp_replay.minimize.target import Wanted
    from necp_replay.outcomes.safe_text import visible

    releases = (options.from_release, options.to_release)
    if (releases[0] is None) != (releases[1] is None):
        raise UsageError("one release is missing", hint="Give both: --from R1 and --to R2.")
    made = _recorded(options) if releases[0] is None else _between_releases(options)
    return MinimizeOptions(
        replace(made.pair, attempts=options.attempts),
        made.release,
        made.expected_release,
        made.golden,
        Wanted(options.record, options.fingerprint),
        options.budget,
        on_records,
        options.jobs,
        Path(f"{options.output}{SUFFIX}"),
        _engines_key(options),
        lambda line: say_on_stderr(visible(f"necp-replay: {line}")),
        made.record_with,
    )


def _engines_key(options: argparse.Namespace) -> str:
    """What tells engines apart: the command line of a program, and the files that it names."""
    limits = (options.engine_limit, options.record_limit)
    if options.engine is None:
        return repr(limits)
    files = []
    for word in shlex.split(options.engine):
        found = shutil.which(word) or word
        with suppress(OSError, ValueError):
            status = os.stat(found)
            files.append((found, status.st_size, status.st_mtime_ns))
    return repr((limits, options.engine, files))


def _between_releases(options: argparse.Namespace) -> MinimizeOptions:
    """Two releases; that of ``--to`` may be a program."""
    from necp_replay.errors import UsageError
    from necp_replay.minimize.options import MinimizeOptions
    from necp_replay.minimize.part_comparison import Pair
    from necp_replay.releases.names import find_release

    if options.release is not None or options.golden is not None:
        raise UsageError(
            "--release and --golden are for differences from what is recorded or accepted",
            hint="Leave them out, or leave --from and --to out.",
        )
    opened = engine_of(options)
    old = find_release(options.from_release)
    to_release: str = options.to_release
    if options.engine is None:
        find_release(to_release)

    def record_with(fingerprint: str) -> int | None:
        from necp_replay.releases.lineage import RELEASES
        from necp_replay.replay.two_releases import DiffOptions, diff_trace

        program = None if options.engine is None else opened
        compared = DiffOptions(old, RELEASES.get(to_release), to_release, program, keep=None)
        report = diff_trace(options.trace, options.trace.stem, compared)
        for example in report.examples:
            if example.fingerprint == fingerprint:
                # The number after the last record stands for the final state.
                return example.record or report.records + 1
        return None

    expected = partial(_expected_machine, old, options.record_limit)
    actual = partial(_actual_engine, opened, to_release)
    return MinimizeOptions(Pair(expected, actual), to_release, old.release, record_with=record_with)


def _expected_machine(profile: Profile, record_limit_s: float | None) -> Engine:
    from necp_replay.engines.limited import limited
    from necp_replay.kernel.machine import Machine

    machine = Machine(profile)
    machine.make_missing_ids()
    return limited(machine, record_limit_s)


def _actual_engine(open_engine: EngineFactory, release: str) -> Engine:
    from necp_replay.engines.engine import MakesMissingIds

    engine = open_engine(release)
    if isinstance(engine, MakesMissingIds):
        engine.make_missing_ids()
    return engine


def _recorded(options: argparse.Namespace) -> MinimizeOptions:
    """What is recorded, or the golden where the release has no recorded outcomes."""
    from necp_replay.engines.engine import open_for_trace
    from necp_replay.errors import UsageError
    from necp_replay.minimize.options import MinimizeOptions
    from necp_replay.minimize.part_comparison import Pair
    from necp_replay.releases.names import canonical_tag
    from necp_replay.trace.header import OutcomeDetail
    from necp_replay.trace.knowledge import compares_beyond_vectors, is_full
    from necp_replay.trace.reader import TraceReader

    with TraceReader(options.trace) as reader:
        header = reader.header
    recorded_on = canonical_tag(header.release)
    release = options.release or recorded_on
    is_recorded = release == recorded_on and header.outcome_detail is not OutcomeDetail.NONE
    actual = partial(open_for_trace, engine_of(options), release, recorded_on)
    recorded = Pair(
        None,
        actual,
        beyond_vectors=compares_beyond_vectors(header),
        shown_only=not is_full(header),
    )
    if is_recorded and options.golden is None:
        golden = _golden_of(options, release)
        if golden is None or _differs(options, recorded):
            return MinimizeOptions(recorded, release)
    else:
        golden = _golden_of(options, release)
    if golden is None:
        raise UsageError(
            f"no outcome is recorded on {release}, and there is no golden",
            file=str(options.trace),
            hint="Compare two releases with --from R1 --to R2, or accept a golden first.",
        )
    return MinimizeOptions(Pair(None, actual), release, golden=golden)


def _differs(options: argparse.Namespace, recorded: Pair) -> bool:
    """Whether the wanted difference is one from what is recorded, not only from the golden."""
    from necp_replay.minimize.target import DifferenceNotFound, Wanted, find_target
    from necp_replay.trace.reader import TraceReader

    with TraceReader(options.trace) as reader:
        try:
            wanted = Wanted(options.record, options.fingerprint)
            find_target(options.trace, reader, recorded, wanted)
        except DifferenceNotFound:
            return False
    return True


def _golden_of(options: argparse.Namespace, release: str) -> Path | None:
    """The golden of the trace for a release, None if there is none.

    Raises UsageError where goldens are asked for and the trace belongs to no project.
    """
    from necp_replay.project.gather import gather
    from necp_replay.project.home import HomeOptions

    gathered = gather([options.trace], HomeOptions(options.golden, None, use_rules=False))
    if gathered.home is None and options.golden is None:
        return None
    home = gathered.home_or_refuse()
    return goldens_of(options, home).find(gathered.traces[0].name, release)
