"""``necp-replay why``: from lines of a log to why something was dropped or failed."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import Commands, add_json, add_release, given_path, new_command
from necp_replay.cli.report_files import refuse_own_files
from necp_replay.cli.say import say
from necp_replay.outcomes.safe_text import visible
from necp_replay.outcomes.shell_text import command_line

_EPILOG = """\
examples:
  necp-replay why system.log
  necp-replay why system.log --release macos-15.5
  necp-replay why system.log --release macos-10.15 -o scenarios/dropped.py
  necp-replay why system.log --policies dump.hex
  necp-replay why system.log --format json

Logs are what `log show`, Console, Xcode or idevicesyslog print. Each kind of event about NECP is
answered once: which process, which remote, which call failed with which error, and what can be the
cause on the release. --policies names the policies that were in force: an answer of
POLICY_DUMP_ALL, a trace, or a scenario. Then each drop is evaluated, and the policy that decides is
explained. A scenario in Python is executed, so name only one that you trust.

-o writes scenarios that reproduce what the logs say. They run as they are, and say what was
assumed.

Exit status: 0 answered, 2 nothing to answer, or the policies cannot be read.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "why",
        help="answer why a log says that something was dropped or failed",
        description="Answer why logs say that connections were dropped or calls failed, and write"
        " scenarios that reproduce it.",
        epilog=_EPILOG,
    )
    parser.add_argument("logs", nargs="+", type=given_path, metavar="LOG", help="a system log")
    add_release(parser, "the release of the system (default: the newest modelled)")
    parser.add_argument(
        "--policies", type=given_path, metavar="FILE", help="the policies that were in force"
    )
    parser.add_argument(
        "-o", "--output", type=given_path, metavar="FILE.py", help="write scenarios to this file"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Answer, and write the scenarios."""
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.files.atomic import write_bytes
    from necp_replay.files.folders import make_folder
    from necp_replay.files.named_twice import refuse_named_twice
    from necp_replay.releases.lineage import NEWEST
    from necp_replay.releases.under_way import UNDER_WAY
    from necp_replay.report.explain_text import lines_for
    from necp_replay.report.releases import under_way_warning
    from necp_replay.report.style import style_for
    from necp_replay.report.why_json import why_json
    from necp_replay.report.why_text import why_text
    from necp_replay.why.answer import answer_logs

    if options.output is not None:
        refuse_own_files(options.output)
        inputs = [*((str(path), path) for path in options.logs), ("--policies", options.policies)]
        refuse_named_twice((("-o", options.output),), inputs)
    release = options.release or NEWEST
    found = answer_logs(options.logs, release, policies=options.policies)
    if found.release in UNDER_WAY:
        say(f"warning: {under_way_warning(found.release)}", stream=sys.stderr)
    target = None
    if options.output is not None and found.scenarios:
        make_folder(options.output.parent)
        write_bytes(options.output, found.scenarios.encode())
        target = visible(str(options.output))
    if options.json:
        say(why_json(found, target))
        return TraceErrors(found.errors).status(0)
    say(why_text(found, style_for(sys.stdout), lines_for(sys.stdout)))
    if options.release is None:
        say("for another system, name it: --release macos-15.5")
    if target is not None:
        words = () if options.release is None else ("--release", options.release)
        command = command_line("necp-replay", "record", options.output, "-o", "traces", *words)
        say(f"scenarios written to {target}; run them with `{command}`")
    elif options.output is not None:
        say("nothing that the logs say makes a scenario: no file is written")
    return TraceErrors(found.errors).status(0)
