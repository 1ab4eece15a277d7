"""An engine whose answers are large: bounded, a clear verdict, and never a status of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.process import environment
from tests.cli.workplace import NEW, Workplace
from tests.engines.programs import odd_command
from tests.examples import is_thorough

_LIMITED = """\
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (MOST, MOST))
from necp_replay.cli.main import main
sys.exit(main())
"""
_RAW = "from necp_replay.trace.call_encoding import varint\n    "
ANSWERS = {
    "60 MiB in one field": "body = b'\\x22' + varint(60 << 20) + bytes(60 << 20)",
    "60 MiB of empty messages": "body = b'\\x12' + varint(60 << 20) + b'\\x22\\x00' * (30 << 20)",
    "a million processes": "inside = b'\\x0a\\x00' * 1_000_000\n"
    "    body = b'\\x1a' + varint(len(inside)) + inside",
    "a long failure": "body = b'\\x7a' + varint((40 << 20) + 4) + b'\\x0a'"
    " + varint(40 << 20) + b'x' * (40 << 20)",
}
MORE_MEMORY = list(ANSWERS) if is_thorough() else ["a million processes"]
LIMITED = [*((name, 400) for name in ANSWERS), *((name, 1024) for name in MORE_MEMORY)]
"""Answers with the memory, in MiB, that the command has. Each answer is slow to read."""


@pytest.mark.parametrize(("answer", "limit_mib"), LIMITED, ids=str)
def test_a_large_answer_is_a_verdict(workplace: Workplace, answer: str, limit_mib: int) -> None:
    workplace.record()
    send = f"{_RAW}{ANSWERS[answer]}\n    sys.stdout.buffer.write(varint(len(body)) + body)\n"
    send += "    sys.stdout.buffer.flush()\n    time.sleep(60)"
    command = odd_command(workplace.root, send)
    limited = [sys.executable, "-c", _LIMITED.replace("MOST", str(limit_mib << 20))]
    replay = ["replay", "traces", "--release", NEW, "--engine", command, "--engine-limit", "30"]
    done = subprocess.run(
        [*limited, *replay],
        cwd=workplace.root,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "could not run" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert len(done.stdout) < 20_000
