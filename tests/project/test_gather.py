"""A trace belongs to the project above it; a run has one project or none."""

import os
from pathlib import Path

import pytest

from necp_replay.errors import RulesError, UsageError
from necp_replay.project.gather import Gathered, gather
from necp_replay.project.home import HomeOptions, default_traces

RULE = """
[[expected]]
action = "ignored"
reason = "of {}"
field = "status"
"""


def made(root: Path, *names: str) -> None:
    """Empty traces, and projects with a rule that names them."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = RULE.format(path.parent.name) if path.suffix == ".toml" else ""
        path.write_text(text, "utf-8")


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Projects a and b with a trace of the same name each."""
    for project in ("a", "b"):
        made(tmp_path, f"{project}/necp-replay.toml", f"{project}/traces/client/x.necptrace")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def of(*paths: str, goldens: Path | None = None, rules: Path | None = None) -> Gathered:
    return gather([Path(path) for path in paths], HomeOptions(goldens, rules))


def names(gathered: Gathered) -> list[str]:
    return [trace.name for trace in gathered.traces]


def reasons(gathered: Gathered) -> list[str]:
    return [rule.reason for rule in gathered.rules]


def refusal(*paths: str, goldens: Path | None = None, rules: Path | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        of(*paths, goldens=goldens, rules=rules)
    return str(caught.value)


@pytest.mark.parametrize("start", [".", "a", "b", "b/traces"])
def test_the_project_above_a_trace_judges_it_from_everywhere(
    two: Path, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    monkeypatch.chdir(two / start)
    gathered = of(os.path.relpath(two / "b/traces"))
    assert gathered.home is not None
    assert gathered.home.goldens == two / "b/golden"
    assert (names(gathered), reasons(gathered)) == (["client/x"], ["of b"])
    assert gathered.complete


def test_traces_of_two_projects_are_refused(two: Path) -> None:
    assert refusal("a/traces", "b/traces") == (
        "a/traces/client/x.necptrace belongs to the project a, but b/traces/client/x.necptrace to"
        " the project b"
    )
    assert "the project a" in refusal(".")


def test_the_nearest_project_counts(two: Path) -> None:
    made(two, "necp-replay.toml", "a/traces/inner/necp-replay.toml")
    made(two, "a/traces/inner/traces/y.necptrace")
    assert reasons(of("a/traces/client")) == ["of a"]
    assert names(of("a/traces/inner")) == ["y"]
    assert reasons(of("a/traces/inner")) == ["of inner"]
    assert "belongs to the project" in refusal("a/traces")


@pytest.mark.parametrize("start", [".", "a/traces"])
def test_a_project_within_the_traces_of_another_is_named(
    two: Path, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    made(two, "a/traces/inner/necp-replay.toml", "a/traces/inner/traces/y.necptrace")
    monkeypatch.chdir(two / start)
    with pytest.raises(UsageError) as caught:
        of(str(two / "a/traces"))
    inner, outer = (os.path.relpath(two / "a/traces" / name) for name in ("inner", ""))
    assert caught.value.hint == (
        f"The project {inner} lies within {outer}, the traces of another project. Move it out of"
        " there, or name the files and folders beside it in one run, and its own in another."
    )


def test_one_project_above_two_arguments_has_one_folder_of_traces(tmp_path: Path) -> None:
    made(tmp_path, "necp-replay.toml", "a/traces/x.necptrace", "b/traces/x.necptrace")
    gathered = of(str(tmp_path / "a/traces"), str(tmp_path / "b/traces"))
    assert gathered.home is None
    assert "is outside of" in str(gathered.homeless)
    (tmp_path / "necp-replay.toml").write_text("traces = 'a'", "utf-8")
    assert names(of(str(tmp_path / "a/traces"))) == ["traces/x"]
    assert "no project" in refusal(str(tmp_path / "a/traces"), str(tmp_path / "b/traces"))


def test_a_folder_called_traces_makes_a_project_without_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path, "a/traces/x.necptrace", "b/traces/x.necptrace", "stray.necptrace")
    monkeypatch.chdir(tmp_path)
    gathered = of("a/traces")
    assert gathered.home is not None
    assert (gathered.home.goldens, names(gathered)) == (tmp_path / "a/golden", ["x"])
    assert "belongs to the project a" in refusal("a/traces", "b/traces")
    assert "belongs to no project" in refusal("stray.necptrace", "a/traces")


def test_a_trace_without_a_project_has_neither_goldens_nor_rules(
    two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(two, "stray.necptrace")
    monkeypatch.chdir(two / "a")
    gathered = of("../stray.necptrace")
    assert (gathered.home, gathered.rules, gathered.complete) == (None, (), False)
    with pytest.raises(UsageError, match="belongs to no project"):
        gathered.home_or_refuse()


def test_goldens_and_rules_of_another_project_are_refused(two: Path) -> None:
    made(two, "stray.necptrace", "own/golden/x.golden", "own/rules.toml")
    for place in ("golden", "golden/deep"):
        assert "--golden names a part of the project a" in refusal(
            "b/traces", goldens=Path("a", place)
        )
    assert "--rules names a part of the project a" in refusal(
        "b/traces", rules=Path("a/necp-replay.toml")
    )
    assert "no project" in refusal("stray.necptrace", rules=Path("a/necp-replay.toml"))
    gathered = of("b/traces", goldens=Path("own/golden"), rules=Path("own/rules.toml"))
    assert gathered.home is not None
    assert (gathered.home.goldens, reasons(gathered)) == (Path("own/golden"), ["of own"])
    (two / "b/other").mkdir()
    assert "of the project" not in str(of("b/traces", goldens=Path("b/other")).home)


def test_a_named_file_of_rules_makes_a_project_of_its_folder(two: Path) -> None:
    made(two, "own/rules.toml", "own/corpus/x.necptrace")
    (two / "own/rules.toml").write_text("traces = 'corpus'", "utf-8")
    gathered = of("own/corpus", rules=Path("own/rules.toml"))
    assert gathered.home is not None
    assert (names(gathered), gathered.home.goldens) == (["x"], two / "own/golden")


def test_a_link_into_another_project_is_refused(two: Path) -> None:
    (two / "a/traces/theirs").symlink_to(two / "b/traces")
    assert "belongs to two projects" in refusal("a/traces")
    (two / "a/traces/theirs").unlink()
    (two / "a/traces/theirs.necptrace").symlink_to(two / "b/traces/client/x.necptrace")
    assert "a/traces/theirs.necptrace: belongs to two projects" in refusal("a/traces")


def test_a_trace_has_its_own_name_through_every_link(two: Path) -> None:
    (two / "a/traces/old").symlink_to("client")
    (two / "way").symlink_to("a")
    (two / "trace.necptrace").symlink_to("a/traces/client/x.necptrace")
    (two / "b/traces/loop").symlink_to("..")
    for path in ("a/traces/old", "way/traces", "way/traces/old/x.necptrace", "trace.necptrace"):
        gathered = of(path)
        assert (names(gathered), reasons(gathered)) == (["client/x"], ["of a"])
    assert names(of("b/traces")) == ["client/x"]
    assert names(of("a/traces/old", "a/traces/client", "way/traces")) == ["client/x"]


def test_a_linked_folder_outside_of_projects_has_the_names_of_the_link(two: Path) -> None:
    made(two, "corpus/y.necptrace")
    (two / "a/traces/more").symlink_to(two / "corpus")
    gathered = of("a/traces")
    assert (names(gathered), gathered.complete) == (["client/x", "more/y"], True)
    assert of("corpus").home is None


def test_goldens_of_what_was_left_out_are_in_doubt(two: Path) -> None:
    (two / "a/traces/same").symlink_to("client")
    gathered = of("a/traces")
    assert (gathered.complete, gathered.golden_names_in_doubt()) == (True, ["same"])
    (two / "a/traces/gone").symlink_to("nowhere")
    gathered = of("a/traces")
    assert (gathered.complete, gathered.golden_names_in_doubt()) == (False, ["gone", "same"])


def test_a_broken_project_file_hides_no_project_further_up(two: Path) -> None:
    made(two, "necp-replay.toml")
    (two / "a/necp-replay.toml").unlink()
    (two / "a/necp-replay.toml").symlink_to("nowhere")
    with pytest.raises(RulesError, match="No such file"):
        of("a/traces")


def test_the_default_are_the_traces_of_the_project_here(
    two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert default_traces(HomeOptions()) == Path("traces")
    monkeypatch.chdir(two / "a/traces")
    assert default_traces(HomeOptions()) == Path(".")


@pytest.mark.parametrize(
    ("paths", "complete"),
    [
        pytest.param(["a/traces"], True, id="the root"),
        pytest.param(["a/traces/client/.."], True, id="in a roundabout way"),
        pytest.param(["a"], True, id="above it"),
        pytest.param(["a/traces/client"], False, id="a part of it"),
        pytest.param(["a/traces/client/x.necptrace"], False, id="a file"),
    ],
)
def test_a_run_is_complete_when_its_paths_cover_the_root(
    two: Path, paths: list[str], complete: bool
) -> None:
    made(two, "a/traces/y.necptrace")
    assert of(*paths).complete is complete


def test_goldens_that_are_linked_from_another_project_are_refused(two: Path) -> None:
    (two / "b/golden").mkdir()
    (two / "a/golden").symlink_to(two / "b/golden")
    assert "golden names a part of the project b" in refusal("a/traces")
    assert "the project b" in refusal("a/traces", goldens=Path("a/golden"))
    (two / "a/golden").unlink()
    (two / "a/golden").symlink_to(two)
    assert of("a/traces").home is not None


def test_goldens_of_a_folder_that_cannot_be_read_are_in_doubt(
    two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(two, "a/traces/y.necptrace")
    scandir = os.scandir

    def refusing(path: Path) -> object:
        if Path(path).name == "client":
            raise PermissionError
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    gathered = of("a/traces")
    assert (names(gathered), gathered.complete) == (["client", "y"], False)
    assert gathered.golden_names_in_doubt() == ["client"]
