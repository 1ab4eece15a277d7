"""A hostile golden is refused before it takes more than 1 GiB of memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.process import environment
from tests.cli.workplace import Workplace
from tests.examples import is_thorough

_LIMITED = """\
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
from necp_replay.cli.main import main
sys.exit(main())
"""


def _nested(depth: int) -> str:
    return "".join(f"{'  ' * level}a\n" for level in range(1, depth + 1))


HOSTILE: dict[str, tuple[Callable[[], str], str]] = {
    "nested 3,000 deep": (lambda: _nested(3000), "nested more than 100 levels"),
    "63 MiB of short lines": (lambda: "  a\n" * (63 << 18), "more than 1,000,000 lines"),
    "63 MiB of long lines": (lambda: f"  {'k' * (15 << 20)}\n" * 4 + "  a\n", "more than 32 MiB"),
    "a line of 17 MiB": (lambda: f"  {'k' * (17 << 20)}\n", "a line of more than 16 MiB"),
}


LARGE = [(999_999, 1024)] if is_thorough() else [(200_000, 324)]
"""Lines of a record, and the memory for them: all, or a fifth besides what the command takes."""


@pytest.fixture
def accepted(workplace: Workplace) -> Workplace:
    """A trace with a golden for all releases."""
    workplace.write("s.py", "def one(system):\n    system.add_process(1).necp_open()\n")
    assert workplace.run("record", "s.py", "-o", "traces").status == 0
    assert workplace.run("accept", "traces").status == 0
    return workplace


def limited(
    folder: Path, *arguments: str, memory_mib: int = 1024
) -> subprocess.CompletedProcess[str]:
    """Run a command within 1 GiB."""
    return subprocess.run(
        [sys.executable, "-c", _LIMITED.replace("MEMORY", str(memory_mib << 20)), *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_hostile_goldens_are_refused(accepted: Workplace) -> None:
    golden = accepted.root / "golden" / "one.golden"
    trace = accepted.root / "traces" / "one.necptrace"
    head, mark, tail = golden.read_text("utf-8").partition("final state\n")
    expected = {}
    for number, (lines, said) in enumerate(HOSTILE.values()):
        for place in ("record", "final"):
            name = f"{place}{number}"
            expected[name] = said
            trace.with_stem(name).write_bytes(trace.read_bytes())
            parts = [head, lines(), mark, tail] if place == "record" else [head, mark, lines()]
            golden.with_stem(name).write_text("".join(parts), "utf-8")
    done = limited(accepted.root, "replay", "traces", "--format", "json")
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    for each in json.loads(done.stdout)["per_trace"]:
        name = Path(each["path"]).stem
        if name == "one":
            assert each["verdict"] == "identical"
        else:
            assert each["verdict"] == "error"
            assert f"golden/{name}.golden: line" in each["error"]
            assert expected.pop(name) in each["error"]
    assert not expected


def test_accepting_one_kind_reads_no_hostile_golden(accepted: Workplace) -> None:
    golden = accepted.root / "golden" / "one.golden"
    trace = accepted.root / "traces" / "one.necptrace"
    hostile = {
        "nested": (_nested(3000), "nested more than 100 levels"),
        "long_record": ("  a\n" * 1_000_001, "more than 1,000,000 lines"),
        "long": ("  a\n" * 4_000_001, "more than 4,000,000 lines"),
    }
    texts = {}
    for name, (lines, _) in hostile.items():
        text = golden.read_text("utf-8").replace("final state\n", f"{lines}final state\n")
        golden.with_stem(name).write_text(text, "utf-8")
        trace.with_stem(name).write_bytes(trace.read_bytes())
        texts[name] = text
    done = limited(accepted.root, "accept", "traces", "--fingerprint", "x")
    assert done.returncode == 2
    for name, (_, said) in hostile.items():
        (line,) = [line for line in done.stderr.splitlines() if f"golden/{name}.golden" in line]
        assert said in line
        assert golden.with_stem(name).read_text("utf-8") == texts[name]


@pytest.mark.parametrize(("lines", "memory_mib"), LARGE)
def test_the_largest_record_that_is_read_stays_within_1_gib(
    accepted: Workplace, lines: int, memory_mib: int
) -> None:
    golden = accepted.root / "golden" / "one.golden"
    head, mark, tail = golden.read_text("utf-8").partition("final state\n")
    line = f"  {'k' * 20}: 12345\n"
    golden.write_text(head + line * lines + mark + tail, "utf-8")
    done = limited(accepted.root, "replay", "traces", memory_mib=memory_mib)
    assert done.returncode == 1, done.stdout + done.stderr


def test_accepting_again_compares_no_hostile_golden_by_lines(accepted: Workplace) -> None:
    golden = accepted.root / "golden" / "one.golden"
    right = golden.read_text("utf-8")
    for lines in ("  a\n" * 1_200_000, f"  {'k' * (33 << 20)}\n"):
        golden.write_text(right.replace("final state\n", f"{lines}final state\n"), "utf-8")
        done = limited(accepted.root, "accept", "traces", memory_mib=512)
        assert done.returncode == 0, done.stderr
        assert "too long to compare" in done.stdout
        assert golden.read_text("utf-8") == right


def test_a_golden_without_end_is_no_golden(accepted: Workplace) -> None:
    golden = accepted.root / "golden" / "one.golden"
    golden.unlink()
    golden.symlink_to("/dev/zero")
    done = limited(accepted.root, "replay", "traces")
    assert done.returncode == 2
    assert "golden/one.golden: is neither a regular file nor a link to one" in done.stdout
