"""Where goldens are kept and how they are found."""

import os
from pathlib import Path

import pytest

from necp_replay.errors import GoldenError
from necp_replay.files.atomic import write_text
from necp_replay.golden.store import GoldenStore

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


@pytest.mark.parametrize("name", [f"add@{OLD}", "client/add@my-kernel", "a@b@xnu-9"])
def test_a_name_that_ends_like_the_golden_of_another_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.golden").parent.mkdir(exist_ok=True)
    (tmp_path / f"{name}.golden").touch()
    with pytest.raises(GoldenError, match="would have the golden of the trace"):
        GoldenStore(tmp_path).find(name, NEW)


@pytest.mark.parametrize("name", ["add.golden/x", f"add@{OLD}.golden/x", "A.GOLDEN/b/x"])
def test_a_folder_with_the_name_of_a_golden_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(GoldenError, match="has the name of a golden"):
        GoldenStore(tmp_path).find(name, NEW)


def test_other_names_may_contain_an_at_sign(tmp_path: Path) -> None:
    for name in ("corp@2/add", "add@", "add@two words", "@/x"):
        assert GoldenStore(tmp_path).find(name, NEW) is None


@pytest.mark.parametrize("what", ["link to nothing", "folder", "fifo"])
def test_something_else_with_the_name_of_a_golden_is_refused(tmp_path: Path, what: str) -> None:
    (tmp_path / "add.golden").write_text(EMPTY)
    newer = tmp_path / f"add@{NEW}.golden"
    if what == "folder":
        newer.mkdir()
    elif what == "fifo":
        os.mkfifo(newer)
    else:
        newer.symlink_to("nothing")
    with pytest.raises(GoldenError, match="neither a regular file nor a link to one") as caught:
        GoldenStore(tmp_path).find("add", NEW)
    assert caught.value.file == str(newer)
