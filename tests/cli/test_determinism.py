"""The output does not depend on the environment or on the number of jobs."""

import pytest

from tests.cli.process import run_commands
from tests.cli.workplace import NEW, OLD, Workplace

VARIANTS = {
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "hash seed 2": {"PYTHONHASHSEED": "2"},
    "time zone": {"TZ": "Pacific/Chatham", "PYTHONHASHSEED": "3"},
    "locale": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "4"},
    "ascii locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": "5"},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_goldens_and_diffs_do_not_depend_on_the_environment(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, variant: str
) -> None:
    for name in ("LC_ALL", "LANG", "TZ"):
        monkeypatch.delenv(name, raising=False)
    workplace.record()
    workplace.run("accept", "traces")
    diff = ("diff", "traces", "--from", OLD, "--to", NEW)
    expected = workplace.run(*diff).out
    accept = ("accept", "traces", "--golden", "again")
    accepted, printed = run_commands(workplace.root, [accept, diff], env=VARIANTS[variant])
    assert (accepted.returncode, printed.returncode) == (0, 1), (accepted, printed)
    for golden in sorted((workplace.root / "golden").iterdir()):
        assert (workplace.root / "again" / golden.name).read_bytes() == golden.read_bytes()
    assert printed.stdout == expected


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
