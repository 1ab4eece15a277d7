"""Compares the cost of a captured call with that of one that is not captured.

    python -m tests.capture.measure_cost

A call copies 16 bytes out and has a buffer of 512. The library that answers stands in for the
system. Runs with and without capture take turns; the fastest of each counts.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from necp_replay.capture.recording import create_recording
from necp_replay.capture.run import capture_environment
from tests.capture.built import built_programs


def measured_ns(calls: int, runs: int) -> tuple[float, float]:
    """Processor time of one call in nanoseconds: alone, and captured."""
    built = built_programs()
    alone, captured = [], []
    with tempfile.TemporaryDirectory() as name:
        recording = Path(name) / "recording"
        for _ in range(runs):
            alone.append(float(built.run("cost", str(calls)).stdout))
            create_recording(recording, 1 << 30)
            variables = capture_environment(built.library, recording)
            captured.append(float(built.run("cost", str(calls), **variables).stdout))
            recording.unlink()
    return min(alone), min(captured)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what capturing a call costs.")
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    alone, captured = measured_ns(options.calls, options.runs)
    print(f"{alone:,.0f} ns a call, {captured:,.0f} ns captured: {captured / alone:.2f} times")
    return 0


if __name__ == "__main__":
    sys.exit(main())
