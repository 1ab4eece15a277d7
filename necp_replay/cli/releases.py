"""``necp-replay releases``: the modelled releases, and the facts in which two of them differ."""

from __future__ import annotations

import argparse

_EPILOG = """\
examples:
  necp-replay releases
  necp-replay releases diff xnu-4570.41.2 xnu-4570.51.1
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "releases",
        help="list the modelled releases and what differs between them",
        description="List the modelled releases, or the facts in which two of them differ.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    diff = actions.add_parser("diff", help="the facts in which two releases differ")
    diff.add_argument("old", metavar="R1")
    diff.add_argument("new", metavar="R2")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the list, or the facts that differ."""
    from necp_replay.releases.chain import RELEASES
    from necp_replay.releases.facts import differing_facts, find_release

    if options.action is None:
        for release in RELEASES:
            print(release)
        return 0
    facts = differing_facts(find_release(options.old), find_release(options.new))
    for fact in facts:
        print(f"{fact.name}: {fact.old} -> {fact.new}")
        for line in fact.documentation.splitlines():
            print(f"    {line}")
    print(f"{len(facts)} facts differ")
    return 1 if facts else 0
