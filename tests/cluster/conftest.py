"""A cluster that all tests of this folder share."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.process import environment

PROGRAM = """
import sys
from dask.distributed import LocalCluster
import dask
dask.config.set({"distributed.scheduler.allowed-failures": 1, "distributed.admin.log-length": 0})
if __name__ == "__main__":
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    print(cluster.scheduler_address, flush=True)
    sys.stdin.read()
"""


class Started:
    """A scheduler with two workers, which ends with its standard input."""

    def __init__(self, folder: Path) -> None:
        program = folder / "cluster.py"
        program.write_text(PROGRAM, "utf-8")
        self.process = subprocess.Popen(
            [sys.executable, str(program)],
            cwd=folder,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """A cluster, which is started with the first test that asks for it."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    started = Started(tmp_path_factory.mktemp("cluster"))
    yield started
    started.end()
