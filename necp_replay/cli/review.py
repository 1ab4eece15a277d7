"""``necp-replay review``: decide about each difference between goldens and current outcomes."""

from __future__ import annotations

import argparse
import shutil
import sys
from functools import partial

from necp_replay.cli.arguments import (
    Commands,
    add_engine,
    add_golden,
    add_rules,
    day_of,
    engine_of,
    gathered_of,
    given_path,
    goldens_of,
    new_command,
)
from necp_replay.cli.say import say
from necp_replay.outcomes.safe_text import visible

_EPILOG = """\
examples:
  necp-replay review
  necp-replay review traces/client
  necp-replay review traces --golden my-goldens --engine ./my-engine

Shows every record whose outcome differs from its golden, old and new side by side, and asks whether
to accept it, reject it, skip it, or accept all differences of the same kind. Goldens are written
after the last decision. Quitting asks before it writes; interrupting writes nothing. Differences
that necp-replay.toml expects are not shown. Without a terminal use `necp-replay accept` with
--dry-run, --fingerprint and --only. Refused while CI is set.
Exit status: 0 no difference is left, 1 some are left, 2 could not run.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "review",
        help="decide about each difference from goldens",
        description="Show each difference between goldens and the current outcomes, and accept or"
        " reject it.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "paths",
        nargs="*",
        type=given_path,
        metavar="PATH",
        help="a .necptrace file or a folder of them (default: the project's traces)",
    )
    add_golden(parser)
    add_rules(parser)
    add_engine(parser, what="review the outcomes of traces replayed")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Ask about each difference, write what was accepted, and print what is left."""
    from necp_replay.accept.acceptance import pending_of
    from necp_replay.accept.decisions import Decision, Review
    from necp_replay.accept.plan import FileChange, apply_changes, plan_pending, refuse_in_ci
    from necp_replay.cli.review_dialog import Ending, Screen, hold_review
    from necp_replay.cli.review_keys import terminal_keys
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.replay.progress import TraceProgress
    from necp_replay.report.style import style_for
    from necp_replay.report.words import counted
    from necp_replay.rules.book import RuleBook

    refuse_in_ci()
    gathered = gathered_of(options, makes_goldens=True)
    goldens = goldens_of(options, gathered.home_or_refuse())
    errors = TraceErrors()
    with terminal_keys(sys.stdin) as read_key:
        traces = gathered.traces
        with TraceProgress(len(traces), is_shown=sys.stderr.isatty()) as progress:
            pending = pending_of(
                progress.each(traces),
                goldens,
                RuleBook(gathered.rules, day_of(options)),
                engine_of(options),
                releases=None if options.engine is None else (),
                on_records=progress.on_records,
                failed=errors.errors,
            )
        review = Review([change for each in pending for change in each.changes])
        if not review.changes:
            if not errors.errors:
                say("nothing to review: every golden agrees with the current outcomes")
            return errors.status(0)
        size = shutil.get_terminal_size()
        screen = Screen(size.columns, size.lines, style_for(sys.stdout))
        ending = hold_review(review, read_key, _say, screen)
    if ending is Ending.LEFT:
        say("left early; nothing was written")
        return errors.status(1)
    accepted = review.accepted()
    written, removed = 0, 0
    for each in pending:
        changes: list[FileChange] = []
        with errors.of(each.trace.path):
            changes = plan_pending(each, goldens, accepted)
        if not errors.attempt(each.trace.path, partial(apply_changes, changes)):
            continue
        for change in changes:
            say(f"{change.verb} {visible(str(change.path))}")
            written += change.after is not None
            removed += change.after is None
    left = len(review.changes) - review.count(Decision.ACCEPT)
    say(
        f"{counted(written, 'golden')} written{f', {removed:,} removed' if removed else ''}:"
        f" {', '.join(f'{review.count(each)} {each.value}' for each in Decision)}"
    )
    return errors.status(1 if left else 0)


def _say(text: str) -> None:
    say(text, end="")
    sys.stdout.flush()
