"""`replay` of a suite: shards, the order of work, stopping, and what is remembered."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.process import environment
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
    kept = ("--no-cache", "--times", "times.json")
    suite.run("replay", "traces", *kept)
    words = (*kept, "--failed-first", "--until-different", "--jobs", jobs, "--junit", "report.xml")
    printed = suite.run("replay", "traces", *words, "--json")
    assert printed.status == 1
    assert "c" in names(printed.json())
    missing = [Path(path).stem for path in printed.json()["not_run"]]
    assert sorted(names(printed.json()) + missing) == list("abcde")
    # Another process may have finished all others by then.
    assert printed.json()["complete"] == (not missing)
    if jobs == "1":
        assert names(printed.json()) == ["c"]
        junit = (suite.root / "report.xml").read_text("utf-8")
        assert junit.count('type="not run"') == 4


def test_the_text_says_what_was_not_run(suite: Workplace) -> None:
    kept = ("--no-cache", "--times", "times.json")
    suite.run("replay", "traces", *kept)
    printed = suite.run("replay", "traces", *kept, "--failed-first", "--until-different")
    assert "Stopped at the first difference. 4 traces not run:\n  traces/a.necptrace" in printed.out


def test_a_run_that_stops_nowhere_runs_everything(suite: Workplace) -> None:
    for path in suite.root.glob("*/c[.@]*"):
        path.unlink()
    printed = suite.run("replay", "traces", "--until-different", "--json")
    assert (printed.status, printed.json()["not_run"]) == (0, [])
    assert printed.json()["complete"]


def test_a_file_of_times_that_cannot_be_written_is_refused_before_the_run(suite: Workplace) -> None:
    for file in ("absent/times.json", "traces", "other.necptrace"):
        printed = suite.run("replay", "traces", "--no-cache", "--times", file)
        assert (printed.status, printed.out) == (2, "")


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
    assert "no set is cheaper" in printed.err
    assert "broken.necptrace" in printed.err
    (workplace.root / "traces" / "broken.necptrace").unlink()
    found = workplace.run("coverage", "traces", "--distill", "--json").json()
    (kept,) = found["kept"]
    assert (kept["name"], kept["records"]) == ("remove_twice", 9)
    assert "client action: REMOVE ENOENT logged" in kept["brings"]
    assert "release fact: remove_unknown_client_is_error" in kept["brings"]
    assert len(kept["brings"]) == found["points"]


@pytest.fixture
def known(suite: Workplace, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """The suite without the trace that differs, after a run."""
    monkeypatch.setattr("necp_replay.suite.known_traces.is_settled", lambda: True)
    for path in suite.root.glob("*/c[.@]*"):
        path.unlink()
    assert suite.run("replay", "traces", "--json").json()["from_cache"] == 0
    return suite


def from_cache(suite: Workplace, *words: str) -> tuple[int, int]:
    """The exit status of a replay, and how many traces it did not replay."""
    printed = suite.run("replay", "traces", *words, "--json")
    return printed.status, printed.json()["from_cache"]


def test_an_unchanged_suite_is_not_replayed_and_has_the_same_report(known: Workplace) -> None:
    again = known.run("replay", "traces")
    assert "4 of 4 traces from the cache: identical before" in again.out
    document = known.run("replay", "traces", "--json").json()
    anew = known.run("replay", "traces", "--no-cache", "--json").json()
    assert document["from_cache"] == 4
    for report in (document, anew):
        del report["from_cache"]
        for trace in report["per_trace"]:
            del trace["seconds"], trace["from_cache"]
    assert document == anew


def test_a_changed_trace_or_golden_is_replayed(known: Workplace) -> None:
    trace = known.root / "traces" / "a.necptrace"
    trace.write_bytes(trace.read_bytes()[:-9])
    assert from_cache(known) == (2, 3)
    golden = known.root / "golden" / "b@xnu-4570.51.1.golden"
    golden.write_text(golden.read_text("utf-8").replace("ENOENT", "EINVAL"), "utf-8")
    assert from_cache(known) == (2, 2)
    # What did not pass is replayed each time, and what was mended once more.
    assert from_cache(known) == (2, 2)
    golden.write_text(golden.read_text("utf-8").replace("EINVAL", "ENOENT"), "utf-8")
    assert from_cache(known) == (2, 3)


def test_a_trace_is_replayed_if_the_golden_of_any_release_was_altered_by_git(
    known: Workplace,
) -> None:
    golden = known.root / "golden" / "a@xnu-6153.11.26.golden"
    golden.write_bytes(golden.read_bytes().replace(b"\n", b"\r\n"))
    assert from_cache(known) == (2, 3)


def test_another_release_another_engine_and_other_rules_are_replayed(
    known: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = ("--release", "xnu-4570.41.2")
    assert from_cache(known, *release) == (0, 0)
    assert from_cache(known, *release) == (0, 4)
    rule = '[[expected]]\nrecord = "ADD"\nfield = "x"\naction = "exact"\nreason = "r"\n'
    known.write("necp-replay.toml", f"{rule}expires = 2027-01-31\n")
    assert from_cache(known, "--date", "2027-01-31") == (0, 0)
    assert from_cache(known, "--date", "2027-01-01") == (0, 4)
    assert from_cache(known, "--date", "2027-02-01") == (1, 0)
    # A rule that has expired is as good as none.
    assert from_cache(known, "--no-rules") == (0, 4)
    monkeypatch.setattr("necp_replay.suite.engine_digest.engine_digest", lambda: "other")
    assert from_cache(known, "--no-rules") == (0, 0)


def test_nothing_is_remembered_of_an_engine_that_changes_meanwhile(
    known: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("necp_replay.suite.engine_digest.engine_digest", lambda: "new")
    assert from_cache(known) == (0, 0)
    assert from_cache(known) == (0, 0)


def test_an_unused_golden_fails_a_run_that_replays_nothing(known: Workplace) -> None:
    shutil.copy(known.root / "golden" / "a.golden", known.root / "golden" / "gone.golden")
    assert from_cache(known) == (1, 4)


PROBE = """
import sys
from necp_replay.cli.main import main
status = main(["replay", "traces", "--cache", "cache"])
ours = ("kernel", "events", "releases", "engines", "trace.reader")
heavy = ("google", "lz4", "tqdm", *(f"necp_replay.{name}" for name in ours))
print(status, sorted(name for name in sys.modules if name.startswith(heavy)))
"""


def test_a_run_with_all_verdicts_from_the_cache_imports_no_engine(known: Workplace) -> None:
    command = [sys.executable, "-c", PROBE]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
    assert "4 of 4 traces from the cache" in done.stdout
    assert done.stdout.splitlines()[-1] == "0 []"
