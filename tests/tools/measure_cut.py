"""Measures how long cuts of single records take, and how much they keep: `make bench-cut`.

python -m tests.tools.measure_cut --records 200000 --cuts 10
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from necp_replay.generate.trace import write_generated
from necp_replay.report.table import left, right, table
from necp_replay.tools.cut import cut
from necp_replay.tools.select import parse_selection
from necp_replay.tools.slicing import REACH_NAMES
from tests.tools.recorded import NEW


def main() -> None:
    """Generate a trace, cut some of its records, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--cuts", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rows = []
    with TemporaryDirectory() as folder:
        trace = Path(folder, "whole.necptrace")
        write_generated(trace, NEW, seed=options.seed, records=options.records, mix="everything")
        choices = random.Random(options.seed)
        for number in sorted(choices.sample(range(1, options.records + 1), options.cuts)):
            started = time.perf_counter()
            output = Path(folder, f"{number}.necptrace")
            report = cut(trace, parse_selection(f"{number}"), output)
            seconds = f"{time.perf_counter() - started:.1f}"
            rows.append((number, report.kept, report.attempts, seconds, REACH_NAMES[report.reach]))
    columns = [*right("record", "kept", "parts replayed", "s"), *left("kept")]
    print(table(columns, rows))


if __name__ == "__main__":
    main()
