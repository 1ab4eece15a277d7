"""Prints the report of a run in all requested forms, for `replay` and `report merge`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from necp_replay.cli.report_files import print_report, write_reports
from necp_replay.cli.say import say

if TYPE_CHECKING:
    from necp_replay.api.parts import RunPart
    from necp_replay.replay.findings.run_report import RunReport
    from necp_replay.report.next_steps import Invocation


def add_rows(parser: argparse.ArgumentParser) -> None:
    """``--verbose`` and ``--quiet``."""
    rows = parser.add_mutually_exclusive_group()
    rows.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="list every trace, however many there are, and all differences",
    )
    rows.add_argument(
        "-q", "--quiet", action="store_true", help="list only traces that do not pass"
    )


def print_run(
    options: argparse.Namespace,
    run: RunReport,
    words: Sequence[str],
    invocation: Callable[[], Invocation],
    part: RunPart | None = None,
) -> int:
    """Write and print the reports. Returns the exit status.

    ``words`` are paths and options for suggested commands. ``invocation`` has the same; it imports
    what most runs do not need. ``part`` is written into the JSON of a shard.
    """
    from necp_replay.cli.trace_errors import check_foreseen, say_errors
    from necp_replay.outcomes.report_table import notable_of
    from necp_replay.replay.findings.kept_examples import EXAMPLES, keep_examples

    stored = None
    if part is not None and run.shard is not None and options.format == "json":
        import json

        from necp_replay.api.plain import to_plain
        from necp_replay.api.stored import part_to_json

        whole = {"part": part_to_json(part), "invocation": to_plain(invocation())}
        stored = json.dumps(whole, separators=(",", ":"))
    write_reports(options, run, EXAMPLES, () if options.html is None else invocation().options)
    if stored is not None:
        for trace in notable_of(run.traces):
            keep_examples(trace, EXAMPLES)
    if options.format == "json":
        from necp_replay.report.replay_json import replay_json_pieces

        for piece in replay_json_pieces(run, stored):
            say(piece, end="")
        say()
        say_errors(run.traces)
    else:
        print_report(_text_of(run, options, words, invocation), options)
    check_foreseen(run.traces)
    return run.exit_status


def _text_of(
    run: RunReport,
    options: argparse.Namespace,
    words: Sequence[str],
    invocation: Callable[[], Invocation],
) -> str:
    from necp_replay.report.replay_text import Rows, replay_text
    from necp_replay.report.rules_text import rules_text
    from necp_replay.report.scope_text import scope_text
    from necp_replay.report.style import style_for
    from necp_replay.report.without_golden import without_golden_text

    rows = Rows.AUTOMATIC
    if options.verbose or options.quiet:
        rows = Rows.EVERY if options.verbose else Rows.FAILED
    style = style_for(sys.stdout)
    parts = [
        replay_text(run, style, rows),
        rules_text(run, style, words),
        scope_text(run, style),
        without_golden_text(run, style),
    ]
    if run.exit_status:
        from necp_replay.report.next_steps import next_steps

        parts.append(next_steps(run, style, invocation()))
    return "\n\n".join(part for part in parts if part)
