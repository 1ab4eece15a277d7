"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path


def positive(text: str) -> int:
    """A whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


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
