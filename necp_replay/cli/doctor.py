"""``necp-replay doctor``: what is wrong with a trace, and where."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

_EPILOG = """\
examples:
  necp-replay doctor trace.necptrace             check everything that can be checked
  necp-replay doctor old/*.necptrace             several, each with its findings
  necp-replay doctor trace.necptrace --json | jq '.per_trace[].findings[]'

An error is damage, or what cannot be; a warning is hardly meant; a note is worth knowing, like an
fd that was opened before the trace began.

Exit status: 0 no errors, 1 some, 2 unreadable or no trace at all.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "doctor",
        help="check everything that can be checked of a trace",
        description="Check a trace: structure, checksums, order, index, header, outcomes that"
        " cannot be, ids and fds used before they exist.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("traces", nargs="+", type=Path, metavar="TRACE")
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Examine each trace, print what was found, and return the exit status."""
    from tqdm import tqdm

    from necp_replay.errors import TraceError
    from necp_replay.report.doctor_text import doctor_error_text, doctor_json, doctor_text
    from necp_replay.report.style import style_for
    from necp_replay.tools.doctor import Examination, examine

    style = style_for(sys.stdout)
    results: list[tuple[str, Examination | TraceError]] = []
    for path in options.traces:
        shown: Examination | TraceError
        with tqdm(
            unit="B", unit_scale=True, disable=not sys.stderr.isatty(), leave=False, delay=2
        ) as bar:
            try:
                shown = examine(path, on_bytes=bar.update)
            except TraceError as error:
                shown = error
        results.append((str(path), shown))
        if not options.json:
            if isinstance(shown, TraceError):
                print(doctor_error_text(str(path), shown, style))
            else:
                print(doctor_text(shown, style))
    if options.json:
        print(doctor_json(results))
    if any(isinstance(found, TraceError) for _, found in results):
        return 2
    healthy = all(isinstance(found, Examination) and found.is_healthy for _, found in results)
    return 0 if healthy else 1
