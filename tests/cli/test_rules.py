"""Rules of `necp-replay.toml` in `replay` and `diff`."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.process import run_command
from tests.cli.workplace import NEW, OLD, Workplace

IGNORE = """
[[expected]]
reason = "the number is under discussion"
action = "ignored"
record = "REMOVE"
field = "status"
"""
KNOWN = """
[[expected]]
reason = "the older release forgot"
action = "known"
record = "COPY_RESULT"
"""


@pytest.fixture
def changed(workplace: Workplace) -> Workplace:
    """A folder with a golden that has another outcome for the last REMOVE."""
    workplace.record()
    workplace.run("accept", "traces")
    change(workplace.root / "golden" / "remove_twice@xnu-4570.51.1.golden")
    return workplace


def change(golden: Path) -> None:
    text = golden.read_text("utf-8")
    golden.write_text(text.replace("-> ENOENT", "-> EINVAL"), "utf-8")


def replay(workplace: Workplace, *arguments: str) -> tuple[int, Any]:
    printed = workplace.run("replay", "traces", "--format", "json", *arguments)
    return printed.status, printed.json()


def test_an_expected_difference_passes_and_is_counted(changed: Workplace) -> None:
    assert replay(changed)[0] == 1
    changed.write("necp-replay.toml", IGNORE)
    status, report = replay(changed)
    assert status == 0
    assert (report["different"], report["expected"]) == (0, 1)
    assert report["identical"] == report["records"]
    (rule,) = report["rules"]
    assert (rule["status"], rule["records"], rule["traces"]) == ("applied", 1, 1)


def test_the_table_shows_what_each_rule_hid_and_its_reason(changed: Workplace) -> None:
    changed.write("necp-replay.toml", IGNORE)
    printed = changed.run("replay", "traces")
    words = printed.out.splitlines()[-1].split()
    assert words[:5] == ["1", "ignored", "1", "1", "applied"]
    assert printed.out.endswith("the number is under discussion\n")


def test_a_rule_that_hides_much_is_warned_about_and_fails_nothing(changed: Workplace) -> None:
    changed.write("necp-replay.toml", IGNORE)
    printed = changed.run("replay", "traces")
    assert printed.status == 0
    assert "warning: rule 1 (line 2) hides 100% of the 1 record that differ" in printed.out
    (rule,) = replay(changed)[1]["rules"]
    assert rule["share"] == 1.0
    assert "more than 50%" in rule["warning"]


@pytest.mark.parametrize("rule", ['field = "*"', 'trace = "?*"', 'record = ["**"]'])
def test_a_rule_that_matches_everything_is_refused(changed: Workplace, rule: str) -> None:
    text = f'[[expected]]\nreason = "all"\naction = "known"\n{rule}\n'
    changed.write("necp-replay.toml", text)
    printed = changed.run("replay", "traces")
    assert printed.status == 2
    assert "necp-replay.toml: line 1: [[expected]] number 1: it matches every" in printed.err


@pytest.mark.parametrize(
    ("rule", "status", "words"),
    [
        pytest.param(IGNORE, "hid nothing", "correct or remove it", id="unused"),
        pytest.param(KNOWN, "vanished", "remove the rule", id="vanished"),
        pytest.param(
            IGNORE + "expires = 2027-01-31", "expired", "its last day was 2027-01-31", id="expired"
        ),
    ],
)
def test_an_unused_rule_fails_a_complete_run(
    workplace: Workplace, rule: str, status: str, words: str
) -> None:
    workplace.record()
    workplace.run("accept", "traces")
    workplace.write("necp-replay.toml", rule)
    printed = workplace.run("replay", "traces", "--date", "2027-02-01")
    assert printed.status == 1
    assert "rule 1 (line 2) " in printed.out
    assert status in printed.out and words in printed.out


def test_an_expired_rule_hides_nothing(changed: Workplace) -> None:
    changed.write("necp-replay.toml", IGNORE + "expires = 2027-01-31\n")
    assert replay(changed, "--date", "2027-01-31")[0] == 0
    status, report = replay(changed, "--date", "2027-02-01")
    assert (status, report["different"]) == (1, 1)


def test_a_run_over_one_trace_does_not_judge_rules(workplace: Workplace) -> None:
    path = workplace.record()
    workplace.run("accept", "traces")
    workplace.write("necp-replay.toml", IGNORE)
    printed = workplace.run("replay", str(path))
    assert printed.status == 0
    assert "not judged" in printed.out


def test_rules_count_the_same_with_several_jobs(changed: Workplace) -> None:
    changed.write("necp-replay.toml", IGNORE)
    trace = changed.root / "traces" / "remove_twice.necptrace"
    golden = changed.root / "golden" / "remove_twice@xnu-4570.51.1.golden"
    for number in range(6):
        trace.with_stem(f"copy{number}").write_bytes(trace.read_bytes())
        golden.with_stem(f"copy{number}").write_bytes(golden.read_bytes())
    reports = []
    for jobs in ("1", "3"):
        status, report = replay(changed, "--jobs", jobs)
        assert status == 0
        for each in report["per_trace"]:
            del each["seconds"]
        reports.append(report)
    assert reports[0] == reports[1]
    assert reports[0]["rules"][0]["records"] == 7


def test_the_file_is_found_from_a_folder_below_it(
    changed: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed.write("necp-replay.toml", 'traces = "traces"\ngolden = "golden"\n' + IGNORE)
    monkeypatch.chdir(changed.root / "traces")
    printed = changed.run("replay", ".", "--format", "json")
    assert printed.status == 0
    (trace,) = printed.json()["per_trace"]
    assert trace["golden"] == "../golden/remove_twice@xnu-4570.51.1.golden"


def test_another_file_or_none_can_be_requested(changed: Workplace) -> None:
    changed.write("necp-replay.toml", IGNORE)
    assert replay(changed, "--no-rules")[0] == 1
    changed.write("other.toml", IGNORE.replace("REMOVE", "ADD"))
    assert replay(changed, "--rules", "other.toml")[0] == 1


def test_a_wrong_file_is_status_2(changed: Workplace) -> None:
    changed.write("necp-replay.toml", IGNORE + "\x1b = 1")
    printed = changed.run("replay", "traces")
    assert printed.status == 2
    assert "necp-replay.toml: line 7: not TOML" in printed.err
    assert "\x1b" not in printed.err


def test_the_file_sets_the_root_of_traces(
    workplace: Workplace,
) -> None:
    workplace.record()
    (workplace.root / "traces").rename(workplace.root / "corpus")
    workplace.write("necp-replay.toml", 'traces = "corpus"\ngolden = "accepted"\n')
    workplace.run("accept", "corpus/remove_twice.necptrace")
    assert (workplace.root / "accepted" / "remove_twice@xnu-4570.51.1.golden").is_file()
    workplace.write("accepted/gone.golden", "")
    assert workplace.run("replay", "corpus/remove_twice.necptrace").status == 0
    assert workplace.run("replay", "corpus").status == 1


def test_a_rule_for_one_release_does_not_apply_to_another(changed: Workplace) -> None:
    change(changed.root / "golden" / "remove_twice.golden")
    changed.write("necp-replay.toml", IGNORE + f'release = "{NEW}"\n')
    assert replay(changed)[0] == 0
    status, report = replay(changed, "--release", OLD)
    assert report["rules"][0]["status"] == "not judged"
    assert status == 0


FACT = f"""
[[expected]]
reason = "the newer release says that the client is not there"
action = "known"
from = "{OLD}"
to = "{NEW}"
fact = "remove_unknown_client_is_error"
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_difference_between_releases_is_expected_by_its_fact(
    workplace: Workplace, jobs: str
) -> None:
    path = workplace.record()
    path.with_stem("copy").write_bytes(path.read_bytes())
    command = ("diff", "traces", "--from", OLD, "--to", NEW, "--jobs", jobs, "--format", "json")
    assert workplace.run(*command).status == 1
    workplace.write("necp-replay.toml", FACT)
    printed = workplace.run(*command)
    report = printed.json()
    assert (printed.status, report["different"], report["expected"]) == (0, 0, 2)
    (rule,) = report["rules"]
    assert (rule["status"], rule["records"], rule["traces"]) == ("applied", 2, 2)


def test_a_rule_for_a_difference_that_does_not_occur_fails_the_diff(
    workplace: Workplace,
) -> None:
    workplace.record()
    workplace.write("necp-replay.toml", FACT + FACT)
    printed = workplace.run("diff", "traces", "--from", OLD, "--to", NEW)
    assert printed.status == 1
    assert printed.out.splitlines()[-1].startswith("rule 2 (line 9) its difference did not occur")


def test_a_rule_for_diff_is_not_judged_by_a_replay(workplace: Workplace) -> None:
    workplace.record()
    workplace.run("accept", "traces")
    workplace.write("necp-replay.toml", FACT)
    status, report = replay(workplace)
    assert (status, report["rules"][0]["status"]) == (0, "other run")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xef\xbb\xbf# rules\n", "a byte order mark"),
        (b"\xff\xfe#\0", "UTF-16"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
        (b"<<<<<<< HEAD\n# a\n=======\n# b\n>>>>>>> b\n", "an unresolved merge conflict"),
    ],
    ids=["byte order mark", "UTF-16", "pointer", "conflict"],
)
def test_what_the_file_is_instead_is_named(workplace: Workplace, content: bytes, said: str) -> None:
    workplace.record()
    (workplace.root / "necp-replay.toml").write_bytes(content)
    printed = workplace.run("replay", "traces")
    assert printed.status == 2
    assert (
        f"necp-replay.toml: line 1: {'' if 'merge' in said else 'this is not a file'}"
        in printed.err
    )
    assert said in printed.err


def test_a_file_with_cr_lf_is_read(changed: Workplace) -> None:
    path = changed.root / "necp-replay.toml"
    path.write_bytes(b'traces = "traces"\r\ngolden = "golden"\r\n')
    assert changed.run("replay", "traces").status == 1


def test_a_pipe_in_place_of_the_file_is_not_waited_for(workplace: Workplace) -> None:
    workplace.record()
    os.mkfifo(workplace.root / "necp-replay.toml")
    printed = workplace.run("replay", "traces")
    assert printed.status == 2
    assert "necp-replay.toml: is not a regular file" in printed.err


def test_rules_come_from_a_named_pipe(changed: Workplace) -> None:
    os.mkfifo(changed.root / "rules")
    writer = subprocess.Popen(
        ["sh", "-c", "echo 'golden = \"elsewhere\"' > rules"], cwd=changed.root
    )
    printed = run_command(changed.root, "replay", "traces", "--rules", "rules")
    writer.wait(20)
    assert printed.returncode == 1
