"""Measures runs over many small traces: memory of the client, and the cost of a scheduler.

    python -m tests.cluster.measure memory --traces 100000
    python -m tests.cluster.measure overhead --traces 20000

Traces are copies of the fifty smallest measured ones. `memory` leaves out the replays, which cost
minutes and no memory of the client. `overhead` compares the processor time of `--jobs 2` with that
of a client, a scheduler and two workers, and says what these use while there is nothing to do.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from necp_replay.cli.main import main
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.trace_report import TraceReport

REPOSITORY: Final = Path(__file__).resolve().parents[2]
SMALLEST: Final = 50
FORMS: Final = {"text": ("-q",), "JSON": ("--json",), "JUnit": ("-q", "--junit", "report.xml")}
IDLE_S: Final = 20
ADDRESS: Final = ("127.0.0.1", "28786")
TICKS: Final = os.sysconf("SC_CLK_TCK")


def make_traces(folder: Path, count: int) -> None:
    """Make a project with so many small traces."""
    every = (REPOSITORY / "traces" / "measured").rglob("*.necptrace")
    small = sorted(every, key=lambda path: path.stat().st_size)[:SMALLEST]
    (folder / "necp-replay.toml").touch()
    for number in range(count):
        below = folder / "traces" / f"d{number // SMALLEST}"
        below.mkdir(parents=True, exist_ok=True)
        shutil.copy(small[number % SMALLEST], below / f"t{number % SMALLEST}.necptrace")


def replay_without_engine(words: list[str]) -> None:
    """Run a replay in this process, in which each trace is identical, and print its memory."""

    def replayed(path: Path, *_: object) -> TraceReport:
        release = "xnu-4570.41.2"
        return TraceReport(escape(str(path)), release, records=12, identical=12, seconds=0.001)

    from necp_replay.replay import parallel

    vars(parallel)["replay_trace"] = replayed
    with contextlib.redirect_stdout(io.TextIOWrapper(Path(os.devnull).open("wb"))):
        main(["replay", "traces", "--no-cache", *words])
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB")


def children_of(process: int) -> list[int]:
    """A process and all that descend from it."""
    found = [process]
    for path in Path("/proc", str(process), "task").glob("*/children"):
        for child in path.read_text().split():
            found += children_of(int(child))
    return found


def processor_s(processes: list[int]) -> float:
    """The processor time that processes have used."""
    ticks = 0
    for process in processes:
        fields = Path("/proc", str(process), "stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def client_s(folder: Path, *words: str) -> tuple[float, float]:
    """The processor time and the wall time of a replay in a process of its own."""
    command = [sys.executable, "-m", "necp_replay", "replay", "traces", "-q", "--no-cache", *words]
    before, begin_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used_s, time.monotonic() - begin_s


def print_overhead(folder: Path) -> None:
    """Print the processor time of both ways."""
    jobs_s, _ = client_s(folder, "--jobs", "2")
    print(f"--jobs 2: {jobs_s:.1f} s", flush=True)
    host, port = ADDRESS
    address = f"tcp://{host}:{port}"
    dask = shutil.which("dask", path=str(Path(sys.executable).parent)) or "dask"
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with contextlib.ExitStack() as stack:
        servers = []
        for words in (
            ("scheduler", "--host", host, "--port", port, "--no-dashboard"),
            ("worker", address, "--nworkers", "2", "--nthreads", "1", "--no-dashboard"),
        ):
            server = stack.enter_context(subprocess.Popen([dask, *words], cwd=folder, **quiet))
            stack.callback(server.terminate)
            servers.append(server.pid)
            time.sleep(IDLE_S)
        every = [each for server in servers for each in children_of(server)]
        begin_s = processor_s(every)
        time.sleep(IDLE_S)
        idle_s = (processor_s(every) - begin_s) / IDLE_S
        begin_s = processor_s(every)
        used_s, wall_s = client_s(folder, "--scheduler", address)
        servers_s = processor_s(every) - begin_s
    whole_s = used_s + servers_s
    print(
        f"--scheduler: {whole_s:.1f} s ({whole_s / jobs_s - 1:+.0%}): client {used_s:.1f}, workers"
        f" and scheduler {servers_s:.1f}, of which {idle_s * wall_s:.1f} are for {wall_s:.0f} s of"
        f" idle use"
    )


def measure() -> None:
    """Measure what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("memory", "overhead"))
    parser.add_argument("--traces", type=int, default=20_000)
    parser.add_argument("--form", choices=FORMS, help="for memory: this form alone, in place")
    options = parser.parse_args()
    if options.form is not None:
        replay_without_engine(list(FORMS[options.form]))
        return
    with tempfile.TemporaryDirectory() as name:
        make_traces(Path(name), options.traces)
        if options.what == "overhead":
            print_overhead(Path(name))
            return
        for form in FORMS:
            print(f"{options.traces:,} traces, {form}: ", end="", flush=True)
            again = [sys.executable, "-m", "tests.cluster.measure", "memory", "--form", form]
            path = os.pathsep.join((str(REPOSITORY), os.environ.get("PYTHONPATH", "")))
            subprocess.run(again, cwd=name, check=True, env={**os.environ, "PYTHONPATH": path})


if __name__ == "__main__":
    measure()
