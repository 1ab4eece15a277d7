"""`--record-limit`: a record that takes too long is an error of its trace alone."""

from __future__ import annotations

import gc
import shlex
import shutil
from collections.abc import Iterator

import pytest

from necp_replay.cli.main import main
from tests.cli.workplace import NEW, OLD, Workplace
from tests.engines.programs import serve_command

SLOW = """
\"\"\"An agent is asserted very often in one call.\"\"\"

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import System


def slow(system: System) -> None:
    \"\"\"One record that takes a second.\"\"\"
    agent = system.add_agent("a1", flags=0x23).uuid
    client = system.add_process(pid=100).necp_open().add(remote="203.0.113.5:443")
    client.agent_action(pack_tlv(ClientParameter.ASSERT_AGENT, agent) * 30_000)
"""


@pytest.fixture(scope="module")
def slow_trace(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The recorded scenario. Its one slow record is slow to record, too."""
    folder = tmp_path_factory.mktemp("slow")
    (folder / "slow.py").write_text(SLOW, "utf-8")
    command = ["record", str(folder / "slow.py"), "-o", str(folder), "--release", OLD]
    assert main(command) == 0
    return (folder / "slow.necptrace").read_bytes()


@pytest.fixture
def two(workplace: Workplace, slow_trace: bytes) -> Iterator[Workplace]:
    """A trace of quick records, and one with a slow record.

    Hypothesis watches collections of garbage. An interruption there is dropped with a warning.
    """
    workplace.record()
    workplace.write("scenarios/slow.py", SLOW)
    (workplace.root / "traces/slow.necptrace").write_bytes(slow_trace)
    gc.disable()
    yield workplace
    gc.enable()


def test_the_trace_has_an_error_and_the_others_go_on(two: Workplace) -> None:
    printed = two.run("replay", "traces", "--record-limit", "0.05", "--format", "json")
    assert printed.status == 2
    quick, slow = printed.json()["per_trace"]
    assert quick["identical"] == quick["records"]
    assert slow["verdict"] == "error"
    assert "takes longer than 0.05 s" in slow["error"]
    assert "record " in slow["error"]


def test_a_limit_shorter_than_the_timer_counts_is_a_limit(two: Workplace) -> None:
    printed = two.run("replay", "traces", "--record-limit", "1e-9", "--format", "json")
    assert printed.status == 2
    assert "takes longer than 1e-09 s" in printed.json()["per_trace"][1]["error"]


def test_a_comparison_of_releases_has_the_limit_too(two: Workplace) -> None:
    releases = ("--from", OLD, "--to", NEW)
    printed = two.run("diff", "traces/slow.necptrace", *releases, "--record-limit", "0.05")
    assert printed.status == 2
    assert "takes longer than 0.05 s" in printed.out


@pytest.mark.parametrize(
    "command",
    [
        "explain traces/slow.necptrace --record 5",
        "cut traces/slow.necptrace --select 'pid 100' -o out/new.necptrace",
        "split traces/slow.necptrace --by pid -o out",
        "cat traces/slow.necptrace slower.necptrace -o out/new.necptrace",
        "anonymize traces/slow.necptrace --seed 1 -o out/new.necptrace",
        "coverage traces",
        "bisect traces/slow.necptrace",
        "matrix traces",
        "index traces",
        f"record scenarios/slow.py -o out --release {OLD}",
        "record scenarios/slow.py -o traces --check",
    ],
)
def test_every_command_that_runs_the_engine_has_the_limit(two: Workplace, command: str) -> None:
    (two.root / "out").mkdir()
    shutil.copy(two.root / "traces/slow.necptrace", two.root / "slower.necptrace")
    printed = two.run(*shlex.split(command), "--record-limit", "0.05")
    assert printed.status == 2, printed
    assert "takes longer than 0.05 s" in printed.err + printed.out
    assert not list((two.root / "out").iterdir())


def test_merge_has_the_limit(workplace: Workplace) -> None:
    """It needs traces whose records tell the time."""
    told = SLOW.replace("    agent = ", "    system.advance(1)\n    agent = ")
    workplace.write("scenarios/slow.py", told)
    workplace.run("record", "scenarios/slow.py", "-o", "traces", "--release", OLD)
    shutil.copy(workplace.root / "traces/slow.necptrace", workplace.root / "slower.necptrace")
    command = ("merge", "traces/slow.necptrace", "slower.necptrace", "-o", "new.necptrace")
    gc.disable()
    printed = workplace.run(*command, "--record-limit", "0.05")
    gc.enable()
    assert printed.status == 2, printed
    assert "takes longer than 0.05 s" in printed.err
    assert not (workplace.root / "new.necptrace").exists()


def test_what_is_served_has_the_limit(two: Workplace) -> None:
    engine = serve_command("--record-limit", "0.05")
    printed = two.run("replay", "traces", "--engine", engine, "--format", "json")
    assert printed.status == 2
    quick, slow = printed.json()["per_trace"]
    assert quick["identical"] == quick["records"]
    assert slow["verdict"] == "error"
    assert "takes longer than 0.05 s" in slow["error"] + slow["hint"], slow


@pytest.mark.parametrize("limit", ["0", "-1", "nan", "1e300", "soon", ""])
def test_an_invalid_limit_is_refused(workplace: Workplace, limit: str) -> None:
    printed = workplace.run("replay", "traces", f"--record-limit={limit}")
    assert printed.status == 2
    assert "--record-limit" in printed.err
    assert printed.out == ""
