"""`necp-replay accept`: accepting a part of the differences, and removing unused goldens."""

import pytest

from tests.cli.workplace import OLD, SCENARIO, Workplace

OTHER = SCENARIO.replace("remove_twice", "remove_and_copy").replace(
    "    client.remove()\n", "    client.copy_result()\n"
)


@pytest.fixture
def pending(workplace: Workplace) -> Workplace:
    """Two traces whose goldens are out of date in the last record."""
    workplace.record()
    workplace.write("scenarios/other.py", OTHER)
    workplace.run("record", "scenarios/other.py", "-o", "traces")
    workplace.run("accept", "traces")
    for path in sorted((workplace.root / "golden").iterdir()):
        path.write_text(path.read_text("utf-8").replace("-> ENOENT", "-> EINVAL"), "utf-8")
    return workplace


def goldens(workplace: Workplace) -> dict[str, str]:
    folder = workplace.root / "golden"
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def fingerprint(workplace: Workplace, kind: str) -> str:
    """The fingerprint that a replay reports for the first differing record of a kind."""
    report = workplace.run("replay", "traces", "--format", "json").json()
    (found, *_) = [
        example["fingerprint"]
        for trace in report["per_trace"]
        for example in trace["examples"]
        if example["kind"] == kind
    ]
    return str(found)


def test_only_differences_with_the_fingerprint_are_accepted(pending: Workplace) -> None:
    before = goldens(pending)
    printed = pending.run("accept", "traces", "--fingerprint", fingerprint(pending, "REMOVE"))
    assert printed.status == 0
    after = goldens(pending)
    assert after["remove_twice@xnu-4570.51.1.golden"] == before[
        "remove_twice@xnu-4570.51.1.golden"
    ].replace("-> EINVAL", "-> ENOENT")
    changed = [name for name in after if after[name] != before.get(name)]
    assert changed == [f"remove_twice@xnu-4570.{number}.golden" for number in ("51.1", "61.1")]


def test_an_unknown_fingerprint_is_an_error(pending: Workplace) -> None:
    before = goldens(pending)
    printed = pending.run(
        "accept",
        "traces",
        *("--fingerprint", fingerprint(pending, "REMOVE"), "--fingerprint", "0123456789"),
    )
    assert printed.status == 2
    assert "no pending difference has the fingerprint '0123456789'" in printed.err
    assert goldens(pending) == before


def test_only_traces_that_match_the_name_are_accepted(pending: Workplace) -> None:
    before = goldens(pending)
    assert pending.run("accept", "traces", "--only", "*_copy").status == 0
    after = goldens(pending)
    changed = {name for name in after if after[name] != before[name]}
    assert changed and all(name.startswith("remove_and_copy") for name in changed)


def test_a_name_that_matches_no_trace_is_an_error(pending: Workplace) -> None:
    before = goldens(pending)
    printed = pending.run("accept", "traces", "--only", "*_copy", "--only", "client/*")
    assert printed.status == 2
    assert "--only 'client/*' is no trace's name" in printed.err
    assert goldens(pending) == before


def test_a_dry_run_prints_the_changes_even_in_ci(
    pending: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    before = goldens(pending)
    printed = pending.run("accept", "traces", "--dry-run")
    assert printed.status == 0
    assert "changed golden/remove_twice@xnu-4570.51.1.golden" in printed.out
    assert "goldens would be written" in printed.out
    assert goldens(pending) == before


@pytest.mark.parametrize(
    "arguments", [[], ["--fingerprint", "0123456789"], ["--only", "*"], ["--remove-unused"]]
)
def test_nothing_is_written_in_ci(
    pending: Workplace, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    pending.write("golden/gone.golden", "")
    before = goldens(pending)
    monkeypatch.setenv("CI", "true")
    printed = pending.run("accept", "traces", *arguments)
    assert printed.status == 2
    assert "CI" in printed.err
    assert goldens(pending) == before


def test_a_damaged_golden_is_replaced_and_its_text_is_escaped(pending: Workplace) -> None:
    pending.write("golden/remove_twice@xnu-4570.51.1.golden", "\x1b[2Jnonsense")
    printed = pending.run("accept", "traces")
    assert printed.status == 0
    assert "\x1b" not in printed.out
    assert pending.run("replay", "traces").status == 0


@pytest.fixture
def leftover(workplace: Workplace) -> Workplace:
    """An accepted trace, and two goldens of one that was removed."""
    workplace.record()
    workplace.run("accept", "traces")
    text = (workplace.root / "golden" / "remove_twice@xnu-4570.51.1.golden").read_text("utf-8")
    workplace.write("golden/old/gone.golden", text)
    workplace.write(f"golden/old/gone@{OLD}.golden", text)
    return workplace


def test_a_golden_without_a_trace_fails_a_complete_replay(leftover: Workplace) -> None:
    printed = leftover.run("replay", "traces")
    assert printed.status == 1
    assert "2 goldens belong to no trace:" in printed.out
    assert "golden/old/gone.golden" in printed.out
    assert "necp-replay accept traces --remove-unused" in printed.out
    report = leftover.run("replay", "traces", "--format", "json").json()
    assert report["unused_goldens"] == ["golden/old/gone.golden", f"golden/old/gone@{OLD}.golden"]


def test_a_replay_of_some_traces_does_not_judge_other_goldens(leftover: Workplace) -> None:
    assert leftover.run("replay", "traces/remove_twice.necptrace").status == 0


def test_goldens_without_a_trace_are_removed_only_with_the_option(leftover: Workplace) -> None:
    printed = leftover.run("accept", "traces")
    assert "2 goldens belong to no trace:" in printed.out
    assert (leftover.root / "golden/old/gone.golden").is_file()
    printed = leftover.run("accept", "traces", "--remove-unused")
    assert "removed golden/old/gone.golden" in printed.out
    assert leftover.run("replay", "traces").status == 0
    assert list((leftover.root / "golden/old").iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [["traces/remove_twice.necptrace"], ["traces", "--only", "remove*"]]
)
def test_goldens_are_not_removed_unless_all_traces_run(
    leftover: Workplace, arguments: list[str]
) -> None:
    printed = leftover.run("accept", *arguments, "--remove-unused")
    assert printed.status == 2
    assert "needs a run over all traces" in printed.err
    assert (leftover.root / "golden/old/gone.golden").is_file()


def test_goldens_are_not_removed_if_a_trace_cannot_run(leftover: Workplace) -> None:
    trace = leftover.root / "traces" / "remove_twice.necptrace"
    trace.with_stem("damaged").write_bytes(trace.read_bytes()[:-200])
    printed = leftover.run("accept", "traces", "--remove-unused")
    assert printed.status == 2
    assert (leftover.root / "golden/old/gone.golden").is_file()
