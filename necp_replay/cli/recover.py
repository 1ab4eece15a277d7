"""``necp-replay recover``: make a complete trace of what is intact in a damaged one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

_EPILOG = """\
examples:
  necp-replay recover trace.necptrace.partial -o trace.necptrace    after a recorder was killed
  necp-replay recover damaged.necptrace -o rescued.necptrace --json

Records after a gap get new numbers, and the header of what is recovered says which are gone. The
damaged file stays as it is; the output appears when it is complete, and replaces nothing.

Exit status: 0 nothing was lost, 4 something was, 2 could not recover.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "recover",
        help="keep all that is intact in a damaged trace",
        description="Make a complete trace of what is intact in a damaged or unfinished one, and"
        " say exactly what was lost.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("damaged", metavar="DAMAGED", help="a damaged trace; - for standard input")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT")
    parser.add_argument(
        "--release", default="", metavar="R", help="the release, for a trace that lost its header"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Recover, print what was kept and lost, and return the exit status."""
    from necp_replay.cli.progress import byte_progress
    from necp_replay.cli.spool import seekable, shown_name
    from necp_replay.report.recovery_text import recovery_json, recovery_text
    from necp_replay.report.style import style_for
    from necp_replay.trace.recovery import recover

    with seekable(options.damaged) as damaged, byte_progress() as on_bytes:
        recovery = recover(damaged, options.output, release=options.release, on_bytes=on_bytes)
    names = (shown_name(options.damaged), str(options.output))
    if options.json:
        print(recovery_json(recovery, *names))
    else:
        print(recovery_text(recovery, *names, style_for(sys.stdout)))
    return 0 if recovery.is_lossless else 4
