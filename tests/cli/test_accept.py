"""`necp-replay accept`: accepting a part of the differences, and removing unused goldens."""

import resource

import pytest

from tests.cli.process import run_unprivileged
from tests.cli.workplace import GOLDENS, NEW, OLD, SCENARIO, Workplace

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
    assert sorted(changed) == GOLDENS[1:]


def test_several_processes_accept_the_same(pending: Workplace) -> None:
    broken = pending.root / "traces" / "broken.necptrace"
    broken.write_bytes(b"no trace")
    used = ("accept", "traces", "--fingerprint", fingerprint(pending, "REMOVE"), "--dry-run")
    alone = pending.run(*used)
    assert pending.run(*used, "--jobs", "2") == alone
    assert (alone.status, "broken.necptrace" in alone.err) == (2, True)
    broken.unlink()
    shown = pending.run("accept", "traces", "--dry-run").out.splitlines()[1:-1]
    assert pending.run("accept", "traces", "--jobs", "2").out.splitlines()[:-1] == shown
    assert "0 goldens would be written" in pending.run("accept", "traces", "--dry-run").out


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
    assert "--only 'client/*' matches no trace" in printed.err
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


@pytest.mark.parametrize("arguments", [(), ("--only", "*_twice"), ("--remove-unused",)])
def test_a_golden_with_an_unresolved_merge_is_not_replaced(
    pending: Workplace, arguments: tuple[str, ...]
) -> None:
    golden = pending.root / f"golden/remove_twice@{NEW}.golden"
    golden.write_text(golden.read_text("utf-8") + ">>>>>>> theirs\n", "utf-8")
    before = goldens(pending)
    printed = pending.run("accept", "traces", *arguments)
    assert printed.status == 2
    assert f"golden/remove_twice@{NEW}.golden: line" in printed.err
    assert "an unresolved merge conflict" in printed.err
    after = goldens(pending)
    assert {n: t for n, t in after.items() if n.startswith("remove_twice")} == {
        n: t for n, t in before.items() if n.startswith("remove_twice")
    }


@pytest.mark.parametrize(
    ("beginning", "said"),
    [
        ("necp-replay golden 12\n", "version 12 of goldens is not known"),
        ("version https://git-lfs.github.com/spec/v1\noid x\nsize 1\n", "a Git LFS pointer"),
    ],
    ids=["newer version", "git-lfs"],
)
def test_a_golden_that_another_tool_has_to_read_first_is_not_replaced(
    pending: Workplace, beginning: str, said: str
) -> None:
    pending.write(f"golden/remove_twice@{NEW}.golden", beginning)
    before = goldens(pending)
    printed = pending.run("accept", "traces", "--only", "remove_twice")
    assert printed.status == 2
    assert f"golden/remove_twice@{NEW}.golden: line 1: " in printed.err
    assert said in printed.err
    assert goldens(pending) == before


def test_names_that_look_the_same_are_told_apart(workplace: Workplace) -> None:
    trace = workplace.record()
    for name in ("caf\u00e9", "cafe\u0301"):
        trace.with_stem(name).write_bytes(trace.read_bytes())
    printed = workplace.run("accept", "traces")
    assert printed.status == 2
    assert "traces/cafe<U+0301>.necptrace: its name is that of traces/caf<U+00E9>" in printed.err


def test_a_folder_of_goldens_that_cannot_be_read_is_told_and_nothing_is_removed(
    leftover: Workplace,
) -> None:
    (leftover.root / "golden/secret").mkdir(mode=0)
    arguments = ("accept", "traces", "--remove-unused")
    refused = run_unprivileged(leftover.root, *arguments)
    assert refused.returncode == 2
    assert "golden/secret cannot be read, so its content is not known; no golden" in refused.stderr
    assert (leftover.root / "golden/old/gone.golden").is_file()
    replayed = run_unprivileged(leftover.root, "replay", "traces")
    assert "golden/secret cannot be read, so its content is not known" in replayed.stderr
    (leftover.root / "golden/secret").chmod(0o700)


def test_goldens_in_a_linked_folder_are_left_alone_and_that_is_said(leftover: Workplace) -> None:
    (leftover.root / "golden/old").rename(leftover.root / "elsewhere")
    (leftover.root / "golden/old").symlink_to("../elsewhere")
    printed = leftover.run("accept", "traces", "--remove-unused")
    assert printed.status == 0
    assert "golden/old is a link to a folder, so unused goldens in it are left" in printed.err
    assert (leftover.root / "elsewhere/gone.golden").is_file()


def test_a_disk_that_fills_up_leaves_all_goldens_of_a_trace_as_they_were(
    workplace: Workplace,
) -> None:
    workplace.record()
    workplace.run("accept", "traces")
    sizes = {path: path.stat().st_size for path in sorted((workplace.root / "golden").iterdir())}
    largest = max(sizes.values())
    assert sum(size < largest for size in sizes.values()) >= 1
    for path in sizes:
        path.unlink()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest - 1, limits[1]))
    try:
        printed = workplace.run("accept", "traces")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert printed.status == 2
    assert "cannot be written: File too large" in printed.err
    assert "0 goldens written" in printed.out
    assert goldens(workplace) == {}


def test_removed_goldens_are_not_called_written(leftover: Workplace) -> None:
    printed = leftover.run("accept", "traces", "--remove-unused", "--dry-run")
    assert "0 goldens would be written, 2 would be removed, 1 trace unchanged" in printed.out
    printed = leftover.run("accept", "traces", "--remove-unused")
    assert "0 goldens written, 2 removed, 1 trace unchanged" in printed.out


@pytest.mark.parametrize("value", ["", "0", "false", "False", "no", "off"])
def test_a_variable_that_says_no_is_not_ci(
    pending: Workplace, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("CI", value)
    assert pending.run("accept", "traces").status == 0
    assert pending.run("replay", "traces").status == 0


@pytest.mark.parametrize("value", ["1", "true", "yes", "travis"])
def test_any_other_value_is_ci(
    pending: Workplace, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("CI", value)
    assert pending.run("accept", "traces").status == 2


@pytest.mark.parametrize("option", [(), ("--remove-unused",)])
def test_a_linked_golden_is_neither_replaced_nor_written_through(
    pending: Workplace, option: tuple[str, ...]
) -> None:
    golden = pending.root / f"golden/remove_twice@{NEW}.golden"
    target = golden.rename(pending.root / "target.golden")
    text = target.read_text("utf-8")
    golden.symlink_to(target)
    printed = pending.run("accept", "traces", *option)
    assert printed.status == 2
    assert "is a symbolic link" in printed.err
    assert golden.is_symlink()
    assert target.read_text("utf-8") == text


def test_a_broken_link_in_place_of_a_golden_is_not_replaced(pending: Workplace) -> None:
    golden = pending.root / f"golden/remove_twice@{NEW}.golden"
    golden.unlink()
    golden.symlink_to("nowhere")
    printed = pending.run("accept", "traces")
    assert printed.status == 2
    assert golden.is_symlink()
    assert not (pending.root / "golden/nowhere").exists()


def test_a_linked_golden_without_a_trace_is_left_alone(leftover: Workplace) -> None:
    target = leftover.write("target.golden", "")
    for name, path in (("a", target), ("b", leftover.root / "nowhere")):
        (leftover.root / f"golden/{name}.golden").symlink_to(path)
    printed = leftover.run("accept", "traces", "--remove-unused")
    assert printed.status == 2
    assert "golden/a.golden: is a symbolic link" in printed.err
    assert (leftover.root / "golden/a.golden").is_symlink()
    assert target.exists()
