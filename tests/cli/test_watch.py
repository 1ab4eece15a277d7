"""`record --watch`: again after each change, with what changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.workplace import SCENARIO, Workplace


def test_a_scenario_that_changes_is_recorded_again_and_compared(tmp_path: Path) -> None:
    source = tmp_path / "remove.py"
    source.write_text(SCENARIO, "utf-8")
    words = ["record", str(source), "-o", str(tmp_path / "traces"), "--watch"]
    words += ["--release", "xnu-4570.51.1"]
    with subprocess.Popen(
        [sys.executable, "-m", "necp_replay", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
    ) as watching:
        assert watching.stdout is not None

        def until_it_waits() -> str:
            lines = []
            for line in watching.stdout or ():
                lines.append(line)
                if line.startswith("waiting for changes"):
                    break
            return "".join(lines)

        try:
            assert "remove_twice.necptrace: 9 records on xnu-4570.51.1, new" in until_it_waits()
            source.write_text(SCENARIO.replace("    client.copy_result()\n", ""), "utf-8")
            changed = until_it_waits()
            (tmp_path / "helper.py").write_text("", "utf-8")
            beside = until_it_waits()
            source.write_text("def broken(system): pass\nraise ValueError\n", "utf-8")
            failed = until_it_waits()
            watching.send_signal(signal.SIGINT)
            watching.communicate(timeout=20)
        finally:
            watching.kill()
    assert "8 records on xnu-4570.51.1, changed" in changed
    assert "what changed in" in changed
    assert "COPY_RESULT" in changed
    assert "remove_twice.necptrace before: 9 records" in changed
    assert "8 records on xnu-4570.51.1, unchanged" in beside
    assert "ValueError" in failed
    assert watching.returncode == 130


def test_what_never_ends_has_no_json(workplace: Workplace) -> None:
    printed = workplace.run("record", ".", "-o", "traces", "--watch", "--format", "json")
    assert (printed.status, printed.out) == (2, "")
    assert "--watch never ends" in printed.err
