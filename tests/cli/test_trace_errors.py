"""An error in one trace is the verdict on that trace: the others go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from necp_replay.events.inputs import Step
from necp_replay.events.interfaces import IfaceOrder
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.machine import Machine
from tests.cli.process import run_unprivileged
from tests.cli.workplace import NEW, Workplace

OTHER = "def other(system):\n    system.add_process(1).necp_open()\n"


@pytest.fixture
def two_traces(workplace: Workplace) -> Workplace:
    """Two traces that are replayed as identical."""
    workplace.record()
    workplace.write("scenarios/other.py", OTHER)
    assert workplace.run("record", "scenarios/other.py", "-o", "traces").status == 0
    assert workplace.run("accept", "traces").status == 0
    return workplace


def _broken(folder: Path) -> None:
    trace = folder / "traces" / "remove_twice.necptrace"
    trace.write_bytes(trace.read_bytes()[:-30])


def _no_trace(folder: Path) -> None:
    (folder / "traces" / "remove_twice.necptrace").write_text("version https://git-lfs x\n")


def _dangling(folder: Path) -> None:
    trace = folder / "traces" / "remove_twice.necptrace"
    trace.unlink()
    trace.symlink_to("gone.necptrace")


BREAK = pytest.mark.parametrize("break_it", [_broken, _no_trace, _dangling])


@BREAK
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_replay_goes_on_with_the_other_traces(
    two_traces: Workplace, break_it: Callable[[Path], None], jobs: str
) -> None:
    break_it(two_traces.root)
    printed = two_traces.run("replay", "traces", "--jobs", jobs, "--format", "json")
    assert printed.status == 2
    verdicts = {trace["path"]: trace["verdict"] for trace in printed.json()["per_trace"]}
    assert verdicts == {
        "traces/other.necptrace": "identical",
        "traces/remove_twice.necptrace": "error",
    }


@BREAK
def test_accept_goes_on_with_the_other_traces(
    two_traces: Workplace, break_it: Callable[[Path], None]
) -> None:
    golden = two_traces.root / "golden" / "other.golden"
    golden.unlink()
    before = (two_traces.root / "golden" / "remove_twice.golden").read_bytes()
    break_it(two_traces.root)
    printed = two_traces.run("accept", "traces")
    assert printed.status == 2
    assert "new golden/other.golden" in printed.out
    assert "remove_twice.necptrace" in printed.err
    assert golden.exists()
    assert (two_traces.root / "golden" / "remove_twice.golden").read_bytes() == before


def test_accept_goes_on_where_one_golden_cannot_be_written(two_traces: Workplace) -> None:
    golden = two_traces.root / "golden"
    (golden / "other.golden").unlink()
    (golden / "remove_twice.golden").unlink()
    (golden / "remove_twice.golden").mkdir()
    printed = two_traces.run("accept", "traces")
    assert printed.status == 2
    assert "golden/remove_twice.golden" in printed.err
    assert (golden / "other.golden").is_file()


def test_nothing_is_removed_where_a_trace_cannot_be_read(two_traces: Workplace) -> None:
    unused = two_traces.write("golden/unused.golden", "")
    _broken(two_traces.root)
    printed = two_traces.run("accept", "traces", "--remove-unused")
    assert printed.status == 2
    assert "no golden is removed" in printed.err
    assert unused.exists()


@BREAK
@pytest.mark.parametrize("command", ["doctor", "info", "coverage", "index"])
def test_other_commands_go_on(
    two_traces: Workplace, break_it: Callable[[Path], None], command: str
) -> None:
    break_it(two_traces.root)
    printed = two_traces.run(command, "traces")
    assert printed.status in (1, 2)
    assert "remove_twice.necptrace" in printed.out + printed.err
    if command in ("doctor", "info"):
        assert "other.necptrace" in printed.out
    assert not (two_traces.root / "traces" / "README.md").exists()


def test_a_trace_name_that_is_too_long_for_a_golden_is_an_error_of_that_trace(
    two_traces: Workplace,
) -> None:
    trace = two_traces.root / "traces" / "remove_twice.necptrace"
    name = "n" * (255 - len(".necptrace"))
    trace.rename(trace.with_name(f"{name}.necptrace"))
    printed = two_traces.run("replay", "traces", "--format", "json")
    verdicts = {trace["path"][:12]: trace["verdict"] for trace in printed.json()["per_trace"]}
    assert verdicts["traces/other"] == "identical"
    assert verdicts["traces/nnnnn"] != "identical"
    printed = two_traces.run("accept", "traces")
    assert printed.status == 2
    assert "File name too long" in printed.err
    assert "choose a shorter name" in printed.err


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        pytest.param(MemoryError(), 2, "not enough memory for this trace", id="memory"),
        pytest.param(RecursionError("deep"), 2, "nested too deeply", id="recursion"),
        pytest.param(OSError(5, "Input/output error"), 2, "Input/output error", id="system"),
        pytest.param(ValueError("odd"), 70, "unforeseen error: ValueError: odd", id="fault"),
    ],
)
@pytest.mark.parametrize("command", ["replay", "accept"])
def test_an_exception_concerns_one_trace_alone(
    two_traces: Workplace,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    error: Exception,
    status: int,
    said: str,
) -> None:
    submit = Machine.submit

    def fail(self: Machine, step: Step) -> Outcome:
        if isinstance(step.input, IfaceOrder):
            raise error
        return submit(self, step)

    monkeypatch.setattr(Machine, "submit", fail)
    monkeypatch.setenv("NECP_REPLAY_TRACEBACK", "why.txt")
    for golden in (two_traces.root / "golden").glob("other*"):
        golden.unlink()
    printed = two_traces.run(command, "traces")
    assert printed.status == status
    assert said in printed.out + printed.err
    assert "traces/remove_twice.necptrace" in printed.out + printed.err
    assert "other" in printed.out + printed.err
    assert Path("why.txt").exists() == (status == 70)


@pytest.mark.parametrize("obstacle", ["long name", "link", "write-protected"])
def test_of_the_goldens_of_a_trace_accept_writes_all_or_none(
    two_traces: Workplace, obstacle: str
) -> None:
    traces, goldens = two_traces.root / "traces", two_traces.root / "golden"
    name = "n" * 235 if obstacle == "long name" else "remove_twice"
    (traces / "remove_twice.necptrace").rename(traces / f"{name}.necptrace")
    for golden in goldens.glob("remove_twice*"):
        golden.unlink()
    later = goldens / f"{name}@{NEW}.golden"
    if obstacle == "link":
        (two_traces.root / "elsewhere").write_text("necp-replay golden 1\n", "utf-8")
        later.symlink_to("../elsewhere")
    elif obstacle == "write-protected":
        later.write_text("necp-replay golden 1\n", "utf-8")
        later.chmod(0o444)
    printed = two_traces.run("accept", "traces")
    assert printed.status == 2, printed
    assert not (goldens / f"{name}.golden").exists()
    assert (goldens / "other.golden").exists()


def test_a_folder_that_cannot_be_read_is_an_error_and_the_others_go_on(
    two_traces: Workplace,
) -> None:
    hidden = two_traces.root / "traces" / "hidden"
    hidden.mkdir()
    (two_traces.root / "traces" / "remove_twice.necptrace").rename(hidden / "x.necptrace")
    hidden.chmod(0)
    try:
        for command in ("replay", "accept", "doctor", "info"):
            done = run_unprivileged(two_traces.root, command, "traces")
            assert done.returncode == 2, command
            assert "traces/hidden: cannot be read: Permission denied" in done.stdout + done.stderr
            assert command == "accept" or "other.necptrace" in done.stdout
    finally:
        hidden.chmod(0o755)


def test_files_that_cannot_be_read_are_errors_and_the_others_go_on(two_traces: Workplace) -> None:
    golden = two_traces.root / "golden" / "remove_twice@xnu-4570.51.1.golden"
    assert golden.is_file()
    golden.chmod(0)
    done = run_unprivileged(two_traces.root, "replay", "traces")
    assert done.returncode == 2
    assert "Permission denied" in done.stdout
    assert "Check the permissions" in done.stdout
    assert "`necp-replay accept" not in done.stdout
    assert "traces/other.necptrace" in done.stdout


def test_an_unknown_release_is_refused_at_once_in_one_line(two_traces: Workplace) -> None:
    printed = two_traces.run("replay", "traces", "--release", "xnu-9")
    assert (printed.status, printed.out) == (2, "")
    assert printed.err.splitlines()[0] == "necp-replay: there is no release 'xnu-9'"
    assert len(printed.err.splitlines()) == 2
