"""Where goldens are kept and how they are found."""

from pathlib import Path

import pytest

from necp_replay.errors import GoldenError, UsageError
from necp_replay.files.atomic import write_text
from necp_replay.golden.store import GoldenStore
from necp_replay.trace.find import covers_all, find_traces

OLD = "xnu-4570.41.2"
NEW = "xnu-4570.51.1"
EMPTY = "necp-replay golden 1\nfinal state\n"


def test_a_golden_holds_from_its_release_on(tmp_path: Path) -> None:
    store = GoldenStore(tmp_path)
    (tmp_path / "client").mkdir()
    write_text(store.path("client/add"), EMPTY)
    assert store.find("client/add", OLD) == tmp_path / "client/add.golden"
    write_text(store.path("client/add", OLD), EMPTY)
    assert store.find("client/add", "xnu-4570.31.3") == tmp_path / "client/add.golden"
    for release in (OLD, NEW, "xnu-4570.71.2"):
        assert store.find("client/add", release) == tmp_path / f"client/add@{OLD}.golden"
    write_text(store.path("client/add", NEW), EMPTY)
    assert store.find("client/add", OLD) == tmp_path / f"client/add@{OLD}.golden"
    for release in (NEW, "xnu-4570.71.2"):
        assert store.find("client/add", release) == tmp_path / f"client/add@{NEW}.golden"


def test_a_release_that_is_not_modelled_has_its_own_golden_or_the_common_one(
    tmp_path: Path,
) -> None:
    store = GoldenStore(tmp_path)
    (tmp_path / "client").mkdir()
    write_text(store.path("client/add"), EMPTY)
    write_text(store.path("client/add", OLD), EMPTY)
    assert store.find("client/add", "xnu-9") == tmp_path / "client/add.golden"
    write_text(store.path("client/add", "xnu-9"), EMPTY)
    assert store.find("client/add", "xnu-9") == tmp_path / "client/add@xnu-9.golden"


def test_a_missing_golden_is_not_found(tmp_path: Path) -> None:
    assert GoldenStore(tmp_path).find("client/add", OLD) is None


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"necp-replay golden 1\n"])
def test_an_unreadable_golden_names_its_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.golden"
    path.write_bytes(content)
    with pytest.raises(GoldenError) as caught:
        GoldenStore(tmp_path).read(path)
    assert caught.value.file == str(path)


def test_names_are_relative_to_the_folder_called_traces(tmp_path: Path) -> None:
    for name in ("traces/client/add.necptrace", "traces/top.necptrace", "other/x.necptrace"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    found = find_traces([tmp_path / "traces" / "client", tmp_path / "traces", tmp_path / "other"])
    assert [trace.name for trace in found] == ["client/add", "top", "x"]


def test_names_are_relative_to_the_root_that_a_project_names(tmp_path: Path) -> None:
    for name in ("corpus/traces/a.necptrace", "traces/b.necptrace"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    roundabout = tmp_path / "corpus" / ".." / "corpus" / "traces"
    found = find_traces([roundabout, tmp_path / "traces"], tmp_path / "corpus")
    assert [trace.name for trace in found] == ["traces/a", "b"]


@pytest.mark.parametrize(
    ("paths", "root", "complete"),
    [
        pytest.param(["corpus"], "corpus", True, id="the root"),
        pytest.param(["corpus/traces/..", "other"], "corpus", True, id="in a roundabout way"),
        pytest.param(["."], "corpus", True, id="above it"),
        pytest.param(["corpus/traces"], "corpus", False, id="a part of it"),
        pytest.param(["other"], "corpus", False, id="elsewhere"),
        pytest.param(["corpus/traces"], None, True, id="a folder called traces"),
        pytest.param(["corpus"], None, False, id="a folder of another name"),
    ],
)
def test_a_run_is_complete_when_its_paths_cover_the_root(
    tmp_path: Path, paths: list[str], root: str | None, complete: bool
) -> None:
    (tmp_path / "corpus" / "traces").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    given = [tmp_path / path for path in paths]
    assert covers_all(given, None if root is None else tmp_path / root) is complete


def test_a_folder_without_traces_could_not_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no \.necptrace file"):
        find_traces([tmp_path])
    with pytest.raises(UsageError, match="no such file"):
        find_traces([tmp_path / "nowhere"])
