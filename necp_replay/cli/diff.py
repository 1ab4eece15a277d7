"""``necp-replay diff``: the same traces on two releases, side by side."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import add_engine, add_format, add_paths, engine_of, positive
from necp_replay.cli.progress import with_progress

_EPILOG = """\
examples:
  necp-replay diff traces --from xnu-4570.41.2 --to xnu-4570.51.1
  necp-replay diff traces/client/remove.necptrace --from xnu-4570.41.2 --to xnu-4570.51.1 \\
      --format json
  necp-replay diff traces --from xnu-4570.51.1 --to xnu-4570.51.1 --to-engine ./my-engine

Exit status: 0 no difference, 1 some, 2 could not run.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "diff",
        help="replay traces on two releases, show where they differ",
        description="Replay traces on two releases and show where their outcomes differ.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_paths(parser)
    parser.add_argument("--from", dest="from_release", required=True, metavar="R1")
    parser.add_argument("--to", dest="to_release", required=True, metavar="R2")
    add_engine(parser, "--to-engine", "replay --to")
    parser.add_argument(
        "--limit",
        type=positive,
        default=20,
        metavar="N",
        help="show this many differing records of each trace (default: 20)",
    )
    add_format(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Replay on both, print, and return the exit status."""
    from necp_replay.diff.releases import diff_trace
    from necp_replay.golden.find import find_traces
    from necp_replay.releases.facts import find_release
    from necp_replay.report.diff_text import diff_json, diff_text
    from necp_replay.report.style import style_for

    releases = (options.from_release, options.to_release)
    open_to = engine_of(options)
    for release in releases if options.engine is None else releases[:1]:
        find_release(release)
    diffs = [
        diff_trace(trace.path, *releases, limit=options.limit, open_to=open_to)
        for trace in with_progress(find_traces(options.paths), "trace")
    ]
    if options.format == "json":
        print(diff_json(diffs, *releases))
    else:
        print(diff_text(diffs, *releases, style_for(sys.stdout)))
    if any(diff.error is not None for diff in diffs):
        return 2
    return 1 if any(diff.different for diff in diffs) else 0
