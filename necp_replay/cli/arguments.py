"""Options that several commands share."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from necp_replay.engines.engine import EngineFactory
    from necp_replay.golden.store import GoldenStore
    from necp_replay.report.next_steps import Invocation
    from necp_replay.rules.project import Project

ENGINE_LIMIT_S: Final = 10.0
"""What one answer of a program may take where nothing else is said, in seconds."""


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
        metavar="DIR",
        help="folder of goldens, mirrors that of the traces (default: what necp-replay.toml says,"
        " else golden)",
    )


def goldens_of(options: argparse.Namespace, project: Project) -> GoldenStore:
    """Where goldens are, as the options say, else the project, else in ``golden``."""
    from necp_replay.golden.store import GoldenStore

    if options.golden is not None:
        return GoldenStore(options.golden)
    if project.golden is not None:
        return GoldenStore(Path(os.path.relpath(project.golden)))
    return GoldenStore(Path("golden"))


def add_rules(parser: argparse.ArgumentParser) -> None:
    """``--rules FILE``, ``--no-rules`` and ``--date YYYY-MM-DD``."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--rules",
        type=Path,
        metavar="FILE",
        help="the file of rules (default: necp-replay.toml here or in the nearest folder above)",
    )
    which.add_argument("--no-rules", action="store_true", help="expect no difference at all")
    parser.add_argument(
        "--date",
        type=_day,
        metavar="YYYY-MM-DD",
        help="the day on which rules expire or not (default: today)",
    )


def _day(text: str) -> date:
    """A day as rules write it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2027-01-31") from None


def project_of(options: argparse.Namespace) -> Project:
    """The project's file as the options say; without rules where they say so."""
    from necp_replay.rules.project import Project, find_project_file, read_project

    path = options.rules or find_project_file(Path())
    project = Project() if path is None else read_project(path)
    return replace(project, rules=()) if options.no_rules else project


def day_of(options: argparse.Namespace) -> date:
    """The day of the run."""
    day: date | None = options.date
    return date.today() if day is None else day


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
        default=ENGINE_LIMIT_S,
        metavar="SECONDS",
        help="what one answer of that program may take; a trace may take 60 times that"
        " (default: 10)",
    )


def engine_of(options: argparse.Namespace) -> EngineFactory:
    """What makes engines, as the options say: our own, or a program's."""
    from necp_replay.engines.engine import open_machine
    from necp_replay.engines.external import ExternalEngines

    if options.engine is None:
        return open_machine
    return ExternalEngines(options.engine, options.engine_limit)


def invocation_of(options: argparse.Namespace) -> Invocation:
    """What a replay was asked for, as commands to run next repeat it."""
    from necp_replay.report.next_steps import Invocation
    from necp_replay.rules.project import FILE_NAME

    paths = tuple(map(str, options.paths))
    file = str(options.rules or FILE_NAME)
    return Invocation(paths, repeated_words(options), file, getattr(options, "release", None))


def repeated_words(options: argparse.Namespace, engine: str = "--engine") -> tuple[str, ...]:
    """Options without which a command that is to run next would mean something else.

    ``engine`` is what the option for a program is called.
    """
    limit_s: float = options.engine_limit
    given = {
        "--golden": getattr(options, "golden", None),
        engine: options.engine,
        "--engine-limit": f"{limit_s:g}" if options.engine and limit_s != ENGINE_LIMIT_S else None,
        "--rules": options.rules,
        "--date": options.date,
    }
    words = [
        word
        for option, value in given.items()
        if value is not None
        for word in (option, str(value))
    ]
    if options.no_rules:
        words.append("--no-rules")
    return tuple(words)


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
