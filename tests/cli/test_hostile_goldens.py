"""A hostile golden is refused before it takes more than 1 GiB of memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.process import environment
from tests.cli.workplace import Workplace

_LIMITED = """\
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
from necp_replay.cli.main import main
sys.exit(main())
"""


def _nested(depth: int) -> str:
    return "".join(f"{'  ' * level}a\n" for level in range(1, depth + 1))


HOSTILE = {
    "nested 3,000 deep": (lambda: _nested(3000), "nested more than 100 levels"),
    "63 MiB of short lines": (lambda: "  a\n" * (63 << 18), "more than 1,000,000 lines"),
    "63 MiB of long lines": (lambda: f"  {'k' * (15 << 20)}\n" * 4 + "  a\n", "more than 32 MiB"),
    "a line of 17 MiB": (lambda: f"  {'k' * (17 << 20)}\n", "a line of more than 16 MiB"),
}


@pytest.fixture
def accepted(workplace: Workplace) -> Workplace:
    """A trace with a golden for all releases."""
    workplace.write("s.py", "def one(system):\n    system.add_process(1).necp_open()\n")
    assert workplace.run("record", "s.py", "-o", "traces").status == 0
    assert workplace.run("accept", "traces").status == 0
    return workplace


def limited(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command within 1 GiB."""
    return subprocess.run(
        [sys.executable, "-c", _LIMITED, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("place", ["record", "final state"])
@pytest.mark.parametrize(("lines", "said"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_golden_is_refused(
    accepted: Workplace, lines: Callable[[], str], said: str, place: str
) -> None:
    golden = accepted.root / "golden" / "one.golden"
    head, mark, tail = golden.read_text("utf-8").partition("final state\n")
    golden.write_text(
        head + lines() + mark + tail if place == "record" else head + mark + lines(), "utf-8"
    )
    done = limited(accepted.root, "replay", "traces")
    assert done.returncode == 2, done
    assert said in done.stdout
    assert "golden/one.golden: line" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param(_nested(3000), "nested more than 100 levels", id="nested"),
        pytest.param("  a\n" * 1_000_001, "more than 1,000,000 lines", id="a long record"),
        pytest.param("  a\n" * 4_000_001, "more than 4,000,000 lines", id="long"),
    ],
)
def test_accepting_one_kind_reads_no_hostile_golden(
    accepted: Workplace, lines: str, said: str
) -> None:
    golden = accepted.root / "golden" / "one.golden"
    text = golden.read_text("utf-8").replace("final state\n", f"{lines}final state\n")
    golden.write_text(text, "utf-8")
    done = limited(accepted.root, "accept", "traces", "--fingerprint", "x")
    assert done.returncode == 2
    assert "golden/one.golden" in done.stderr
    assert said in done.stderr
    assert golden.read_text("utf-8") == text


def test_the_largest_record_that_is_read_stays_within_1_gib(accepted: Workplace) -> None:
    golden = accepted.root / "golden" / "one.golden"
    head, mark, tail = golden.read_text("utf-8").partition("final state\n")
    line = f"  {'k' * 20}: 12345\n"
    golden.write_text(head + line * 999_999 + mark + tail, "utf-8")
    done = limited(accepted.root, "replay", "traces")
    assert done.returncode == 1, done.stdout + done.stderr


def test_a_golden_without_end_is_no_golden(accepted: Workplace) -> None:
    golden = accepted.root / "golden" / "one.golden"
    golden.unlink()
    golden.symlink_to("/dev/zero")
    done = limited(accepted.root, "replay", "traces")
    assert done.returncode == 2
    assert "golden/one.golden: is neither a regular file nor a link to one" in done.stdout
