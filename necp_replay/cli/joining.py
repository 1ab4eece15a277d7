"""The arguments and the run that `cat` and `merge` have in common."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from necp_replay.cli.arguments import add_json, add_output, add_record_limit, engine_of, given_path
from necp_replay.cli.say import say, say_prose
from necp_replay.cli.state_hashes import say_left_out

if TYPE_CHECKING:
    from necp_replay.engines.engine import EngineFactory
    from necp_replay.tools.join import JoinReport


class Join(Protocol):
    """A function that joins traces into one."""

    def __call__(
        self,
        paths: list[Path],
        output: Path,
        *,
        open_engine: EngineFactory,
        on_records: Callable[[int], None],
    ) -> JoinReport:
        """Write the joined trace, and report what it consists of."""


def add_join_arguments(parser: argparse.ArgumentParser) -> None:
    """``TRACE...``, ``-o OUT`` and ``--format json``."""
    parser.add_argument(
        "traces", nargs="+", type=given_path, metavar="TRACE", help="the traces to join"
    )
    add_output(parser, "the trace to write")
    add_record_limit(parser)
    add_json(parser)


def run_join(options: argparse.Namespace, join: Join) -> int:
    """Join, print how many records came from which trace, and return the exit status."""
    from necp_replay.cli.progress import record_progress
    from necp_replay.report.cuts import join_json, join_text
    from necp_replay.report.style import style_for

    with record_progress() as on_records:
        report = join(
            options.traces,
            options.output,
            open_engine=engine_of(options),
            on_records=on_records,
        )
    say_left_out(*options.traces)
    if options.json:
        say(join_json(report))
    else:
        say_prose(join_text(report, style_for(sys.stdout)))
    return 4 if report.outcomes.dropped else 0
