"""Commands judge a trace by the project above it, wherever they are started."""

import shutil
import subprocess

import pytest

from tests.cli.workplace import NEW, OLD, Workplace
from tests.engines.programs import odd_command

TRACE = "traces/remove_twice.necptrace"


@pytest.fixture
def two(workplace: Workplace) -> Workplace:
    """Projects a and b. The golden of b says EINVAL, so its trace differs from it."""
    workplace.record()
    workplace.run("accept", "traces")
    for name in ("a", "b"):
        for folder in ("traces", "golden"):
            shutil.copytree(workplace.root / folder, workplace.root / name / folder)
        workplace.write(f"{name}/necp-replay.toml", "")
    shutil.rmtree(workplace.root / "traces")
    shutil.rmtree(workplace.root / "golden")
    golden = workplace.root / f"b/golden/remove_twice@{NEW}.golden"
    golden.write_text(golden.read_text("utf-8").replace("ENOENT", "EINVAL"), "utf-8")
    return workplace


def goldens(workplace: Workplace) -> dict[str, str]:
    return {
        path.relative_to(workplace.root).as_posix(): path.read_text("utf-8")
        for path in workplace.root.rglob("*.golden")
    }


@pytest.mark.parametrize("start", [".", "a", "a/traces", "b"])
def test_a_replay_uses_the_golden_of_the_traces_own_project(
    two: Workplace, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    monkeypatch.chdir(two.root / start)
    assert two.run("replay", str(two.root / "a" / TRACE)).status == 0
    printed = two.run("replay", str(two.root / "b" / TRACE))
    assert printed.status == 1
    assert "golden   EINVAL" in printed.out


def test_accept_writes_into_the_traces_own_project(
    two: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = goldens(two)
    monkeypatch.chdir(two.root / "a")
    assert two.run("accept", "../b/traces").status == 0
    changed = {name for name, text in goldens(two).items() if before.get(name) != text}
    assert changed == {f"b/golden/remove_twice@{NEW}.golden"}


@pytest.mark.parametrize(
    "command",
    [
        ("replay",),
        ("accept",),
        ("accept", "--golden", "g"),
        ("accept", "--remove-unused"),
        ("review",),
        ("diff", "--from", "xnu-4570.41.2", "--to", NEW),
    ],
)
def test_traces_of_two_projects_are_refused(two: Workplace, command: tuple[str, ...]) -> None:
    before = goldens(two)
    printed = two.run(command[0], "a/traces", "b/traces", *command[1:])
    assert printed.status == 2
    assert f"a/{TRACE} belongs to the project a, but b/{TRACE} to the project b" in printed.err
    assert goldens(two) == before


def test_goldens_of_another_project_judge_nothing(two: Workplace) -> None:
    for command in ("replay", "accept"):
        printed = two.run(command, "b/traces", "--golden", "a/golden")
        assert printed.status == 2
        assert "--golden names a part of the project a" in printed.err


def test_a_scenario_without_a_project_does_not_pass(two: Workplace) -> None:
    (two.root / "b/necp-replay.toml").unlink()
    (two.root / "b/traces").rename(two.root / "b/corpus")
    for arguments in (("b/corpus",), ("b/corpus", "--golden", "b/golden")):
        printed = two.run("replay", *arguments)
        assert printed.status == 2
        assert "belongs to no project" in printed.out
        assert two.run("accept", *arguments).status == 2


@pytest.fixture
def stray(workplace: Workplace) -> str:
    """A trace of a scenario that belongs to no project."""
    path = workplace.record().rename(workplace.root / "bug.necptrace")
    return path.name


def test_a_stray_trace_that_is_named_is_judged_by_what_it_recorded(
    workplace: Workplace, stray: str
) -> None:
    printed = workplace.run("replay", stray)
    assert printed.status == 0
    assert "identical" in printed.out
    told = printed.out[printed.out.index("Compared with recorded outcomes only: bug.necptrace") :]
    assert "compared:     9 recorded outcomes" in told
    assert "not compared: the final state and goldens" in told
    assert "bug.necptrace belongs to no project" in told
    (trace,) = workplace.run("replay", stray, "--format", "json").json()["per_trace"]
    assert (trace["verdict"], trace["golden"]) == ("identical", None)
    assert "belongs to no project" in trace["without_golden"]


def test_the_commands_that_keep_a_stray_trace_run(workplace: Workplace, stray: str) -> None:
    printed = workplace.run("replay", stray)
    (line,) = [each for each in printed.out.splitlines() if "to keep it:" in each]
    *shell, accept = line.partition(":")[2].strip().split(" && ")
    assert [each.split()[0] for each in shell] == ["mkdir", "cp"]
    subprocess.run(" && ".join(shell), shell=True, check=True)
    assert workplace.run(*accept.split()[1:]).status == 0
    kept = workplace.run("replay", "traces")
    assert (kept.status, "Compared with recorded" in kept.out) == (0, False)


def test_a_stray_trace_that_differs_is_told_no_command_of_projects(
    workplace: Workplace, stray: str
) -> None:
    engine = odd_command(workplace.root, "outcome.errno = 99")
    printed = workplace.run("replay", stray, "--engine", engine, "--engine-limit", "60")
    assert printed.status == 1
    told = printed.out[printed.out.index("Start with") :]
    assert "Run again:" in told
    assert not {"accept", "Expect it:", "to keep it:"} & {*told.split(), *told.splitlines()}
    assert "necp-replay.toml" not in told


def test_a_stray_trace_without_outcomes_of_the_release_is_no_pass(
    workplace: Workplace, stray: str
) -> None:
    printed = workplace.run("replay", stray, "--release", OLD)
    assert (printed.status, "nothing to compare with" in printed.out) == (2, True)
    command = printed.out.rstrip().rpartition("see what differs: ")[2]
    assert workplace.run(*command.split()[1:]).status == 1


def test_without_goldens_only_recorded_outcomes_are_compared(two: Workplace) -> None:
    printed = two.run("replay", "b/traces", "--no-golden")
    assert (printed.status, "--no-golden was given" in printed.out) == (0, True)
    assert two.run("replay", "b/traces").status == 1
    assert two.run("replay", "b/traces", "--no-golden", "--golden", "b/golden").status == 2


def test_a_trace_whose_name_is_that_of_a_golden_is_refused(two: Workplace) -> None:
    folder = two.root / "a/traces"
    shutil.copy(folder / "remove_twice.necptrace", folder / f"remove_twice@{NEW}.necptrace")
    before = goldens(two)
    printed = two.run("replay", "a/traces")
    assert printed.status == 2
    assert f"'remove_twice@{NEW}' would have the golden of the trace 'remove_twice'" in printed.out
    assert "1 identical" not in printed.out
    assert two.run("accept", "a/traces").status == 2
    assert goldens(two) == before


@pytest.mark.parametrize("name", ["Remove_twice", "REMOVE_TWICE"])
def test_traces_whose_names_differ_in_case_are_refused(two: Workplace, name: str) -> None:
    folder = two.root / "a/traces"
    shutil.copy(folder / "remove_twice.necptrace", folder / f"{name}.necptrace")
    before = goldens(two)
    printed = two.run("accept", f"a/traces/{name}.necptrace")
    assert printed.status == 2
    assert "its name is that of" in printed.err and "remove_twice.necptrace" in printed.err
    assert goldens(two) == before


def test_a_golden_whose_name_differs_only_in_case_is_refused(two: Workplace) -> None:
    folder = two.root / "a/traces"
    (folder / "remove_twice.necptrace").rename(folder / "Remove_twice.necptrace")
    printed = two.run("accept", "a/traces")
    assert printed.status == 2
    assert "a/golden/remove_twice.golden" in printed.err


def test_a_replay_of_a_trace_through_a_link_uses_its_own_golden(two: Workplace) -> None:
    (two.root / "link.necptrace").symlink_to(f"b/{TRACE}")
    assert two.run("replay", "link.necptrace").status == 1


@pytest.mark.parametrize("command", ["replay", "accept", "review"])
def test_goldens_that_are_no_folder_are_refused(two: Workplace, command: str) -> None:
    before = goldens(two)
    file = f"b/golden/remove_twice@{NEW}.golden"
    printed = two.run(command, "b/traces", "--golden", file)
    assert printed.status == 2
    assert f"--golden names {file}, which is not a folder" in printed.err
    assert goldens(two) == before


@pytest.mark.parametrize("paths", [("b/traces",), ("b/corpus",)], ids=["project", "no project"])
def test_a_folder_of_goldens_that_is_not_there_is_refused(
    two: Workplace, paths: tuple[str, ...]
) -> None:
    shutil.copytree(two.root / "b" / "traces", two.root / "b" / "corpus")
    printed = two.run("replay", *paths, "--golden", "goldn")
    assert printed.status == 2
    assert "--golden names goldn, which is not there" in printed.err
    assert printed.out == ""


def test_accept_makes_the_folder_of_goldens(two: Workplace) -> None:
    assert two.run("accept", "b/traces", "--golden", "fresh").status == 0
    assert two.run("replay", "b/traces", "--golden", "fresh").status == 0
