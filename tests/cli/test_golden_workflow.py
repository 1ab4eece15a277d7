"""Recording, accepting, replaying, changing goldens and comparing releases, one after another."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from necp_replay.releases import lineage
from tests.cli.workplace import GOLDENS, NEW, OLD, Workplace


def test_a_scenario_without_a_golden_fails_and_names_the_accept_command(
    workplace: Workplace,
) -> None:
    workplace.record()
    printed = workplace.run("replay", "traces")
    assert printed.status == 1
    assert "necp-replay accept traces/remove_twice.necptrace" in printed.out


def test_an_accepted_scenario_replays_identically_on_both_releases(workplace: Workplace) -> None:
    workplace.record()
    assert workplace.run("accept", "traces").status == 0
    for release in (OLD, NEW):
        printed = workplace.run("replay", "traces", "--release", release, "--format", "json")
        assert printed.status == 0, printed.out
        report = printed.json()
        assert report["identical"] == report["records"] > 0
        assert report["different"] == report["not_modelled"] == 0


def test_only_a_release_with_other_outcomes_gets_its_own_golden(workplace: Workplace) -> None:
    workplace.record()
    workplace.run("accept", "traces")
    assert sorted(path.name for path in (workplace.root / "golden").iterdir()) == GOLDENS


def test_accepting_again_changes_nothing(workplace: Workplace) -> None:
    workplace.record()
    workplace.run("accept", "traces")
    printed = workplace.run("accept", "traces")
    assert "0 goldens written, 1 trace unchanged" in printed.out


def test_accepting_is_refused_in_ci(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    workplace.record()
    monkeypatch.setenv("CI", "true")
    printed = workplace.run("accept", "traces")
    assert printed.status == 2
    assert "CI" in printed.err
    assert not (workplace.root / "golden").exists()


def test_one_byte_of_a_golden_fails_the_replay_at_its_record(workplace: Workplace) -> None:
    workplace.record()
    workplace.run("accept", "traces")
    golden = workplace.root / "golden" / "remove_twice@xnu-4570.51.1.golden"
    text = golden.read_text("utf-8")
    golden.write_text(text.replace("-> ENOENT", "-> ENOENS"), "utf-8")
    printed = workplace.run("replay", "traces", "--format", "json")
    assert printed.status == 1
    (example,) = printed.json()["per_trace"][0]["examples"]
    assert example["compared_with"] == "golden"
    assert "REMOVE" in example["title"]
    assert example["differences"] == [
        {
            "layer": "return values",
            "field": "status",
            "expected": "ENOENS",
            "actual": "ENOENT",
        }
    ]


def test_a_damaged_golden_is_status_2(workplace: Workplace) -> None:
    workplace.record()
    workplace.run("accept", "traces")
    golden = workplace.root / "golden" / "remove_twice@xnu-4570.51.1.golden"
    golden.write_text(golden.read_text("utf-8")[:-1], "utf-8")
    printed = workplace.run("replay", "traces")
    assert printed.status == 2
    assert "remove_twice@xnu-4570.51.1.golden" in printed.out


def test_a_changed_outcome_fails_at_its_record(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workplace.record()
    workplace.run("accept", "traces")
    changed = replace(lineage.RELEASES[NEW], remove_unknown_client_is_error=False)
    monkeypatch.setitem(lineage.RELEASES, NEW, changed)
    printed = workplace.run("replay", "traces", "--format", "json")
    assert printed.status == 1
    report = printed.json()["per_trace"][0]
    assert report["different"] == 1
    recorded = report["examples"][0]
    assert recorded["compared_with"] == "recorded"
    assert recorded["record"] == report["records"]
    assert recorded["differences"][0] == {
        "layer": "return values",
        "field": "status",
        "expected": "ENOENT",
        "actual": "ok retval=0",
    }


def test_two_releases_differ_in_the_expected_records(workplace: Workplace) -> None:
    workplace.record()
    printed = workplace.run("diff", "traces", "--from", OLD, "--to", NEW, "--format", "json")
    assert printed.status == 1
    report = printed.json()
    assert report["different"] == 1
    (record,) = report["per_trace"][0]["differing_records"]
    assert record["differences"] == [
        {
            "layer": "return values",
            "field": "status",
            "expected": "ok retval=0",
            "actual": "ENOENT",
        },
        {
            "layer": "effects",
            "field": "effects",
            "expected": None,
            "actual": "{log: err necp_client_remove error=2}",
        },
    ]
    text = workplace.run("diff", "traces", "--from", OLD, "--to", NEW).out
    assert "1 differs between" in text


def test_a_release_does_not_differ_from_itself(workplace: Workplace) -> None:
    workplace.record()
    assert workplace.run("diff", "traces", "--from", OLD, "--to", OLD).status == 0


def test_recording_twice_gives_the_same_bytes(workplace: Workplace) -> None:
    path = workplace.record()
    first = path.read_bytes()
    workplace.record()
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("\n", "\r\n"), "the lines end with CR LF"),
        (lambda text: f"{text}=======\n", "an unresolved merge conflict"),
        (lambda text: "version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
    ],
    ids=["CR LF", "conflict", "pointer"],
)
def test_what_git_did_to_a_golden_for_another_release_is_an_error_of_its_trace(
    workplace: Workplace, change: Callable[[str], str], said: str
) -> None:
    workplace.record()
    workplace.run("accept", "traces")
    common = workplace.root / "golden" / "remove_twice.golden"
    assert (workplace.root / "golden" / f"remove_twice@{NEW}.golden").is_file()
    common.write_bytes(change(common.read_text("utf-8")).encode())
    printed = workplace.run("replay", "traces")
    assert printed.status == 2
    assert "golden/remove_twice.golden: line " in printed.out
    assert said in printed.out
    assert workplace.run("replay", "traces", "--release", NEW).status == 2
