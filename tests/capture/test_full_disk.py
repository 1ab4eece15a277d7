"""A disk that gets full while a program is captured: the program sees nothing of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.capture.built import OWN_MOUNTS, needs_compiler, needs_small_disk
from tests.capture.full_disk import CALLS

pytestmark = [needs_compiler, needs_small_disk]


@pytest.mark.parametrize(
    ("kilobytes", "is_lost"),
    [
        pytest.param(8, True, id="full after the first page"),
        pytest.param(256, True, id="full in the middle"),
        pytest.param(32_768, False, id="never full"),
    ],
)
def test_calls_are_lost_and_counted_and_the_program_goes_on(
    tmp_path: Path, kilobytes: int, is_lost: bool
) -> None:
    done = subprocess.run(
        [*OWN_MOUNTS, sys.executable, "-m", "tests.capture.full_disk", tmp_path, str(kilobytes)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["same"]
    assert report["calls"] + report["others"] + report["lost"] == 4 * CALLS + 2
    assert (report["lost"] > 0) is is_lost
    assert (report["room_left"] == 0) is is_lost
