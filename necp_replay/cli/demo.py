"""``necp-replay demo``: a small project, and a tour from its scenario to a failing replay."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from necp_replay.cli.arguments import Commands, given_path, new_command
from necp_replay.cli.say import say
from necp_replay.outcomes.safe_text import visible
from necp_replay.suite.cache_folder import VARIABLE as CACHE_VARIABLE

if TYPE_CHECKING:
    from necp_replay.starter.tour import TourStep

_EPILOG = """\
examples:
  necp-replay demo
  necp-replay demo somewhere/else

Makes a new folder with a scenario, its trace, a golden, settings of pytest and a workflow for CI.
Then it breaks the scenario, shows how the replay fails, explains why, and mends it. Each command is
printed before it runs. The folder is left as it is in the end: a project to go on with.
"""
_WIDTH = 78
_DEFAULT = Path("necp-demo")


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "demo",
        help="set up a small project and show a failing replay",
        description="Set up a small project in a new folder, and go through a failing replay and"
        " its explanation.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=given_path,
        default=_DEFAULT,
        metavar="DIR",
        help=f"the new folder (default: {_DEFAULT})",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the project and go through the tour. A step that ends as it should not ends it."""
    from necp_replay.report.style import style_for
    from necp_replay.starter.project import write_project
    from necp_replay.starter.tour import TOUR

    write_project(options.folder)
    shown = visible(str(options.folder))
    say(f"{shown} is a new project. The tour runs these commands in it:")
    style = style_for(sys.stdout)
    with _inside(options.folder):
        for number, step in enumerate(TOUR, 1):
            say("")
            for line in textwrap.wrap(f"{number}. {step.text}", _WIDTH, subsequent_indent="   "):
                say(style.paint(line, "bold"))
            status = _run_step(step, options.parse)
            if status != step.status:
                say(f"this step should end with status {step.status}, not {status}")
                return 2
    say("")
    say(f"That was all. The project is in {shown}; its README.md says how to go on.")
    return 0


def _run_step(step: TourStep, parse: Callable[[Sequence[str]], argparse.Namespace]) -> int:
    """Edit the scenario, print the command, and run it. Returns its exit status."""
    from necp_replay.files.write_together import write_together
    from necp_replay.starter.project import SCENARIO

    if step.edit is not None:
        path = Path(SCENARIO)
        write_together({path: path.read_text("utf-8").replace(*step.edit)})
    say(f"$ {shlex.join(('necp-replay', *step.command))}")
    options = parse(step.command)
    status: int = options.run(options)
    return status


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work in a folder as a person would: where CI is set, goldens could not be accepted.

    Nothing is remembered, so that the tour is the same each time.
    """
    before = Path.cwd()
    environment = {name: os.environ.get(name) for name in ("CI", CACHE_VARIABLE)}
    os.environ.pop("CI", None)
    os.environ[CACHE_VARIABLE] = ""
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        for name, value in environment.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
