"""``necp-replay schema``: print the JSON Schema of what a command prints as JSON."""

from __future__ import annotations

import argparse

from necp_replay.cli.arguments import Commands, add_json, new_command
from necp_replay.cli.say import say

_EPILOG = """\
examples:
  necp-replay schema
  necp-replay schema replay
  necp-replay schema diff-files
  necp-replay schema --format json

Without a name it lists the schemas. A schema itself is JSON, with and without --format. They are of
draft 2020-12. Every output has `schema_version`; docs/json.md says what it promises.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "schema",
        help="print the JSON Schema of what a command prints as JSON",
        description="Print the JSON Schema (draft 2020-12) of what a command prints with --format"
        " json, or list the schemas.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        help="a command, or one of its schemas where it has several: diff-files, diff-releases",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the schema, or the list."""
    from necp_replay.errors import UsageError
    from necp_replay.report.json_schemas import (
        JSON_OUTPUTS,
        json_schema,
        outputs_json,
        outputs_table,
    )
    from necp_replay.report.json_text import json_text

    if options.name is None:
        say(outputs_json() if options.json else outputs_table())
        return 0
    if options.name not in JSON_OUTPUTS:
        near = [name for name in JSON_OUTPUTS if name.startswith(f"{options.name}-")]
        raise UsageError(
            f"there is no schema {options.name!a}",
            hint=f"It is one of {', '.join(near)}." if near else "`necp-replay schema` lists them.",
        )
    say(json_text(json_schema(options.name)))
    return 0
