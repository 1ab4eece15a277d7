"""How much work a call is, counted in lines of code that run: the same on every machine.

Counted are lines of the project and of `difflib`, which it compares texts with.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import necp_replay

_COUNTED = (str(Path(necp_replay.__file__).parent), difflib.__file__)


def lines_run(call: Callable[[], object]) -> int:
    """How many lines of code run during a call, loops counted each time around."""
    count = 0

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(_COUNTED):
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
