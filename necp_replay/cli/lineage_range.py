"""The options ``--from`` and ``--to`` of commands that compare all releases of a range."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from necp_replay.cli.arguments import release_name

if TYPE_CHECKING:
    from necp_replay.releases.profile import Profile


def add_range(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    for option, name, which in (("--from", "first", "oldest"), ("--to", "last", "newest")):
        parser.add_argument(
            option,
            dest=f"{name}_release",
            type=release_name,
            metavar="R",
            help=f"the {name} release (default: the {which} modelled one)",
        )


def profiles_of(options: argparse.Namespace) -> list[Profile]:
    """The profiles of the releases from one to the other along the lineage, both included.

    Raises UsageError for a release that is not modelled, and for a range of one.
    """
    from necp_replay.errors import UsageError
    from necp_replay.releases.lineage import NEWEST, OLDEST, RELEASES, path
    from necp_replay.releases.names import find_release

    ends = [
        default if given is None else find_release(given).release
        for given, default in ((options.first_release, OLDEST), (options.last_release, NEWEST))
    ]
    if ends[0] == ends[1]:
        raise UsageError(
            f"there is nothing to compare {ends[0]} with",
            hint="Give two different releases for --from and --to, or leave both out.",
        )
    return [RELEASES[tag] for tag in path(*ends)]
