"""`necp-replay minimize`: the smallest trace that still shows a difference."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from necp_replay.trace.header import OutcomeDetail
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter
from tests.cli.workplace import NEW, OLD, Workplace
from tests.engines.programs import odd_command

TRACE = "traces/remove_twice.necptrace"
SMALL = "small.necptrace"
BETWEEN = ("--from", OLD, "--to", NEW)


@pytest.fixture(autouse=True)
def recorded(workplace: Workplace) -> None:
    """Every test has the trace."""
    workplace.record()


def test_a_difference_between_releases_gets_small_and_stays(workplace: Workplace) -> None:
    printed = workplace.run("minimize", TRACE, *BETWEEN, "-o", SMALL)
    assert printed.status == 0
    assert "up to the difference" in printed.out
    assert f"{SMALL}: 3 records" in printed.out
    found = workplace.run("diff", SMALL, *BETWEEN, "--format", "json").json()
    assert [group["fact"] for group in found["groups"]] == ["remove_unknown_client_is_error"]
    assert workplace.run("replay", SMALL).status == 0


def test_json_has_the_difference_the_phases_and_the_cost(workplace: Workplace) -> None:
    found = workplace.run("minimize", TRACE, *BETWEEN, "-o", SMALL, "--json").json()
    assert (found["output"], found["record"], found["kind"]) == (SMALL, 9, "REMOVE")
    assert (found["records"], found["left"]) == (9, 3)
    assert [each["phase"] for each in found["phases"]][:2] == [
        "what it depends on",
        "groups of records",
    ]
    assert found["differences"][0]["expected"] != found["differences"][0]["actual"]
    assert found["replays"] > 0
    assert (found["stopped"], found["shown"], found["verified"]) == (None, 5, 5)


def test_the_fingerprint_of_one_fact_among_several_names_its_record(workplace: Workplace) -> None:
    between = ("--from", OLD, "--to", "xnu-11417.121.6")
    found = workplace.run("diff", TRACE, *between, "--all", "--format", "json").json()
    differing = found["per_trace"][0]["differing_records"]
    parts = [each["fingerprint"] for each in differing if each["record"] == 9]
    assert len(set(parts)) > 1
    made = ("minimize", TRACE, *between, "--fingerprint", parts[0], "-o", SMALL, "--json")
    printed = workplace.run(*made)
    assert (printed.status, printed.json()["record"]) == (0, 9)
    assert printed.json()["fingerprint"] not in parts
    assert f"the whole difference, {printed.json()['fingerprint']}" in printed.err


def test_a_golden_of_another_release_is_compared(workplace: Workplace) -> None:
    assert workplace.run("accept", "traces").status == 0
    golden = workplace.root / "golden" / f"remove_twice@{NEW}.golden"
    common = workplace.root / "golden" / "remove_twice.golden"
    golden.write_bytes(common.read_bytes())
    printed = workplace.run("minimize", TRACE, "--golden", "golden", "-o", SMALL, "--json")
    assert printed.status == 0, printed.err
    found = printed.json()
    assert (found["record"], found["model"]) == (9, OLD)


def without_outcomes(path: Path) -> None:
    """Leave the inputs of a trace alone in it."""
    with TraceReader(path) as reader:
        header = replace(reader.header, outcome_detail=OutcomeDetail.NONE)
        steps = [step for _, step, _ in reader]
    with TraceWriter.create(path, header) as writer:
        for step in steps:
            writer.write(step, None)


def test_a_trace_without_outcomes_is_compared_with_its_golden(workplace: Workplace) -> None:
    without_outcomes(workplace.root / TRACE)
    assert workplace.run("accept", "traces").status == 0
    golden = workplace.root / "golden" / f"remove_twice@{NEW}.golden"
    for kind, old, new in (
        ("REMOVE", "-> ENOENT", "-> ok retval=0"),
        ("snapshot", "next_generation: ", "next_generation: 1"),
    ):
        accepted = golden.read_text("utf-8")
        golden.write_text(accepted.replace(old, new), "utf-8")
        printed = workplace.run("minimize", TRACE, "-o", f"{kind}.necptrace", "--json")
        assert printed.status == 0, printed.err
        assert printed.json()["kind"] == kind
        golden.write_text(accepted, "utf-8")


def test_a_golden_is_compared_where_what_is_recorded_does_not_differ(workplace: Workplace) -> None:
    assert workplace.run("accept", "traces").status == 0
    golden = workplace.root / "golden" / f"remove_twice@{NEW}.golden"
    golden.write_text(golden.read_text("utf-8").replace("-> ENOENT", "-> ok retval=0"), "utf-8")
    failing = workplace.run("replay", "traces")
    (line,) = [line for line in failing.out.splitlines() if "Make small:" in line]
    printed = workplace.run(*shlex.split(line.partition("necp-replay ")[2]), "--json")
    assert printed.status == 0, printed.err
    assert printed.json()["record"] == 9


def test_a_program_that_ends_is_minimized_to_the_call(workplace: Workplace) -> None:
    engine = odd_command(workplace.root, "os._exit(3)")
    arguments = ("minimize", TRACE, "--engine", engine, "--engine-limit", "60", "-o", SMALL)
    found = workplace.run(*arguments, "--json").json()
    assert found["differences"][0]["field"] == "engine"
    assert "exit status 3" in found["differences"][0]["actual"]


def test_the_budget_ends_the_search_and_says_so(workplace: Workplace) -> None:
    printed = workplace.run("minimize", TRACE, *BETWEEN, "--budget", "2", "-o", SMALL)
    assert printed.status == 4
    assert "Stopped early: the budget of 2 replays is used up." in printed.out
    assert (workplace.root / SMALL).is_file()


def test_a_failing_replay_suggests_it_and_the_command_runs(workplace: Workplace) -> None:
    engine = odd_command(workplace.root, "outcome.errno = 99")
    printed = workplace.run("replay", "traces", "--engine", engine, "--engine-limit", "60")
    (line,) = [line for line in printed.out.splitlines() if "Make small:" in line]
    words = shlex.split(line.partition("Make small:")[2])
    assert words[:2] == ["necp-replay", "minimize"]
    small = workplace.run(*words[1:])
    assert small.status == 0
    words = shlex.split(small.out.splitlines()[-1].partition(":")[2])
    assert words[1] == "show"
    assert workplace.run(*words[1:]).status == 0


def test_a_minimized_trace_of_a_failing_call_can_be_explained(workplace: Workplace) -> None:
    for pair in (BETWEEN, ("--from", NEW, "--to", OLD)):
        small = workplace.run("minimize", TRACE, *pair, "-o", f"{pair[1]}.necptrace")
        words = shlex.split(small.out.splitlines()[-1].partition("Explain it:")[2])
        assert words[1] == "explain"
        assert "ENOENT" in workplace.run(*words[1:]).out


def test_a_replay_whose_engine_ends_suggests_minimize(workplace: Workplace) -> None:
    engine = odd_command(workplace.root, "os._exit(3)")
    printed = workplace.run("replay", "traces", "--engine", engine, "--engine-limit", "60")
    assert f"Make small: necp-replay minimize {TRACE} --release {NEW} --engine" in printed.out


def test_diff_and_bisect_suggest_minimize_for_their_first_example(workplace: Workplace) -> None:
    for command in (("diff", "traces", *BETWEEN), ("bisect", TRACE, *BETWEEN)):
        printed = workplace.run(*command)
        suggested = [line for line in printed.out.splitlines() if line.startswith("Make small:")]
        assert suggested == [
            f"Make small: necp-replay minimize {TRACE} --record 9 --from {OLD} --to {NEW}"
            f" -o {SMALL}"
        ]
        assert f"All changes: necp-replay changelog {OLD} {NEW}" in printed.out


def test_the_same_command_continues_after_a_budget_was_used_up(workplace: Workplace) -> None:
    command = ("minimize", TRACE, *BETWEEN, "--budget", "4", "--jobs", "2", "-o", SMALL)
    work = workplace.root / f"{SMALL}.work"
    printed = workplace.run(*command)
    assert f"The work is kept in {SMALL}.work." in printed.out
    statuses = [printed.status]
    while statuses[-1] == 4:
        printed = workplace.run(*command)
        assert f"goes on from {SMALL}.work: " in printed.err
        statuses.append(printed.status)
    assert (statuses[0], statuses[-1], work.exists()) == (4, 0, False)
    gone_on = (workplace.root / SMALL).read_bytes()
    workplace.run("minimize", TRACE, *BETWEEN, "-o", "whole.necptrace")
    assert (workplace.root / "whole.necptrace").read_bytes() == gone_on


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("traces", "-o", SMALL), "this is a folder, but minimize takes one trace"),
        ((TRACE, "-o", SMALL), "nothing differs"),
        ((TRACE, "--from", OLD, "-o", SMALL), "one release is missing"),
        ((TRACE, *BETWEEN, "--release", OLD, "-o", SMALL), "--release and --golden are for"),
        ((TRACE, *BETWEEN, "-o", TRACE), "exists already"),
        ((TRACE, *BETWEEN, "-o", f"nowhere/{SMALL}"), "the folder does not exist"),
        ((TRACE, *BETWEEN, "--record", "2", "-o", SMALL), "record 2 does not differ"),
        ((TRACE, *BETWEEN, "--record", "10", "-o", SMALL), "the final state does not differ"),
        ((TRACE, *BETWEEN, "--record", "11", "-o", SMALL), "no record 11: the trace has 9"),
        ((TRACE, "--release", OLD, "-o", SMALL), "no outcome is recorded on"),
        ((TRACE, *BETWEEN, "--budget", "0", "-o", SMALL), "must be at least 1"),
    ],
    ids=[
        *("folder", "same", "release", "both", "exists", "place", "record"),
        *("final state", "no record", "no golden", "budget"),
    ],
)
def test_what_cannot_be_minimized_is_refused_in_a_line(
    workplace: Workplace, arguments: tuple[str, ...], message: str
) -> None:
    printed = workplace.run("minimize", *arguments)
    assert printed.status == 2
    assert message in printed.err
    assert "Traceback" not in printed.err
    assert not (workplace.root / SMALL).exists()
