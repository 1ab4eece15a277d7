"""``necp-replay accept``: write goldens of what the engine does now."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import add_engine, add_golden, add_paths, engine_of
from necp_replay.cli.progress import with_progress

_EPILOG = """\
examples:
  necp-replay accept traces/client/add.necptrace
  necp-replay accept traces --golden golden
  necp-replay accept traces --golden my-goldens --engine ./my-engine

Writes golden/NAME.golden, and golden/NAME@RELEASE.golden only where a release differs. Traces with
outcomes measured on real code need no golden and are passed over. With --engine only the trace's
own release is accepted. Refused while CI is set.
"""
_SHOWN_LINES = 40


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "accept",
        help="write or update goldens",
        description="Accept what the engine does now as the golden of each trace.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_paths(parser)
    add_golden(parser)
    add_engine(parser, what="accept what traces give")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write goldens, print what changed."""
    from necp_replay.golden.accept import accept_trace, is_measured, refuse_in_ci
    from necp_replay.golden.find import find_traces
    from necp_replay.golden.store import GoldenStore
    from necp_replay.report.accept_text import change_lines
    from necp_replay.report.style import style_for
    from necp_replay.report.words import counted

    refuse_in_ci()
    style = style_for(sys.stdout)
    open_engine = engine_of(options)
    # A program need not know every release; the trace's own is always among those accepted.
    releases = None if options.engine is None else ()
    goldens = GoldenStore(options.golden)
    written = unchanged = measured = 0
    for trace in with_progress(find_traces(options.paths), "trace"):
        if is_measured(trace):
            measured += 1
            continue
        changes = accept_trace(trace, goldens, releases, open_engine)
        written += len(changes)
        unchanged += not changes
        for change in changes:
            print("\n".join(change_lines(change, style, _SHOWN_LINES)))
    print(
        f"{counted(written, 'golden')} written, {counted(unchanged, 'trace')} unchanged,"
        f" {measured} measured on real code need none"
    )
    return 0
