"""Replaying through an external program: the same outcomes if it is right, else a verdict."""

from __future__ import annotations

import json

import pytest

from necp_replay.engines import external
from tests.cli.workplace import NEW, OLD, Printed, Workplace
from tests.engines.programs import odd_command, serve_command

OTHER = "def short(system):\n    system.add_process(1).necp_open()\n"


@pytest.fixture
def two_traces(workplace: Workplace) -> Workplace:
    """A trace in which the third step comes, and one in which it does not; both accepted."""
    workplace.record()
    workplace.write("scenarios/short.py", OTHER)
    assert (
        workplace.run("record", "scenarios/short.py", "-o", "traces", "--release", NEW).status == 0
    )
    assert workplace.run("accept", "traces").status == 0
    return workplace


def replay(workplace: Workplace, command: str, *more: str) -> Printed:
    """Both traces replayed through a program."""
    arguments = ("replay", "traces", "--engine", command, "--format", "json", *more)
    return workplace.run(*arguments)


@pytest.mark.parametrize("release", [OLD, NEW])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_our_engine_over_the_protocol_replays_identically(
    two_traces: Workplace, release: str, jobs: str
) -> None:
    printed = replay(two_traces, serve_command(), "--release", release, "--jobs", jobs)
    assert printed.status == 0, printed.out
    report = printed.json()
    assert report["identical"] == report["records"] > 0


@pytest.mark.parametrize(
    ("misbehaviour", "said"),
    [
        pytest.param("os._exit(3)", "step 3: the engine ended without an answer (exit status 3)"),
        pytest.param("os.kill(os.getpid(), 11)", "step 3: the engine ended", id="crash"),
        pytest.param("raise ValueError('oh no')", "exit status 1", id="exception"),
        pytest.param("os.write(1, b'nonsense' * 99)", "is not valid", id="nonsense"),
        pytest.param("os.write(1, b'\\xff' * 9)", "is not valid", id="no length"),
        pytest.param("os.write(1, b'\\x00')", "is not valid", id="empty message"),
        pytest.param("os.write(1, b'\\x02\\x22\\x00')", "is not valid", id="another reply"),
        pytest.param("os.close(1); time.sleep(60)", "closed its output", id="closes"),
    ],
)
def test_a_program_that_fails_is_a_verdict_on_that_trace_alone(
    two_traces: Workplace, misbehaviour: str, said: str
) -> None:
    command = odd_command(two_traces.root, misbehaviour)
    printed = replay(two_traces, command)
    assert printed.status == 2
    verdicts = {trace["path"]: trace for trace in printed.json()["per_trace"]}
    failed = verdicts["traces/remove_twice.necptrace"]
    assert failed["verdict"] == "error"
    assert said in failed["error"]
    assert verdicts["traces/short.necptrace"]["verdict"] == "identical"


def test_what_a_program_said_last_is_the_hint(two_traces: Workplace) -> None:
    command = odd_command(two_traces.root, "raise ValueError('oh no')")
    failed = replay(two_traces, command).json()["per_trace"][0]
    assert failed["hint"] == "On its standard error: ValueError: oh no"


def test_an_error_before_the_last_line_is_the_hint(two_traces: Workplace) -> None:
    words = "TypeError: no such fd\\n    at apply\\n\\nNode.js v20.1.0\\n"
    command = odd_command(two_traces.root, f"sys.stderr.write('{words}'); sys.exit(1)")
    failed = replay(two_traces, command).json()["per_trace"][0]
    assert failed["hint"] == "On its standard error: TypeError: no such fd"


def test_a_program_that_hangs_is_ended_after_the_limit(two_traces: Workplace) -> None:
    command = odd_command(two_traces.root, "time.sleep(60)")
    failed = replay(two_traces, command, "--engine-limit", "3").json()["per_trace"][0]
    assert failed["error"] == "step 3: the engine gave no answer within 3 s"


def test_a_slow_program_is_ended_after_the_limit_of_a_trace(
    two_traces: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(external, "TRACE_LIMIT_FACTOR", 0.1)
    command = odd_command(two_traces.root, "time.sleep(1.5)")
    failed = replay(two_traces, command, "--engine-limit", "10").json()["per_trace"][0]
    assert failed["error"] == ("step 4: the engine is too slow, the trace took more than 1 s")


def test_another_answer_is_a_difference(two_traces: Workplace) -> None:
    command = odd_command(two_traces.root, "outcome.errno = 99")
    printed = replay(two_traces, command)
    assert printed.status == 1
    (example, *_) = printed.json()["per_trace"][0]["examples"]
    assert example["record"] == 3


def test_what_a_program_does_not_model_is_not_modelled(two_traces: Workplace) -> None:
    # The golden would differ as well, so only recorded outcomes are compared here.
    command = odd_command(two_traces.root, "outcome = Outcome(answer=Absent('later'))")
    (two_traces.root / "none").mkdir()
    report = replay(two_traces, command, "--golden", "none").json()
    assert report["not_modelled"] == 1
    assert "later" in report["per_trace"][0]["first_not_modelled"]


def test_a_program_that_is_not_there_is_a_verdict(two_traces: Workplace) -> None:
    printed = replay(two_traces, "./no-such-program --fast")
    assert printed.status == 2
    assert "cannot be started" in printed.out


def test_a_program_of_another_release_is_a_verdict(two_traces: Workplace) -> None:
    printed = replay(two_traces, serve_command("--release", OLD))
    assert printed.status == 2
    assert f"only {OLD} is served" in printed.out


def test_a_program_is_compared_with_our_engine(two_traces: Workplace) -> None:
    arguments = ("diff", "traces", "--from", NEW, "--to", NEW, "--to-engine")
    assert two_traces.run(*arguments, serve_command()).status == 0
    printed = two_traces.run(*arguments, odd_command(two_traces.root, "outcome.errno = 99"))
    assert printed.status == 1
    assert "1 differ" in printed.out


def test_what_a_program_does_can_be_accepted(two_traces: Workplace) -> None:
    printed = two_traces.run("accept", "traces", "--golden", "theirs", "--engine", serve_command())
    assert printed.status == 0
    ours = (two_traces.root / "golden" / "remove_twice@xnu-4570.51.1.golden").read_bytes()
    assert (two_traces.root / "theirs" / "remove_twice.golden").read_bytes() == ours


@pytest.mark.parametrize(
    "misbehaviour",
    [
        pytest.param(
            "seen = __file__ + '.first'\n"
            "    if not os.path.exists(seen):\n"
            "        open(seen, 'w').write(str(os.getpid()))\n"
            "    outcome.errno = 99 * (open(seen).read() == str(os.getpid()))",
            id="a choice made as it starts",
        ),
        pytest.param(
            "calls = globals()['calls'] = globals().get('calls', 0) + 1\n"
            "    outcome.errno = 98 + calls",
            id="what it keeps of the trace before",
        ),
    ],
)
def test_what_depends_on_more_than_the_trace_cannot_be_accepted(
    two_traces: Workplace, misbehaviour: str
) -> None:
    scenario = OTHER.replace("short", "reused") + "    system.add_process(2)\n"
    two_traces.write("scenarios/reused.py", scenario)
    two_traces.run("record", "scenarios/reused.py", "-o", "traces", "--release", NEW)
    command = odd_command(two_traces.root, misbehaviour)
    printed = two_traces.run("accept", "traces", "--golden", "theirs", "--engine", command)
    assert printed.status == 2
    assert f"two runs on {NEW} differ, so nothing can be accepted" in printed.err
    for name in ("remove_twice", "reused", "short"):
        refused = f"traces/{name}.necptrace: two runs" in printed.err
        assert (two_traces.root / "theirs" / f"{name}.golden").exists() != refused


def test_what_follows_from_an_answer_that_is_not_determined_is_found_for_a_program(
    workplace: Workplace,
) -> None:
    add = {"op": "necp_client_action", "pid": 100, "fd": 3, "action": 1, "client_id_len": 16}
    unknown = {"client_id": {"hex": "", "bytes": 16}, "buffer": {"bytes": 41, "known": 0}}
    lines = [
        {"necptrace": 1, "release": NEW},
        {"op": "proc_add", "pid": 100, "out": {"errno": 0, "effects": []}},
        {"op": "necp_open", "pid": 100, "out": {"errno": 0, "retval": 3, "effects": []}},
        {**add, **unknown, "buffer_size": 41, "uuids": ["ab" * 16], "out": {"errno": 0}},
        {"op": "fd_poll", "pid": 100, "fd": 3, "out": {"errno": 0, "readable": True}},
        {"op": "close", "pid": 100, "fd": 3, "out": {"errno": 0}},
    ]
    workplace.write("t.jsonl", "".join(f"{json.dumps(line)}\n" for line in lines))
    (workplace.root / "traces").mkdir()
    assert workplace.run("convert", "t.jsonl", "-o", "traces/t.necptrace").status == 0
    report = replay(workplace, serve_command()).json()
    counts = [report[name] for name in ("identical", "different", "not_determined", "in_part")]
    assert counts == [3, 0, 2, 1]
