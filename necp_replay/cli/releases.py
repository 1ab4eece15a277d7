"""``necp-replay releases``: list the modelled releases, or the facts that differ between two."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from necp_replay.cli.arguments import (
    Commands,
    add_format,
    add_jobs,
    given_path,
    new_command,
    release_name,
    traces_below,
)
from necp_replay.cli.say import say, say_prose

if TYPE_CHECKING:
    from necp_replay.releases.profile import Profile
    from necp_replay.replay.findings.groups import Group

_EPILOG = """\
examples:
  necp-replay releases
  necp-replay releases diff xnu-4570.41.2 xnu-4570.51.1
  necp-replay releases diff xnu-4570.41.2 xnu-4570.51.1 --traces traces --jobs 2

Exit status of diff: 0 the same facts, 1 some differ, 2 could not run.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "releases",
        help="list the modelled releases, or the facts that differ between two",
        description="List the modelled releases and the system versions that shipped with them. Or"
        " list the facts that differ between two releases.",
        epilog=_EPILOG,
    )
    add_format(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    diff = actions.add_parser("diff", help="list the facts that differ between two releases")
    diff.add_argument("old", type=release_name, metavar="R1", help="the older release")
    diff.add_argument("new", type=release_name, metavar="R2", help="the newer release")
    diff.add_argument(
        "--traces",
        type=given_path,
        action="append",
        metavar="PATH",
        help="replay these traces on both releases, and list where each fact makes a difference",
    )
    add_jobs(diff)
    add_format(diff)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the list, or the facts that differ."""
    from necp_replay.releases.names import find_release
    from necp_replay.releases.profile import differing_facts
    from necp_replay.report.releases import (
        facts_json,
        facts_text,
        releases_json,
        releases_text,
    )
    from necp_replay.report.style import style_for

    as_json = options.format == "json"
    if options.action is None:
        say(releases_json() if as_json else releases_text())
        return 0
    old, new = find_release(options.old), find_release(options.new)
    facts = differing_facts(old, new)
    shown = None if options.traces is None else _shown(options, old, new)
    releases = (options.old, options.new)
    if as_json:
        say(facts_json(facts, releases, shown))
    else:
        say_prose(facts_text(facts, releases, shown, style_for(sys.stdout)))
    return 1 if facts else 0


def _shown(options: argparse.Namespace, old: Profile, new: Profile) -> dict[str, Group]:
    """The differences in traces by fact. Raises UsageError if a trace cannot be replayed."""
    from necp_replay.cli.diff import diff_traces
    from necp_replay.errors import UsageError
    from necp_replay.replay.findings.groups import group_differences
    from necp_replay.replay.two_releases import DiffOptions

    traces = traces_below(options.traces)
    found, _ = diff_traces(traces, DiffOptions(old, new, new.release), options.jobs)
    reports = [found[index] for index in sorted(found)]
    for report in reports:
        if report.error is not None:
            raise UsageError(report.error, hint=report.hint)
    return {group.key: group for group in group_differences(reports)}
