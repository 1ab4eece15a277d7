"""`report merge`: the reports of shards give what one run gives."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from tests.cli.workplace import NEW, SCENARIO, Printed, Workplace

SECONDS = re.compile(r'("seconds": |time="|\b)\d+\.\d+')


@pytest.fixture
def shards(workplace: Workplace) -> Workplace:
    """Two of five traces differ, one by a rule; shards of three reports in `1.json` to `3.json`."""
    trace = workplace.record()
    text = SCENARIO.replace("remove_twice", "other").replace("    client.copy_result()\n", "")
    workplace.write("scenarios/other.py", text)
    workplace.run("record", "scenarios/other.py", "-o", "traces", "--release", NEW)
    for name in "abc":
        shutil.copy(trace, trace.with_name(f"{name}.necptrace"))
    workplace.run("accept", "traces")
    goldens = workplace.root / "golden"
    for golden in (goldens / f"{name}@{NEW}.golden" for name in ("a", "b", "other")):
        golden.write_text(golden.read_text("utf-8").replace("ENOENT", "EINVAL"), "utf-8")
    shutil.copy(goldens / "a.golden", goldens / "unused.golden")
    rules = '[[expected]]\ntrace = "b"\nrecord = "REMOVE"\naction = "known"\nreason = "r"\n'
    gone = '[[expected]]\ntrace = "a"\nrecord = "ADD"\naction = "known"\nreason = "gone"\n'
    workplace.write("necp-replay.toml", rules + gone)
    for index in (1, 2, 3):
        printed = workplace.run("replay", "traces", "--shard", f"{index}/3", "--json")
        workplace.write(f"{index}.json", printed.out)
    return workplace


def merged(shards: Workplace, *words: str) -> Printed:
    return shards.run("report", "merge", "3.json", "1.json", "2.json", *words)


def test_every_form_is_that_of_one_run_and_judges_what_is_unused(shards: Workplace) -> None:
    forms = {}
    for name, command in (("one", ("replay", "traces")), ("merged", ("report", "merge"))):
        paths = () if name == "one" else ("3.json", "1.json", "2.json")
        files = ("--html", f"{name}.html", "--junit", f"{name}.xml")
        printed = shards.run(*command, *paths, "--json", *files)
        text = shards.run(*command, *paths)
        written = [(shards.root / file).read_text("utf-8") for file in files[1::2]]
        forms[name] = [printed.status, text.status, printed.out, text.out, *written]
    one, two = (
        [SECONDS.sub(r"\1", form) if isinstance(form, str) else form for form in forms[name]]
        for name in ("one", "merged")
    )
    assert one == two
    document = json.loads(str(forms["merged"][2]))
    assert document["unused_goldens"] == ["golden/unused.golden"]
    assert [rule["status"] for rule in document["rules"]] == ["applied", "vanished"]
    assert document["different"] == 2


def test_a_shard_that_is_missing_is_named(shards: Workplace) -> None:
    printed = shards.run("report", "merge", "1.json", "3.json")
    assert printed.status == 2
    assert "of 3 shards these are missing: 2" in printed.err


def test_a_shard_that_is_there_twice_is_refused(shards: Workplace) -> None:
    shutil.copy(shards.root / "1.json", shards.root / "4.json")
    printed = shards.run("report", "merge", "1.json", "2.json", "3.json", "4.json")
    assert printed.status == 2
    assert "4.json: is shard 1 of 3, as is 1.json" in printed.err


def test_a_shard_of_another_division_is_refused(shards: Workplace) -> None:
    times = {"necp_replay_times": 1, "traces": {"a": {"seconds": 5}, "b": {"seconds": 1}}}
    shards.write("times.json", json.dumps(times))
    words = ("--shard", "2/3", "--json", "--times", "times.json")
    shards.write("2.json", shards.run("replay", "traces", *words).out)
    printed = merged(shards)
    assert printed.status == 2
    assert "is a shard of another division of the traces than 3.json" in printed.err


def test_a_shard_of_another_day_is_refused(shards: Workplace) -> None:
    words = ("--shard", "2/3", "--json", "--date", "2020-01-01")
    shards.write("2.json", shards.run("replay", "traces", *words).out)
    printed = merged(shards)
    assert printed.status == 2
    assert "parts of different runs: their dates for the expiry of rules differ" in printed.err


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no JSON"),
        ("[]", "is not the report of a shard"),
        ('{"part": null}', "is not the report of a shard"),
        ('{"part": "[]"}', "is not the report of a shard"),
        ('{"part": "{"}', "is no JSON"),
        ('{"part": "{}", "shard": {}}', "is not the report of a shard"),
    ],
)
def test_a_file_that_is_not_the_report_of_a_shard_is_refused(
    shards: Workplace, text: str, why: str
) -> None:
    shards.write("2.json", text)
    printed = merged(shards)
    assert printed.status == 2
    assert f"2.json: {why}" in printed.err


def test_a_missing_file_is_refused(shards: Workplace) -> None:
    (shards.root / "2.json").unlink()
    assert "2.json: cannot be read" in merged(shards).err


def test_the_times_of_all_shards_are_remembered(shards: Workplace) -> None:
    merged(shards, "--times", "times.json")
    times = json.loads((shards.root / "times.json").read_text("utf-8"))["traces"]
    assert sorted(times) == ["a", "b", "c", "other", "remove_twice"]
    assert {name for name, each in times.items() if "failed" in each} == {"a", "other"}


def test_shards_that_stopped_say_what_was_not_run(shards: Workplace) -> None:
    for index in (1, 2, 3):
        words = ("--shard", f"{index}/3", "--json", "--until-different")
        shards.write(f"{index}.json", shards.run("replay", "traces", *words).out)
    document = merged(shards, "--json").json()
    assert len(document["not_run"]) + document["traces"] == 5
    assert document["complete"] is (not document["not_run"])


@pytest.mark.parametrize(
    ("shard", "why"),
    [
        ({"count": 10**15}, "these are missing: 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and more"),
        ({"index": 4}, "is not the report of a shard: shard 4 of 3"),
        ({"count": 0}, "is not the report of a shard: shard 1 of 0"),
    ],
)
def test_a_shard_of_an_impossible_division_is_refused_at_once(
    shards: Workplace, shard: dict[str, int], why: str
) -> None:
    document = json.loads((shards.root / "1.json").read_text("utf-8"))
    document["shard"].update(shard)
    shards.write("1.json", json.dumps(document))
    printed = shards.run("report", "merge", "1.json")
    assert printed.status == 2
    assert why in printed.err
