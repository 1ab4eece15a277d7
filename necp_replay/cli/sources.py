"""The traces that the arguments of a command name, folders and standard input among them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from necp_replay.cli.arguments import traces_below

STANDARD_INPUT = "-"


def sources_of(arguments: Iterable[str]) -> list[str]:
    """The paths of all traces, with each folder replaced by the traces in it."""
    found: list[str] = []
    for argument in arguments:
        if argument == STANDARD_INPUT or not Path(argument).is_dir():
            found.append(argument)
        else:
            found += [str(trace.path) for trace in traces_below([Path(argument)])]
    return found
