"""``necp-replay completion``: print the script by which a shell completes commands and options."""

from __future__ import annotations

import argparse

from necp_replay.cli.arguments import Commands, new_command
from necp_replay.cli.say import say

_EPILOG = """\
examples:
  necp-replay completion bash > ~/.local/share/bash-completion/completions/necp-replay
  necp-replay completion zsh > ~/.zfunc/_necp-replay
  necp-replay completion tcsh >> ~/.cshrc

It needs the extra `completion`: pip install 'necp-replay[completion]'.
"""
_SHELLS = ("bash", "zsh", "tcsh", "fish")


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "completion",
        help="print a script for a shell to complete commands",
        description="Print the script by which a shell completes commands, options and paths.",
        epilog=_EPILOG,
    )
    parser.add_argument("shell", choices=_SHELLS, help="the shell")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the script."""
    from necp_replay.errors import UsageError

    try:
        import shtab
    except ImportError:
        raise UsageError(
            "completion needs shtab, which is not installed",
            hint="Install the extra: pip install 'necp-replay[completion]'.",
        ) from None
    if options.shell not in shtab.SUPPORTED_SHELLS:
        raise UsageError(
            f"the shtab that is installed does not know {options.shell}",
            hint=f"It knows {', '.join(shtab.SUPPORTED_SHELLS)}. A newer one may know more.",
        )
    say(shtab.complete(options.build_parser(), shell=options.shell).rstrip("\n"))
    return 0
