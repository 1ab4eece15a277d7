"""Fuzzes commands: hostile arguments, streams, environments, limits, file systems and signals.

    python -m tests.fuzz.fuzz_commands --seconds 60
    python -m tests.fuzz.fuzz_commands --seed 1 --case 17

Runs cases of a seed, one after the other, until the time is over or `--cases` were run. Prints each
case with a complaint, and ends with status 1 if there was one.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.fuzz.command_cases import Case, draw_case
from tests.fuzz.command_run import can_mount, complaints, make_project


def fuzz(
    seed: int, cases: Iterable[int], seconds: float, *, folder: Path | None = None
) -> Iterator[tuple[Case, list[str]]]:
    """Run cases of a seed within a time, and give each with its complaints."""
    deadline_s = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="fuzz-project-", dir=folder) as name:
        project = Path(name) / "project"
        make_project(project)
        for number in cases:
            if time.monotonic() > deadline_s:
                return
            case = draw_case(seed, number)
            yield case, list(complaints(project, case))


def main() -> int:
    """Fuzz as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--case", type=int, help="run this one only")
    options = parser.parse_args()
    cases = range(options.cases)
    if options.case is not None:
        cases = range(options.case, options.case + 1)
    if not can_mount():
        print("not tried: tiny file systems, which need root on Linux")
    ran = complained = 0
    os.environ.pop("CI", None)
    for case, found in fuzz(options.seed, cases, options.seconds):
        ran += 1
        if options.case is not None or found:
            print(ascii(case.described())[1:-1])
        for complaint in found:
            complained += 1
            print(f"  {ascii(complaint)[1:-1]}", flush=True)
    print(f"seed {options.seed}: {ran} cases, {complained} complaints")
    return 1 if complained else 0


if __name__ == "__main__":
    sys.exit(main())
