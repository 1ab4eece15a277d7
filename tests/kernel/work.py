"""How much work a call is, counted in lines of the project's code that run: the same everywhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import necp_replay

_PROJECT = str(Path(necp_replay.__file__).parent)


def lines_run(call: Callable[[], object]) -> int:
    """How many lines of ``necp_replay`` run during a call, loops counted each time around."""
    count = 0

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(_PROJECT):
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def worst_growth(measure: Callable[[int], int], sizes: tuple[int, ...]) -> float:
    """The largest ratio of the work for one size to that for the size before it."""
    work = [measure(size) for size in sizes]
    return max(later / earlier for earlier, later in pairwise(work))
