"""The processes in which a benchmark measures end with it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.process import COMMAND, environment
from tests.processes.survivors import survivors, survivors_later


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_benchmark_that_is_ended_leaves_no_process(
    tmp_path: Path, number: signal.Signals
) -> None:
    mark = f"BENCH_MARK={tmp_path.name}-{os.getpid()}"
    env = environment(dict([mark.split("=")]))
    with subprocess.Popen(
        [*COMMAND, "bench", "--records", "20000", "--mix", "add"],
        cwd=tmp_path,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        deadline_s = time.monotonic() + 30
        while len(survivors(mark)) < 2 and time.monotonic() < deadline_s:
            time.sleep(0.02)
        assert len(survivors(mark)) >= 2
        process.send_signal(number)
        assert process.wait(20) in (-number, 128 + number)
    assert survivors_later(mark) == []
