"""Checkpoints of commands: made, found in the cache, and beside the trace."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from necp_replay.events.inputs import Step
from necp_replay.history import checkpoints
from necp_replay.kernel.machine import Machine
from necp_replay.kernel.saving.form import save
from necp_replay.releases.lineage import NEWEST
from necp_replay.replay import two_releases
from necp_replay.suite import engine_digest
from tests.cli.workplace import Workplace
from tests.history.long_traces import EVERY, generated, rewritten
from tests.submitted import submitted_steps

RECORDS = 130
TRACE = "long.necptrace"
BESIDE = "long.necptrace.checkpoints"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("long"), NEWEST, 3, RECORDS)


@pytest.fixture
def long(made: Path, workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    shutil.copy(made, workplace.root / TRACE)
    monkeypatch.setattr(checkpoints, "CHECKPOINT_RECORDS", EVERY)
    monkeypatch.setattr(two_releases, "KEPT_FILE_BYTES", 0)
    # The sources may have been changed a moment ago.
    monkeypatch.setattr(engine_digest, "is_settled", lambda: True)
    return workplace


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    """The steps that engines get."""
    return submitted_steps(monkeypatch)


COMMANDS = {
    "state": ("state", TRACE, "--record", "125", "--format", "json"),
    "end": ("state", TRACE),
    "explain": ("explain", TRACE, "--record", "123"),
    "client": ("explain", TRACE, "--client", "#4"),
    "select": ("explain", TRACE, "--select", "120-126", "--format", "json"),
    "step": ("step", TRACE, "--record", "123", "-c", "record", "-c", "explain", "-c", "back 90"),
    "what-if": ("step", TRACE, "-c", "to 127", "-c", "what-if drop", "-c", "more"),
    "replay": ("replay", TRACE, "--format", "json"),
    "diff": ("diff", TRACE, "--from", NEWEST, "--to", NEWEST, "--format", "json"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_prints_the_same_from_checkpoints_for_less_work(
    long: Workplace, submitted: list[Step], name: str
) -> None:
    words = COMMANDS[name]
    plain = long.run(*words, "--no-cache")
    plain_work = len(submitted)
    long.run("state", TRACE, "--cache", "cache")
    if name in ("replay", "diff"):
        long.run(*words, "--cache", "cache")
        for file in (long.root / "cache").glob("verdicts*"):
            file.unlink()
    submitted.clear()
    fast = long.run(*words, "--cache", "cache")
    assert without_seconds(fast.out) == without_seconds(plain.out)
    assert (fast.status, fast.err) == (plain.status, plain.err)
    assert len(submitted) < plain_work - 35


def without_seconds(printed: str) -> str:
    """What is printed, without how long it took."""
    kept = (line for line in printed.splitlines() if '"seconds"' not in line)
    return re.sub(r"\d+\.\d\d  ", "", "\n".join(kept))


def test_changed_tails_of_several_traces_are_replayed_alone(
    long: Workplace, made: Path, submitted: list[Step]
) -> None:
    for name in ("a", "b"):
        rewritten(made, long.root / f"{name}.necptrace")
    long.run("replay", ".", "--no-golden", "--cache", "cache")
    for name, last in (("a", 129), ("b", 128)):
        rewritten(made, long.root / f"{name}.necptrace", last)
    submitted.clear()
    printed = long.run("replay", ".", "--no-golden", "--cache", "cache")
    assert printed.status == 0, printed
    assert "3 traces, 387 records: 387 identical" in printed.out
    assert len(submitted) == 9 + 8


def test_checkpoints_beside_a_trace_are_used_if_they_are_trusted(
    long: Workplace, submitted: list[Step]
) -> None:
    printed = long.run("index", TRACE, "--checkpoints")
    assert (printed.status, printed.out.split(",")[0]) == (0, f"{BESIDE}: 3 checkpoints")
    for name in ("state", "explain", "step"):
        words = COMMANDS[name]
        submitted.clear()
        plain = long.run(*words)
        plain_work = len(submitted)
        submitted.clear()
        fast = long.run(*words, "--trust-checkpoints")
        assert fast.out == plain.out
        assert fast.err == (
            f"necp-replay: {BESIDE} is trusted up to record 120: nothing proves its states,"
            " except `necp-replay replay`\n"
        )
        assert len(submitted) < plain_work - 35


def test_a_replay_proves_those_beside_a_trace_and_keeps_them(
    long: Workplace, submitted: list[Step]
) -> None:
    (written,) = long.run("index", ".", "--checkpoints", "--format", "json").json()["traces"]
    assert (written["file"], written["checkpoints"]) == (BESIDE, 3)
    plain = long.run("replay", TRACE)
    proved = long.run("replay", TRACE, "--jobs", "2", "--cache", "cache")
    assert without_seconds(proved.out) == without_seconds(plain.out)
    assert proved.err == ""
    submitted.clear()
    long.run(*COMMANDS["state"], "--cache", "cache")
    assert len(submitted) == 5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda whole: whole[:-1], "it is damaged after 2 of its checkpoints"),
        (lambda whole: b"x" + whole, "that begins as a file of checkpoints"),
        (
            lambda whole: whole[: whole.index(b"}\n") + 9],
            "it is damaged after 0 of its checkpoints",
        ),
        (lambda whole: whole.replace(NEWEST.encode(), b"xnu-1"), f"of xnu-1, not of {NEWEST}"),
        (lambda whole: whole.replace(b'"engine": "', b'"engine": "0'), "another version of the"),
    ],
    ids=["cut", "rubbish", "only the head", "release", "engine"],
)
def test_what_is_wrong_with_a_file_beside_a_trace_is_said_in_one_line(
    long: Workplace, change: object, said: str
) -> None:
    long.run("index", TRACE, "--checkpoints")
    assert callable(change)
    file = long.root / BESIDE
    file.write_bytes(change(file.read_bytes()))
    plain = long.run(*COMMANDS["state"])
    printed = long.run(*COMMANDS["state"], "--trust-checkpoints")
    assert printed.out == plain.out
    line = printed.err.splitlines()[0]
    assert line.startswith(f"necp-replay: {BESIDE}: ")
    assert said in line


def test_a_file_of_another_trace_is_not_used(long: Workplace, made: Path) -> None:
    long.run("index", TRACE, "--checkpoints")
    rewritten(made, long.root / TRACE, change=lambda number, outcome: None)
    printed = long.run(*COMMANDS["state"], "--trust-checkpoints")
    assert printed.err == (
        f"necp-replay: {BESIDE}: 3 of 3 checkpoints are of no use for this trace\n"
    )


def test_a_trusted_state_that_the_engine_cannot_go_on_from_is_one_error(
    long: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save_with_an_impossible_number(machine: Machine) -> bytes:
        parts = machine.fork()._parts()
        for process in parts.kernel.processes.values():
            process.pid = 1 << 80
        return save(parts)

    with monkeypatch.context() as patch:
        patch.setattr(Machine, "save", save_with_an_impossible_number)
        long.run("index", TRACE, "--checkpoints")
    printed = long.run("state", TRACE, "--record", "119", "--trust-checkpoints")
    assert printed.status == 2
    assert "the engine cannot go on from the states in the file beside the trace" in printed.err
    assert "Leave out --trust-checkpoints." in printed.err


def test_what_index_cannot_write_is_an_error_and_short_traces_need_none(
    long: Workplace, made: Path
) -> None:
    rewritten(made, long.root / "a.necptrace", 40)
    (long.root / BESIDE).symlink_to("elsewhere")
    printed = long.run("index", ".", "--checkpoints")
    assert printed.status == 2
    assert printed.out == "a.necptrace: no checkpoints, for 40 records\n"
    assert "is a symbolic link" in printed.err
    assert not (long.root / "elsewhere").exists()
