"""`replay` of a suite: shards, the order of work, stopping, and what is remembered."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workplace import NEW, SCENARIO, Workplace


@pytest.fixture
def suite(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """Five traces with goldens. `c` differs from its golden. What is remembered is in `cache`."""
    monkeypatch.setenv("NECP_REPLAY_CACHE", "cache")
    trace = workplace.record()
    workplace.run("accept", "traces")
    goldens = sorted((workplace.root / "golden").iterdir())
    for name in "abcde":
        shutil.copy(trace, trace.with_name(f"{name}.necptrace"))
        for golden in goldens:
            shutil.copy(golden, golden.with_name(golden.name.replace("remove_twice", name)))
    for golden in goldens:
        golden.unlink()
    trace.unlink()
    for golden in (workplace.root / "golden").glob("c@xnu-4570.51.1.golden"):
        golden.write_text(golden.read_text("utf-8").replace("ENOENT", "EINVAL"), "utf-8")
    return workplace


def names(report: dict[str, Any]) -> list[str]:
    return [Path(each["path"]).stem for each in report["per_trace"]]


def remembered(suite: Workplace) -> dict[str, dict[str, object]]:
    (file,) = (suite.root / "cache").glob("times-*.json")
    traces: dict[str, dict[str, object]] = json.loads(file.read_text("utf-8"))["traces"]
    return traces


def test_every_trace_is_in_one_shard(suite: Workplace) -> None:
    printed = [suite.run("replay", "traces", "--shard", f"{i}/2", "--json") for i in (1, 2)]
    shards = [each.json() for each in printed]
    assert sorted(names(shards[0]) + names(shards[1])) == list("abcde")
    assert {each.status for each in printed} == {0, 1}
    assert [each["complete"] for each in shards] == [False, False]
    first, second = (each["shard"] for each in shards)
    assert first == {"index": 1, "count": 2, "traces": 5, "plan": second["plan"]}


def test_a_shard_says_what_it_is_and_judges_no_goldens(suite: Workplace) -> None:
    (suite.root / "golden" / "unused.golden").write_bytes(
        (suite.root / "golden" / "a.golden").read_bytes()
    )
    printed = [suite.run("replay", "traces", "--shard", f"{i}/5") for i in range(1, 6)]
    assert sorted(each.status for each in printed) == [0, 0, 0, 0, 1]
    assert "Shard 1 of 5: 1 of 5 traces. Unused rules and goldens are judged by" in printed[0].out


def test_more_shards_than_traces_could_not_run(suite: Workplace) -> None:
    printed = suite.run("replay", "traces", "--shard", "1/6")
    assert printed.status == 2
    assert "6 shards for 5 traces" in printed.err


def test_remembered_times_balance_shards_and_are_not_changed_by_them(suite: Workplace) -> None:
    entries = {name: {"seconds": 1.0} for name in "abcde"} | {"e": {"seconds": 9.0}}
    text = json.dumps({"necp_replay_times": 1, "traces": entries})
    file = suite.write("times.json", text)
    words = ("--shard", "1/2", "--times", "times.json", "--json")
    assert names(suite.run("replay", "traces", *words).json()) == ["e"]
    assert file.read_text("utf-8") == text


def test_a_run_remembers_times_and_failures_of_the_traces_that_are_there(suite: Workplace) -> None:
    assert suite.run("replay", "traces").status == 1
    assert {name: "failed" in each for name, each in remembered(suite).items()} == {
        **dict.fromkeys("abde", False),
        "c": True,
    }
    (suite.root / "traces" / "a.necptrace").unlink()
    suite.run("replay", "traces/b.necptrace")
    assert "a" in remembered(suite)
    suite.run("replay", "traces")
    assert "a" not in remembered(suite)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_until_different_stops_and_names_what_was_not_run(suite: Workplace, jobs: str) -> None:
    suite.run("replay", "traces")
    words = ("--failed-first", "--until-different", "--jobs", jobs, "--junit", "report.xml")
    printed = suite.run("replay", "traces", *words, "--json")
    assert printed.status == 1
    assert "c" in names(printed.json())
    missing = [Path(path).stem for path in printed.json()["not_run"]]
    assert sorted(names(printed.json()) + missing) == list("abcde")
    assert not printed.json()["complete"]
    if jobs == "1":
        assert names(printed.json()) == ["c"]
        junit = (suite.root / "report.xml").read_text("utf-8")
        assert junit.count('type="not run"') == 4


def test_the_text_says_what_was_not_run(suite: Workplace) -> None:
    suite.run("replay", "traces")
    printed = suite.run("replay", "traces", "--failed-first", "--until-different")
    assert "Stopped at the first difference. 4 traces not run:\n  traces/a.necptrace" in printed.out


def test_a_run_that_stops_nowhere_runs_everything(suite: Workplace) -> None:
    for path in suite.root.glob("*/c[.@]*"):
        path.unlink()
    printed = suite.run("replay", "traces", "--until-different", "--json")
    assert (printed.status, printed.json()["not_run"]) == (0, [])
    assert printed.json()["complete"]


def test_a_named_file_of_times_that_is_damaged_could_not_run(suite: Workplace) -> None:
    suite.write("times.json", "{")
    printed = suite.run("replay", "traces", "--times", "times.json")
    assert printed.status == 2
    assert "times.json: holds no remembered times" in printed.err


def test_a_cache_that_cannot_be_used_is_told_and_one_that_was_named_is_refused(
    suite: Workplace,
) -> None:
    (suite.root / "cache").symlink_to(suite.root)
    printed = suite.run("replay", "traces/a.necptrace")
    assert printed.status == 0
    assert "nothing is remembered: cache: the cache is a link" in printed.err
    printed = suite.run("replay", "traces/a.necptrace", "--cache", "cache")
    assert printed.status == 2


def test_no_cache_remembers_nothing(suite: Workplace) -> None:
    suite.run("replay", "traces", "--no-cache")
    assert not (suite.root / "cache").exists()


def test_distilled_traces_keep_the_coverage(workplace: Workplace) -> None:
    workplace.record()
    text = SCENARIO.replace("remove_twice", "copies")
    workplace.write("scenarios/copies.py", text.replace("    client.remove()\n", ""))
    workplace.run("record", "scenarios/copies.py", "-o", "traces", "--release", NEW)
    workplace.write("traces/broken.necptrace", "")
    printed = workplace.run("coverage", "traces", "--distill")
    assert printed.status == 2
    assert printed.out == "traces/remove_twice.necptrace\n"
    assert "1 of 2 traces (9 of 17 records) keep all" in printed.err
    assert "no cheaper set does" in printed.err
    assert "broken.necptrace" in printed.err
    (workplace.root / "traces" / "broken.necptrace").unlink()
    found = workplace.run("coverage", "traces", "--distill", "--json").json()
    (kept,) = found["kept"]
    assert (kept["name"], kept["records"]) == ("remove_twice", 9)
    assert "client action: REMOVE ENOENT logged" in kept["brings"]
    assert "release fact: remove_unknown_client_is_error" in kept["brings"]
    assert len(kept["brings"]) == found["points"]
