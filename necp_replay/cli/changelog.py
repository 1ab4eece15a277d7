"""``necp-replay changelog``: release notes of behaviour between two releases."""

from __future__ import annotations

import argparse

from necp_replay.cli.arguments import (
    Commands,
    add_format_json,
    given_path,
    new_command,
    release_name,
)
from necp_replay.cli.progress import with_progress
from necp_replay.cli.report_files import check_report_file
from necp_replay.cli.say import say

_EPILOG = """\
examples:
  necp-replay changelog macos-10.13.3 macos-10.13.4
  necp-replay changelog macos-10.15.4 macos-11.3 --traces traces/differences
  necp-replay changelog macos-10.15.4 macos-11.3 --html changes.html
  necp-replay changelog xnu-4570.41.2 xnu-4570.51.1 --format json

Each fact that a release changed is one entry: what the older and the newer release do, the upstream
function, and whether programs can see it. With --traces, an entry has the smallest example that
the traces named by the fact give.
Exit status: 0 written, 2 could not run.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "changelog",
        help="write release notes of behaviour between two releases",
        description="Write what changed from one release to another, release by release, as"
        " Markdown, JSON or an HTML page.",
        epilog=_EPILOG,
    )
    parser.add_argument("old", type=release_name, metavar="R1", help="the older release")
    parser.add_argument("new", type=release_name, metavar="R2", help="the newer release")
    parser.add_argument(
        "--traces",
        type=given_path,
        metavar="DIR",
        help="the folder with the traces that facts name; without it there are no examples",
    )
    parser.add_argument(
        "--html", type=given_path, metavar="FILE", help="also write the notes as an HTML page"
    )
    add_format_json(parser, "markdown")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the notes."""
    from necp_replay.changelog.entries import changelog_step
    from necp_replay.errors import UsageError
    from necp_replay.files.atomic import write_text
    from necp_replay.releases.lineage import steps
    from necp_replay.releases.names import find_release
    from necp_replay.report.changelog_html import changelog_html
    from necp_replay.report.changelog_json import changelog_json
    from necp_replay.report.changelog_markdown import changelog_markdown

    old, new = find_release(options.old).release, find_release(options.new).release
    if old == new:
        raise UsageError(f"nothing changed from {old} to itself", hint="Name two releases.")
    if options.traces is not None and not options.traces.is_dir():
        raise UsageError(
            "there is no such folder",
            file=str(options.traces),
            hint="Name the folder of the traces that facts name, such as traces/differences.",
        )
    if options.html is not None:
        check_report_file(options.html)
    pairs = steps(old, new)
    found = [
        changelog_step(before, after, options.traces)
        for before, after in with_progress(pairs, "release", len(pairs))
    ]
    if options.html is not None:
        write_text(options.html, changelog_html(found))
    if options.json:
        say(changelog_json(found))
    else:
        traces = None if options.traces is None else options.traces.as_posix()
        say(changelog_markdown(found, traces).rstrip("\n"))
    return 0
