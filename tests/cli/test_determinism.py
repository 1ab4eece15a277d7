"""The output does not depend on the environment or on the number of jobs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.workplace import NEW, OLD, Workplace

VARIANTS = {
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "hash seed 2": {"PYTHONHASHSEED": "2"},
    "time zone": {"TZ": "Pacific/Chatham", "PYTHONHASHSEED": "3"},
    "locale": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "4"},
    "ascii locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": "5"},
}


def run(folder: Path, environment: dict[str, str], *arguments: str) -> bytes:
    """Run a command as a process, and return its output."""
    inherited = {k: v for k, v in os.environ.items() if k not in ("CI", "LC_ALL", "LANG", "TZ")}
    done = subprocess.run(
        [sys.executable, "-m", "necp_replay.cli.main", *arguments],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.mark.parametrize("variant", VARIANTS)
def test_goldens_and_diffs_do_not_depend_on_the_environment(
    workplace: Workplace, variant: str
) -> None:
    workplace.record()
    workplace.run("accept", "traces")
    expected = workplace.run("diff", "traces", "--from", OLD, "--to", NEW).out
    environment = VARIANTS[variant]
    run(workplace.root, environment, "accept", "traces", "--golden", "again")
    for golden in sorted((workplace.root / "golden").iterdir()):
        assert (workplace.root / "again" / golden.name).read_bytes() == golden.read_bytes()
    printed = run(workplace.root, environment, "diff", "traces", "--from", OLD, "--to", NEW)
    assert printed.decode() == expected


def test_reports_do_not_depend_on_the_number_of_jobs(workplace: Workplace) -> None:
    path = workplace.record()
    for number in range(8):
        (workplace.root / "traces" / f"copy{number}.necptrace").write_bytes(path.read_bytes())
    workplace.run("accept", "traces")
    for golden in (workplace.root / "golden").glob("copy3*.golden"):
        golden.unlink()
    reports = []
    for jobs in ("1", "2", "5"):
        printed = workplace.run("replay", "traces", "--jobs", jobs, "--format", "json")
        report = printed.json()
        for trace in report["per_trace"]:
            del trace["seconds"]
        reports.append((printed.status, report))
    assert reports[0] == reports[1] == reports[2]
    assert reports[0][0] == 1
