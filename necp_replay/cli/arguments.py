"""Options that several commands share."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from necp_replay.replay.engine import EngineFactory


def positive(text: str) -> int:
    """A whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def positive_seconds(text: str) -> float:
    """A time in seconds, more than none."""
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError("must be more than 0")
    return seconds


def add_paths(parser: argparse.ArgumentParser) -> None:
    """``PATH...``: traces and folders of traces."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a .necptrace file or a folder of them"
    )


def add_golden(parser: argparse.ArgumentParser) -> None:
    """``--golden DIR``."""
    parser.add_argument(
        "--golden",
        type=Path,
        default=Path("golden"),
        metavar="DIR",
        help="folder of goldens, mirrors that of the traces (default: golden)",
    )


def add_format(parser: argparse.ArgumentParser) -> None:
    """``--format table|json``."""
    parser.add_argument(
        "--format", choices=("table", "json"), default="table", help="for people or for machines"
    )


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """``--jobs N``."""
    parser.add_argument(
        "--jobs",
        type=positive,
        default=1,
        metavar="N",
        help="replay this many traces at once (default: 1)",
    )


def add_engine(
    parser: argparse.ArgumentParser, option: str = "--engine", what: str = "replay"
) -> None:
    """``--engine CMD`` and ``--engine-limit SECONDS``."""
    parser.add_argument(
        option,
        dest="engine",
        metavar="CMD",
        help=f"{what} through this program, which speaks the engine protocol (docs/engines.md)",
    )
    parser.add_argument(
        "--engine-limit",
        type=positive_seconds,
        default=10.0,
        metavar="SECONDS",
        help="what one answer of that program may take; a trace may take 60 times that"
        " (default: 10)",
    )


def engine_of(options: argparse.Namespace) -> EngineFactory:
    """What makes engines, as the options say: our own, or a program's."""
    from necp_replay.engines.external import ExternalEngines
    from necp_replay.replay.engine import open_machine

    if options.engine is None:
        return open_machine
    return ExternalEngines(options.engine, options.engine_limit)


def trace_source(text: str) -> Path | BinaryIO:
    """The type of an argument ``TRACE`` that may be ``-``, which is standard input."""
    return sys.stdin.buffer if text == "-" else Path(text)


def add_select(parser: argparse.ArgumentParser) -> None:
    """``--select EXPR``: which records of a trace (docs/cli.md, "Selecting records")."""
    parser.add_argument(
        "--select",
        metavar="EXPR",
        help="only these records, such as '10-20', 'pid 100 and COPY_*', '#2 or errno any'",
    )
